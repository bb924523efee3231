using Engine.Classifiers;
using Engine.Nn;
using Engine.Nn.Layers;
using Engine.Tensors;

namespace Engine.Pipeline.Networks;

/// <summary>A window that moves over series [N, C, L]; a remainder that fills no window is dropped.</summary>
/// <param name="Size">Positions of the window.</param>
/// <param name="Stride">Positions between windows; null: its size.</param>
/// <param name="Padding">Positions of padding on each side, at most half the window.</param>
public abstract record Pool1dSpec(
    [property: Range(1, LayerSpec.Largest)] int Size,
    [property: Range(1, LayerSpec.Largest)] int? Stride,
    int Padding) : LayerSpec
{
    internal override void Validate(string at, RangeCheck check) => check.Between($"{at}.padding", Padding, 0, Size / 2);

    private protected static void RequireSeries(Shape input) => RequireRank(input, 3, 3, "series [N, C, L]");
}

/// <summary>The maximum of each window of series.</summary>
/// <inheritdoc cref="Pool1dSpec"/>
public sealed record MaxPool1dSpec(int Size, int? Stride = null, int Padding = 0) : Pool1dSpec(Size, Stride, Padding)
{
    internal override Layer Create(Shape input, int labels)
    {
        RequireSeries(input);
        return new MaxPool1d(Size, Stride ?? Size, Padding);
    }
}

/// <summary>The mean of each window of series; padding counts as zeros.</summary>
/// <inheritdoc cref="Pool1dSpec"/>
public sealed record AveragePool1dSpec(int Size, int? Stride = null, int Padding = 0) : Pool1dSpec(Size, Stride, Padding)
{
    internal override Layer Create(Shape input, int labels)
    {
        RequireSeries(input);
        return new AveragePool1d(Size, Stride ?? Size, Padding);
    }
}

/// <summary>A window that moves over pictures [N, C, H, W]; a remainder that fills no window is dropped.</summary>
/// <param name="Size">Height and width of the window.</param>
/// <param name="Stride">Rows and columns between windows; null: its size.</param>
/// <param name="Padding">Rows and columns of padding on each side, at most half the window; null: none.</param>
public abstract record Pool2dSpec(
    [property: Range(1, LayerSpec.Largest)] Extent Size,
    [property: Range(1, LayerSpec.Largest)] Extent? Stride,
    Extent? Padding) : LayerSpec
{
    internal override void Validate(string at, RangeCheck check)
    {
        if (Padding is not { } padding) return;
        check.Between($"{at}.padding[0]", padding.Height, 0, Size.Height / 2);
        check.Between($"{at}.padding[1]", padding.Width, 0, Size.Width / 2);
    }

    private protected Pool2dOptions Options(Shape input)
    {
        RequireRank(input, 4, 4, "pictures [N, C, H, W]");
        var stride = Stride ?? Size;
        return new(Size.Height, Size.Width)
        {
            StrideHeight = stride.Height,
            StrideWidth = stride.Width,
            PadHeight = Padding?.Height ?? 0,
            PadWidth = Padding?.Width ?? 0,
        };
    }
}

/// <summary>The maximum of each window of pictures.</summary>
/// <inheritdoc cref="Pool2dSpec"/>
public sealed record MaxPool2dSpec(Extent Size, Extent? Stride = null, Extent? Padding = null) : Pool2dSpec(Size, Stride, Padding)
{
    internal override Layer Create(Shape input, int labels) => new MaxPool2d(Options(input));
}

/// <summary>The mean of each window of pictures; padding counts as zeros.</summary>
/// <inheritdoc cref="Pool2dSpec"/>
public sealed record AveragePool2dSpec(Extent Size, Extent? Stride = null, Extent? Padding = null)
    : Pool2dSpec(Size, Stride, Padding)
{
    internal override Layer Create(Shape input, int labels) => new AveragePool2d(Options(input));
}

/// <summary>The maximum of each channel over all positions: [N, C, L] or [N, C, H, W] to [N, C].</summary>
public sealed record GlobalMaxSpec : LayerSpec
{
    internal override Layer Create(Shape input, int labels)
    {
        RequireRank(input, 3, 4, "series [N, C, L] or pictures [N, C, H, W]");
        return new GlobalMaxPool();
    }
}

/// <summary>
/// The maximum and the mean of each channel over all positions, in turns: [N, C, L] or [N, C, H, W] to [N, 2·C].
/// </summary>
public sealed record GlobalMaxAverageSpec : LayerSpec
{
    internal override Layer Create(Shape input, int labels)
    {
        RequireRank(input, 3, 4, "series [N, C, L] or pictures [N, C, H, W]");
        return new GlobalMaxAveragePool();
    }
}

/// <summary>The mean of each channel over all positions: [N, C, L] or [N, C, H, W] to [N, C].</summary>
public sealed record GlobalAverageSpec : LayerSpec
{
    internal override Layer Create(Shape input, int labels)
    {
        RequireRank(input, 3, 4, "series [N, C, L] or pictures [N, C, H, W]");
        return new GlobalAveragePool();
    }
}
