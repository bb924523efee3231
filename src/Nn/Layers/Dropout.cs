using Engine.Tensors;

namespace Engine.Nn.Layers;

/// <summary>
/// In training, zeroes each value with a given probability and scales up the others (Srivastava et al. 2014); otherwise the
/// identity.
/// </summary>
public sealed class Dropout : Layer
{
    private readonly float _rate;

    /// <summary>Creates the layer; the rate is the probability of zeroing a value.</summary>
    /// <exception cref="ArgumentException">The rate is not in [0, 1).</exception>
    public Dropout(double rate) => _rate = (float)Guard.Fraction(nameof(Dropout), nameof(rate), rate);

    /// <inheritdoc/>
    public override string Description => $"Dropout {_rate}";

    /// <inheritdoc/>
    public override Shape OutputShape(Shape input) => input;

    internal override bool IsRandom => _rate > 0;

    internal override bool SuitsSampleBySample => true;

    internal override LayerMemory Memory(Shape input) => new() { InPlace = true };

    /// <inheritdoc/>
    protected override Tensor Compute(Tensor x, ForwardContext context)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(context);
        return context.Training && _rate > 0 ? x.Dropout(_rate, context.Dropout) : x;
    }
}
