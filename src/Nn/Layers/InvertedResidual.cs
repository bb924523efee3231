using Engine.Tensors;

namespace Engine.Nn.Layers;

/// <summary>
/// The block of MobileNetV2 and V3 (Sandler et al. 2018, Howard et al. 2019) on images [N, C, H, W]: a 1×1 convolution that
/// expands the channels, a depthwise one, a squeeze-excitation if asked for, a 1×1 one that projects, and the input added where
/// its shape is the output's. Names are torchvision's: <c>block.0.0</c> is a convolution, <c>block.0.1</c> its normalisation.
/// </summary>
public sealed class InvertedResidual : Graph
{
    private readonly string _description;

    /// <summary>Creates a block initialised like PyTorch's layers.</summary>
    /// <param name="channels">Input channels.</param>
    /// <param name="expanded">
    /// Channels of the depthwise convolution; if as many as <paramref name="channels"/>, nothing expands them.
    /// </param>
    /// <param name="filters">Output channels.</param>
    /// <param name="kernel">Height and width of the depthwise kernel; odd.</param>
    /// <param name="stride">Its stride.</param>
    /// <param name="activation">Makes the activations.</param>
    /// <param name="gate">Makes the gate of a squeeze-excitation; null: there is none.</param>
    /// <param name="momentum">Momentum of the normalisations.</param>
    /// <param name="epsilon">What they add to the variance.</param>
    /// <exception cref="ArgumentException">A number is out of range.</exception>
    public InvertedResidual(
        int channels, int expanded, int filters, int kernel, int stride, Func<Activation> activation,
        Func<Activation>? gate = null, double momentum = 0.1, double epsilon = 1e-5)
        : base([.. Nodes(channels, expanded, filters, Odd(kernel), stride, activation, gate, (momentum, epsilon))]) =>
        _description = $"InvertedResidual {channels} -> {expanded} -> {filters}, {kernel}×{kernel}";

    /// <inheritdoc/>
    public override string Description => _description;

    private static int Odd(int kernel)
    {
        if (kernel < 1 || kernel % 2 == 0)
            Guard.Argument($"InvertedResidual: kernel is {kernel}; it must be odd and at least 1.");
        return kernel;
    }

    private static IEnumerable<GraphNode> Nodes(
        int channels, int expanded, int filters, int kernel, int stride, Func<Activation> activation, Func<Activation>? gate,
        (double Momentum, double Epsilon) norm)
    {
        ArgumentNullException.ThrowIfNull(activation);
        var part = 0;
        if (expanded != channels)
        {
            foreach (var node in Convolution(channels, expanded, 1, 1, 1)) yield return node;
            yield return new($"block.{part++}.2", activation());
        }

        foreach (var node in Convolution(expanded, expanded, kernel, stride, expanded)) yield return node;
        yield return new($"block.{part++}.2", activation());
        if (gate is not null) yield return new($"block.{part++}", new SqueezeExcitation(expanded, null, gate));
        foreach (var node in Convolution(expanded, filters, 1, 1, 1)) yield return node;
        if (stride == 1 && channels == filters) yield return new("add", new Add(), $"block.{part}.1", Input);

        GraphNode[] Convolution(int from, int to, int size, int step, int groups)
        {
            var options = Conv2dOptions.Uniform(step, size / 2) with { Groups = groups };
            return
            [
                new($"block.{part}.0", new Conv2d(from, to, size, size, options, bias: false)),
                new($"block.{part}.1", new BatchNorm2d(to, norm.Momentum, norm.Epsilon)),
            ];
        }
    }
}
