using Engine.Tensors;

namespace Engine.Nn.Layers;

/// <summary>Merges all axes after the first: [N, …] to [N, features], without a copy.</summary>
public sealed class Flatten : Layer
{
    /// <inheritdoc/>
    public override string Description => nameof(Flatten);

    /// <inheritdoc/>
    public override Shape OutputShape(Shape input)
    {
        CheckInput(input, "[N, …]", 1, int.MaxValue);
        return new Shape(input[0], input.Product(1, input.Rank));
    }

    internal override LayerMemory Memory(Shape input) => new() { IsView = true };

    /// <inheritdoc/>
    protected override Tensor Compute(Tensor x, ForwardContext context)
    {
        ArgumentNullException.ThrowIfNull(x);
        return x.Reshape([.. OutputShape(x.Shape).Sizes]);
    }
}
