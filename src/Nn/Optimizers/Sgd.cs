using Engine.Tensors;

namespace Engine.Nn.Optimizers;

/// <summary>
/// Stochastic gradient descent: g = gradient + WeightDecay·w, m = Momentum·m + g, w -= rate·m; with Nesterov
/// w -= rate·(g + Momentum·m) (Sutskever et al. 2013).
/// </summary>
public sealed class Sgd : Optimizer
{
    /// <summary>Makes the optimiser of some parameters.</summary>
    /// <exception cref="ArgumentException">There is no parameter, or a number is out of its range.</exception>
    public Sgd(IEnumerable<Parameter> parameters, double learningRate)
        : base(parameters, learningRate)
    {
    }

    /// <summary>How much of the last step's direction stays, in [0, 1).</summary>
    /// <exception cref="ArgumentException">It is out of its range.</exception>
    public double Momentum { get; init => field = Guard.Fraction(Kind, nameof(Momentum), value); }

    /// <summary>Whether to look ahead along the momentum.</summary>
    public bool Nesterov { get; init; }

    private protected override UpdateRule Rule => Momentum == 0 ? UpdateRule.Plain : UpdateRule.Momentum;

    private protected override UpdateFactors Factors(long step) => new()
    {
        FirstDecay = (float)Momentum,
        GradientRate = Nesterov || Momentum == 0 ? (float)LearningRate : 0,
        StateRate = (float)(Nesterov ? LearningRate * Momentum : LearningRate),
    };
}
