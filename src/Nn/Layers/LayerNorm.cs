using Engine.Tensors;

namespace Engine.Nn.Layers;

/// <summary>Layer normalisation over the last axis (Ba, Kiros and Hinton 2016) with <c>weight</c> and <c>bias</c> [n].</summary>
public sealed class LayerNorm : Layer
{
    private readonly int _size;
    private readonly float _epsilon;
    private readonly Parameter _weight;
    private readonly Parameter _bias;

    /// <summary>Creates the layer for a last axis of length <paramref name="size"/>.</summary>
    /// <exception cref="ArgumentException">The size is below 1, or epsilon is not above 0.</exception>
    public LayerNorm(int size, double epsilon = 1e-5)
    {
        _size = Guard.Positive(nameof(LayerNorm), nameof(size), size);
        _epsilon = (float)Guard.AboveZero(nameof(LayerNorm), nameof(epsilon), epsilon);
        _weight = AddParameter("weight", new Shape(size), Initializers.Ones);
        _bias = AddParameter("bias", new Shape(size), Initializers.Zeros);
    }

    /// <inheritdoc/>
    public override string Description => $"LayerNorm {_size}";

    /// <inheritdoc/>
    public override Shape OutputShape(Shape input)
    {
        CheckInput(input, $"[N, …, {_size}]", 2, int.MaxValue, -1, _size);
        return input;
    }

    internal override LayerMemory Memory(Shape input) => new() { KeepsInput = true };

    /// <inheritdoc/>
    protected override Tensor Compute(Tensor x, ForwardContext context) =>
        Tensor.LayerNorm(x, _weight.Value, _bias.Value, _epsilon);
}
