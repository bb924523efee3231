using Engine.Tensors;

namespace Engine.Nn.Layers;

/// <summary>In training sets each value to zero with a probability and scales the others up (Srivastava et al. 2014); else passes its input on.</summary>
public sealed class Dropout : Layer
{
    private readonly float _rate;

    /// <summary>Makes the layer; the rate is the probability of zero.</summary>
    /// <exception cref="ArgumentException">The rate is not in [0, 1).</exception>
    public Dropout(double rate) => _rate = (float)Guard.Fraction(nameof(Dropout), nameof(rate), rate);

    /// <inheritdoc/>
    public override string Description => $"Dropout {_rate}";

    /// <inheritdoc/>
    public override Shape OutputShape(Shape input) => input;

    internal override LayerMemory Memory(Shape input) => new() { InPlace = true };

    /// <inheritdoc/>
    protected override Tensor Compute(Tensor x, ForwardContext context)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(context);
        return context.Training && _rate > 0 ? x.Dropout(_rate, context.Dropout) : x;
    }
}
