using Engine.Tensors;

namespace Engine.Nn.Layers;

/// <summary>x [N, …, in] · weightᵀ + bias, with <c>weight</c> [out, in] and <c>bias</c> [out].</summary>
public sealed class Dense : Layer
{
    // A quarter of a second-level cache of a megabyte, so that sample after sample finds them there.
    private const int FewWeights = 64 * 1024;

    private readonly int _inputs;
    private readonly int _outputs;
    private readonly Parameter _weight;
    private readonly Parameter? _bias;

    /// <summary>Creates a layer initialised like PyTorch's <c>Linear</c>.</summary>
    /// <exception cref="ArgumentException">A size is below 1.</exception>
    public Dense(int inputs, int outputs, bool bias = true)
    {
        _inputs = Guard.Positive(nameof(Dense), nameof(inputs), inputs);
        _outputs = Guard.Positive(nameof(Dense), nameof(outputs), outputs);
        _weight = AddParameter("weight", new Shape(outputs, inputs), Initializers.PyTorchWeight);
        if (bias) _bias = AddParameter("bias", new Shape(outputs), Initializers.Uniform(1 / Math.Sqrt(inputs)));
    }

    /// <inheritdoc/>
    public override string Description => $"Dense {_inputs} -> {_outputs}";

    internal override bool FusesRelu => true;

    internal override bool SuitsSampleBySample => (long)_inputs * _outputs <= FewWeights;

    /// <inheritdoc/>
    public override Shape OutputShape(Shape input)
    {
        CheckInput(input, $"[N, {_inputs}] or [N, …, {_inputs}]", 2, int.MaxValue, -1, _inputs);
        return input.With(-1, _outputs);
    }

    /// <inheritdoc/>
    public override long MultiplyAdds(Shape input) => (long)OutputShape(input).Count * _inputs;

    internal override LayerMemory Memory(Shape input) => new() { KeepsInput = true };

    /// <inheritdoc/>
    protected override Tensor Compute(Tensor x, ForwardContext context) => Tensor.Dense(x, _weight.Value, _bias?.Value);

    private protected override Tensor ComputeFused(Tensor x, ForwardContext context, in Fusion fusion) =>
        Tensor.Dense(x, _weight.Value, _bias?.Value, fusion.Relu);
}
