using Engine.Tensors;

namespace Engine.Nn.Layers;

/// <summary>A convolution of images [N, C, H, W] with <c>weight</c> [K, C/groups, KH, KW] and <c>bias</c> [K].</summary>
public sealed class Conv2d : Layer
{
    private readonly int _channels;
    private readonly Conv2dOptions _options;
    private readonly DerivedTensors _folded = new();
    private readonly Parameter _weight;
    private Parameter? _bias;

    /// <summary>Creates a layer with a square kernel, initialised like PyTorch's <c>Conv2d</c>.</summary>
    /// <exception cref="ArgumentException">A size is below 1 or the options are invalid.</exception>
    public Conv2d(int channels, int filters, int kernel, int stride = 1, int padding = 0)
        : this(channels, filters, kernel, kernel, Conv2dOptions.Uniform(stride, padding))
    {
    }

    /// <summary>Creates a layer initialised like PyTorch's <c>Conv2d</c>.</summary>
    /// <exception cref="ArgumentException">A size is below 1 or the options are invalid.</exception>
    public Conv2d(int channels, int filters, int kernelHeight, int kernelWidth, Conv2dOptions options, bool bias = true)
    {
        _channels = Guard.Positive(nameof(Conv2d), nameof(channels), channels);
        Guard.Positive(nameof(Conv2d), nameof(filters), filters);
        Guard.Positive(nameof(Conv2d), nameof(kernelHeight), kernelHeight);
        Guard.Positive(nameof(Conv2d), nameof(kernelWidth), kernelWidth);
        ConvolutionLayer.CheckGroups(nameof(Conv2d), channels, filters, options.Groups);
        _options = options;
        var weight = new Shape(filters, channels / options.Groups, kernelHeight, kernelWidth);
        _weight = AddParameter("weight", weight, Initializers.PyTorchWeight);
        if (bias) _bias = AddParameter("bias", new Shape(filters), Initializers.Uniform(1 / Math.Sqrt(weight.Product(1, 4))));
    }

    /// <inheritdoc/>
    public override string Description => $"Conv2d {_channels} -> {_weight.Shape[0]}, {_weight.Shape[2]}×{_weight.Shape[3]}";

    internal override bool FusesRelu => true;

    internal override bool FusesAll => true;

    internal override bool SuitsSampleBySample => true;

    /// <inheritdoc/>
    public override Shape OutputShape(Shape input)
    {
        CheckInput(input, $"[N, {_channels}, H, W]", 4, 4, 1, _channels);
        return new Conv2dGeometry(input, _weight.Shape, _options, Where).OutputShape;
    }

    /// <inheritdoc/>
    public override long MultiplyAdds(Shape input) => (long)OutputShape(input).Count * _weight.Shape.Product(1, 4);

    internal override LayerMemory Memory(Shape input) => new() { KeepsInput = true };

    /// <summary>Takes over what a batch normalisation of its output does in evaluation.</summary>
    internal void Fold(BatchNorm norm)
    {
        var (device, (weight, bias)) = (_weight.Value.Device, ConvolutionLayer.Fold(_weight.Value, _bias?.Value, norm));
        _bias ??= AddParameter("bias", new Shape(bias.Length), Initializers.Zeros);
        _weight.Assign(weight, device);
        _bias.Assign(bias, device);
    }

    /// <inheritdoc/>
    protected override Tensor Compute(Tensor x, ForwardContext context) =>
        Tensor.Conv2d(x, _weight.Value, _bias?.Value, _options);

    private protected override Tensor ComputeFused(Tensor x, ForwardContext context, in Fusion fusion)
    {
        var (weight, bias) = fusion.Norm is { } norm
            ? ConvolutionLayer.Folded(_folded, _weight.Value, _bias?.Value, norm) : (_weight.Value, _bias?.Value);
        return fusion.Pool is { } pool
            ? Tensor.ConvMaxPool2d(x, weight, bias, _options, fusion.Relu, pool.Options)
            : Tensor.Conv2d(x, weight, bias, _options, fusion.Relu);
    }
}
