using Engine.Tensors;

namespace Engine.Nn.Layers;

/// <summary>A convolution of series [N, C, L] with <c>weight</c> [K, C/groups, taps] and <c>bias</c> [K].</summary>
public sealed class Conv1d : Layer
{
    private readonly int _channels;
    private readonly Conv2dOptions _options;
    private readonly DerivedTensors _folded = new();
    private readonly Parameter _weight;
    private readonly Parameter? _bias;

    /// <summary>Creates a layer initialised like PyTorch's <c>Conv1d</c>.</summary>
    /// <exception cref="ArgumentException">A size is below 1 or the options are invalid.</exception>
    public Conv1d(int channels, int filters, int taps, int stride = 1, int padding = 0)
        : this(channels, filters, taps, Conv2dOptions.Line(stride, padding))
    {
    }

    /// <summary>Creates a layer initialised like PyTorch's <c>Conv1d</c>; it uses the widths in the options.</summary>
    /// <exception cref="ArgumentException">A size is below 1 or the options are invalid.</exception>
    public Conv1d(int channels, int filters, int taps, Conv2dOptions options, bool bias = true)
    {
        _channels = Guard.Positive(nameof(Conv1d), nameof(channels), channels);
        Guard.Positive(nameof(Conv1d), nameof(filters), filters);
        Guard.Positive(nameof(Conv1d), nameof(taps), taps);
        ConvolutionLayer.CheckGroups(nameof(Conv1d), channels, filters, options.Groups);
        _options = options;
        var weight = new Shape(filters, channels / options.Groups, taps);
        _weight = AddParameter("weight", weight, Initializers.PyTorchWeight);
        if (bias) _bias = AddParameter("bias", new Shape(filters), Initializers.Uniform(1 / Math.Sqrt(weight.Product(1, 3))));
    }

    /// <inheritdoc/>
    public override string Description => $"Conv1d {_channels} -> {_weight.Shape[0]}, {_weight.Shape[2]}";

    internal override bool FusesRelu => true;

    internal override bool FusesAll => true;

    internal override bool SuitsSampleBySample => true;

    /// <inheritdoc/>
    public override Shape OutputShape(Shape input)
    {
        CheckInput(input, $"[N, {_channels}, L]", 3, 3, 1, _channels);
        var image = new Shape(input[0], input[1], 1, input[2]);
        var weight = new Shape(_weight.Shape[0], _weight.Shape[1], 1, _weight.Shape[2]);
        return input.With(1, weight[0]).With(2, new Conv2dGeometry(image, weight, _options, Where).OutputWidth);
    }

    /// <inheritdoc/>
    public override long MultiplyAdds(Shape input) => (long)OutputShape(input).Count * _weight.Shape.Product(1, 3);

    internal override LayerMemory Memory(Shape input) => new() { KeepsInput = true };

    /// <inheritdoc/>
    protected override Tensor Compute(Tensor x, ForwardContext context) =>
        Tensor.Conv1d(x, _weight.Value, _bias?.Value, _options);

    private protected override Tensor ComputeFused(Tensor x, ForwardContext context, in Fusion fusion)
    {
        var (weight, bias) = fusion.Norm is { } norm
            ? ConvolutionLayer.Folded(_folded, _weight.Value, _bias?.Value, norm) : (_weight.Value, _bias?.Value);
        var output = Tensor.Conv1d(x, weight, bias, _options, fusion.Relu);
        if (fusion.Pool is not { } pool) return output;
        using (output) return pool.Forward(output, context);
    }
}
