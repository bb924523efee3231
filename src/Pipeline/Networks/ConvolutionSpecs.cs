using Engine.Classifiers;
using Engine.Nn;
using Engine.Nn.Layers;
using Engine.Tensors;

namespace Engine.Pipeline.Networks;

/// <summary>A convolution of series [N, C, L] to [N, filters, positions].</summary>
/// <param name="Filters">Output channels.</param>
/// <param name="Kernel">Taps.</param>
/// <param name="Stride">Positions between outputs.</param>
/// <param name="Padding">Zeros around the series; of a pair, the width applies.</param>
/// <param name="Dilation">Positions between taps.</param>
/// <param name="Groups">How many independent groups the channels are split into, from 1 to the number of filters.</param>
/// <param name="L2">λ of a penalty λ·Σw² on the weights.</param>
/// <param name="Bias">Whether a learned number is added to each filter's output.</param>
public sealed record Conv1dSpec(
    [property: Range(1, LayerSpec.Largest)] int Filters,
    [property: Range(1, LayerSpec.Largest)] int Kernel,
    [property: Range(1, LayerSpec.Largest)] int Stride = 1,
    [property: Range(0, LayerSpec.Largest)] Padding Padding = default,
    [property: Range(1, LayerSpec.Largest)] int Dilation = 1,
    int Groups = 1,
    [property: Range(Minimum = 0)] double L2 = 0,
    bool Bias = true) : LayerSpec
{
    internal override Layer Create(Shape input, int labels)
    {
        RequireRank(input, 3, 3, "series [N, C, L]", input.Rank == 4 ? " A series layer makes them from pictures." : "");
        var options = Padding.Options(1, input[2], new(1, Kernel), new(1, Stride), new(1, Dilation), Groups);
        var layer = new Conv1d(input[1], Filters, Kernel, options with { PadTop = 0, PadBottom = 0 }, Bias);
        layer.Parameter("weight").L2 = L2;
        return layer;
    }

    internal override void Validate(string at, RangeCheck check) => check.Between($"{at}.groups", Groups, 1, Filters);
}

/// <summary>A convolution of pictures [N, C, H, W] to [N, filters, rows, columns].</summary>
/// <param name="Filters">Output channels.</param>
/// <param name="Kernel">Height and width of the kernel.</param>
/// <param name="Stride">Rows and columns between outputs; null: 1.</param>
/// <param name="Padding">Zeros around the picture.</param>
/// <param name="Dilation">Rows and columns between taps; null: 1.</param>
/// <param name="Groups">How many independent groups the channels are split into, from 1 to the number of filters.</param>
/// <param name="L2">λ of a penalty λ·Σw² on the weights.</param>
/// <param name="Bias">Whether a learned number is added to each filter's output.</param>
public sealed record Conv2dSpec(
    [property: Range(1, LayerSpec.Largest)] int Filters,
    [property: Range(1, LayerSpec.Largest)] Extent Kernel,
    [property: Range(1, LayerSpec.Largest)] Extent? Stride = null,
    [property: Range(0, LayerSpec.Largest)] Padding Padding = default,
    [property: Range(1, LayerSpec.Largest)] Extent? Dilation = null,
    int Groups = 1,
    [property: Range(Minimum = 0)] double L2 = 0,
    bool Bias = true) : LayerSpec
{
    internal override Layer Create(Shape input, int labels)
    {
        RequireRank(input, 4, 4, "pictures [N, C, H, W]");
        var options = Padding.Options(input[2], input[3], Kernel, Stride ?? Extent.One, Dilation ?? Extent.One, Groups);
        var layer = new Conv2d(input[1], Filters, Kernel.Height, Kernel.Width, options, Bias);
        layer.Parameter("weight").L2 = L2;
        return layer;
    }

    internal override void Validate(string at, RangeCheck check) => check.Between($"{at}.groups", Groups, 1, Filters);
}
