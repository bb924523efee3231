using Engine.Tensors;

namespace Engine.Nn.Layers;

/// <summary>An element-wise function, or softmax along the last axis.</summary>
public sealed class Activation : Layer
{
    private readonly Func<Tensor, Tensor> _function;

    private readonly bool _keepsInput;

    private Activation(string description, Func<Tensor, Tensor> function, bool isRelu = false, bool keepsInput = false)
    {
        (Description, _function, IsRelu, _keepsInput) = (description, function, isRelu, keepsInput);
    }

    /// <inheritdoc/>
    public override string Description { get; }

    internal bool IsRelu { get; }

    internal override bool SuitsSampleBySample => true;

    /// <summary>max(x, 0).</summary>
    public static Activation Relu() => new(nameof(Relu), x => x.Relu(), isRelu: true);

    /// <summary>x above 0, slope · x below.</summary>
    public static Activation LeakyRelu(double slope = 0.01) => new($"LeakyRelu {slope}", x => x.LeakyRelu((float)slope));

    /// <summary>x above 0, alpha · (eˣ - 1) below.</summary>
    public static Activation Elu(double alpha = 1) => new($"Elu {alpha}", x => x.Elu((float)alpha));

    /// <summary>x · Φ(x).</summary>
    public static Activation Gelu() => new(nameof(Gelu), x => x.Gelu());

    /// <summary>1 / (1 + e⁻ˣ).</summary>
    public static Activation Sigmoid() => new(nameof(Sigmoid), x => x.Sigmoid());

    /// <summary>The hyperbolic tangent.</summary>
    public static Activation Tanh() => new(nameof(Tanh), x => x.Tanh());

    /// <summary>ln(1 + eˣ).</summary>
    public static Activation Softplus() => new(nameof(Softplus), x => x.Softplus());

    /// <summary>x · <see cref="HardSigmoid"/>: 0 below -3, x above 3 (Howard et al. 2019).</summary>
    public static Activation HardSwish() => new(nameof(HardSwish), x => x.HardSwish(), keepsInput: true);

    /// <summary>(x + 3) / 6 cut to 0 … 1, as in PyTorch and MobileNetV3 (Keras 2 cuts x / 5 + 1/2).</summary>
    public static Activation HardSigmoid() => new(nameof(HardSigmoid), x => x.HardSigmoid());

    /// <summary>eˣ / Σ eˣ along the last axis.</summary>
    public static Activation Softmax() => new(nameof(Softmax), x => x.Softmax());

    /// <inheritdoc/>
    public override Shape OutputShape(Shape input) => input;

    // A ReLU keeps one bit per value, and is fused into the layer before it or computed in place.
    internal override LayerMemory Memory(Shape input) =>
        IsRelu ? new() { IsView = true, OtherBytes = (input.Count + 7) / 8 }
            : new() { KeepsInput = _keepsInput, KeepsOutput = !_keepsInput, InPlace = true };

    /// <inheritdoc/>
    protected override Tensor Compute(Tensor x, ForwardContext context) => _function(x);
}
