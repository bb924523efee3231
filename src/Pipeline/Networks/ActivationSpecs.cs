using Engine.Nn;
using Engine.Nn.Layers;
using Engine.Tensors;

namespace Engine.Pipeline.Networks;

/// <summary>max(x, 0).</summary>
public sealed record ReluSpec : LayerSpec
{
    internal override Layer Create(Shape input, int labels) => Activation.Relu();
}

/// <summary>x above 0, slope · x below.</summary>
/// <param name="Slope">The factor below 0.</param>
public sealed record LeakyReluSpec([property: Range(Minimum = 0, Single = true)] double Slope = 0.01) : LayerSpec
{
    internal override Layer Create(Shape input, int labels) => Activation.LeakyRelu(Slope);
}

/// <summary>x above 0, alpha · (eˣ - 1) below.</summary>
/// <param name="Alpha">The factor below 0.</param>
public sealed record EluSpec([property: Range(Minimum = 0, Single = true)] double Alpha = 1) : LayerSpec
{
    internal override Layer Create(Shape input, int labels) => Activation.Elu(Alpha);
}

/// <summary>x · Φ(x).</summary>
public sealed record GeluSpec : LayerSpec
{
    internal override Layer Create(Shape input, int labels) => Activation.Gelu();
}

/// <summary>1 / (1 + e⁻ˣ).</summary>
public sealed record SigmoidSpec : LayerSpec
{
    internal override Layer Create(Shape input, int labels) => Activation.Sigmoid();
}

/// <summary>The hyperbolic tangent.</summary>
public sealed record TanhSpec : LayerSpec
{
    internal override Layer Create(Shape input, int labels) => Activation.Tanh();
}

/// <summary>ln(1 + eˣ).</summary>
public sealed record SoftplusSpec : LayerSpec
{
    internal override Layer Create(Shape input, int labels) => Activation.Softplus();
}

/// <summary>x · min(max(x + 3, 0), 6) / 6.</summary>
public sealed record HardSwishSpec : LayerSpec
{
    internal override Layer Create(Shape input, int labels) => Activation.HardSwish();
}

/// <summary>min(max(x + 3, 0), 6) / 6, as in PyTorch; that of Keras 2 is another, min(max(x / 5 + 1/2, 0), 1).</summary>
public sealed record HardSigmoidSpec : LayerSpec
{
    internal override Layer Create(Shape input, int labels) => Activation.HardSigmoid();
}
