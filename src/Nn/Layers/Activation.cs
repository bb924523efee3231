using Engine.Tensors;

namespace Engine.Nn.Layers;

/// <summary>An element-wise function, or softmax along the last axis.</summary>
public sealed class Activation : Layer
{
    private readonly Func<Tensor, Tensor> _function;

    private Activation(string description, Func<Tensor, Tensor> function, bool isRelu = false)
    {
        (Description, _function, IsRelu) = (description, function, isRelu);
    }

    /// <inheritdoc/>
    public override string Description { get; }

    internal bool IsRelu { get; }

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

    /// <summary>eˣ / Σ eˣ along the last axis.</summary>
    public static Activation Softmax() => new(nameof(Softmax), x => x.Softmax());

    /// <inheritdoc/>
    public override Shape OutputShape(Shape input) => input;

    // A ReLU keeps one bit per value, and is fused into the layer before it or computed in place.
    internal override LayerMemory Memory(Shape input) =>
        IsRelu ? new() { IsView = true, OtherBytes = (input.Count + 7) / 8 } : new() { KeepsOutput = true, InPlace = true };

    /// <inheritdoc/>
    protected override Tensor Compute(Tensor x, ForwardContext context) => _function(x);
}
