using Engine.Classifiers;
using Engine.Nn;
using Engine.Nn.Layers;
using Engine.Tensors;

namespace Engine.Pipeline.Networks;

/// <summary>The activation inside a block.</summary>
public enum BlockActivation
{
    /// <summary>max(x, 0).</summary>
    Relu,

    /// <summary>x · min(max(x + 3, 0), 6) / 6.</summary>
    HardSwish,
}

/// <summary>What limits the weights of channels to 0 … 1.</summary>
public enum Gate
{
    /// <summary>1 / (1 + e⁻ˣ).</summary>
    Sigmoid,

    /// <summary>min(max(x + 3, 0), 6) / 6.</summary>
    HardSigmoid,
}

/// <summary>
/// Weighs the channels of series or pictures by their means: a dense layer, ReLU, a dense layer, a gate, whose outputs multiply
/// the channels.
/// </summary>
/// <param name="Units">Outputs of the first dense layer; null: a quarter of the channels, as MobileNetV3 rounds it.</param>
/// <param name="Gate">What limits the weights to 0 … 1.</param>
public sealed record SqueezeExcitationSpec(
    [property: Range(1, LayerSpec.Largest)] int? Units = null,
    Gate Gate = Gate.Sigmoid) : LayerSpec
{
    internal override long LayerCount => 6;

    internal override Layer Create(Shape input, int labels)
    {
        RequireRank(input, 3, 4, "series [N, C, L] or pictures [N, C, H, W]");
        return new SqueezeExcitation(input[1], Units, Of(Gate));
    }

    internal static Func<Activation> Of(Gate gate) => gate == Gate.Sigmoid ? Activation.Sigmoid : Activation.HardSigmoid;
}

/// <summary>
/// The block of MobileNetV2 and V3 on pictures: a 1×1 convolution that expands the channels, a depthwise convolution, squeeze
/// and excitation if asked for, and a 1×1 convolution that projects; each convolution is without bias and normalised. The input
/// is added where its shape is the output's.
/// </summary>
/// <param name="Kernel">Height and width of the depthwise kernel; odd.</param>
/// <param name="Expanded">Channels of the depthwise convolution; where the input has as many, nothing expands them.</param>
/// <param name="Filters">Output channels.</param>
/// <param name="Stride">Rows and columns between the depthwise convolution's outputs.</param>
/// <param name="Activation">The activation after all but the last convolution.</param>
/// <param name="Squeeze">Whether there is a squeeze-excitation.</param>
/// <param name="Gate">Its gate.</param>
/// <param name="Momentum">How far the running statistics of the normalisations move at each step.</param>
/// <param name="Epsilon">What they add to the variance.</param>
public sealed record InvertedResidualSpec(
    [property: Range(1, LayerSpec.Largest)] int Kernel,
    [property: Range(1, LayerSpec.Largest)] int Expanded,
    [property: Range(1, LayerSpec.Largest)] int Filters,
    [property: Range(1, LayerSpec.Largest)] int Stride = 1,
    BlockActivation Activation = BlockActivation.Relu,
    bool Squeeze = false,
    Gate Gate = Gate.Sigmoid,
    [property: Range(0, 1)] double Momentum = 0.1,
    [property: Range(Above = 0, Single = true)] double Epsilon = 1e-5) : LayerSpec
{
    internal override long LayerCount => 15;

    internal override Layer Create(Shape input, int labels)
    {
        RequireRank(input, 4, 4, "pictures [N, C, H, W]");
        return new InvertedResidual(input[1], Expanded, Filters, Kernel, Stride,
            Activation == BlockActivation.Relu ? Nn.Layers.Activation.Relu : Nn.Layers.Activation.HardSwish,
            Squeeze ? SqueezeExcitationSpec.Of(Gate) : null, Momentum, Epsilon);
    }

    internal override void Validate(string at, RangeCheck check)
    {
        if (Kernel % 2 == 0) check.Fail($"{at}.kernel", Kernel, "it must be odd");
    }
}
