using Engine.Tensors;

namespace Engine.Nn.Layers;

/// <summary>The maximum over all positions: [N, C, …] to [N, C].</summary>
public sealed class GlobalMaxPool : Layer
{
    /// <inheritdoc/>
    public override string Description => nameof(GlobalMaxPool);

    /// <inheritdoc/>
    public override Shape OutputShape(Shape input)
    {
        CheckInput(input, "[N, C, positions…]", 3, int.MaxValue);
        return new Shape(input[0], input[1]);
    }

    // Four bytes for each maximum say where it was.
    internal override LayerMemory Memory(Shape input) => new() { OtherBytes = 4L * input.Product(0, 2) };

    /// <inheritdoc/>
    protected override Tensor Compute(Tensor x, ForwardContext context) => Of(x);

    internal static Tensor Of(Tensor x)
    {
        ArgumentNullException.ThrowIfNull(x);
        return x.Max([.. Enumerable.Range(2, x.Rank - 2)]);
    }
}

/// <summary>
/// The maximum and the mean over all positions, in turns: [N, C, …] to [N, 2·C] with max₀, mean₀, max₁, mean₁ and so on.
/// </summary>
public sealed class GlobalMaxAveragePool : Layer
{
    /// <inheritdoc/>
    public override string Description => nameof(GlobalMaxAveragePool);

    /// <inheritdoc/>
    public override Shape OutputShape(Shape input)
    {
        CheckInput(input, "[N, C, positions…]", 3, int.MaxValue);
        if (input[1] > int.MaxValue / 2)
            Guard.Argument($"{Where}: input {input} has {input[1]} channels; twice as many are more than {int.MaxValue}.");
        return new Shape(input[0], 2 * input[1]);
    }

    internal override LayerMemory Memory(Shape input) => new() { OtherBytes = 4L * input.Product(0, 2) };

    /// <inheritdoc/>
    protected override Tensor Compute(Tensor x, ForwardContext context)
    {
        using var max = GlobalMaxPool.Of(x);
        using var mean = Tensor.GlobalAveragePool(x);
        var (samples, channels) = (x.Shape[0], x.Shape[1]);
        using var first = max.Reshape(samples, channels, 1);
        using var second = mean.Reshape(samples, channels, 1);
        using var turns = Tensor.Concat(2, first, second);
        return turns.Reshape(samples, 2 * channels);
    }
}
