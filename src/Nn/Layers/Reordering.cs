using Engine.Tensors;

namespace Engine.Nn.Layers;

/// <summary>
/// Turns images into series: every row of every channel becomes a channel, [N, C, H, W] to [N, C·H, W], without a copy.
/// </summary>
public sealed class Series : Layer
{
    /// <inheritdoc/>
    public override string Description => nameof(Series);

    /// <inheritdoc/>
    public override Shape OutputShape(Shape input)
    {
        CheckInput(input, "[N, C, H, W]", 4, 4);
        return new Shape(input[0], input.Product(1, 3), input[3]);
    }

    internal override LayerMemory Memory(Shape input) => new() { IsView = true };

    /// <inheritdoc/>
    protected override Tensor Compute(Tensor x, ForwardContext context)
    {
        ArgumentNullException.ThrowIfNull(x);
        return x.Reshape([.. OutputShape(x.Shape).Sizes]);
    }
}

/// <summary>Turns series into sequences for recurrent layers: [N, F, T] to [N, T, F].</summary>
public sealed class Sequence : Layer
{
    /// <inheritdoc/>
    public override string Description => nameof(Sequence);

    /// <inheritdoc/>
    public override Shape OutputShape(Shape input)
    {
        CheckInput(input, "[N, F, T]", 3, 3);
        return new Shape(input[0], input[2], input[1]);
    }

    /// <inheritdoc/>
    protected override Tensor Compute(Tensor x, ForwardContext context)
    {
        ArgumentNullException.ThrowIfNull(x);
        return x.Permute(0, 2, 1);
    }
}
