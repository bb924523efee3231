using Engine.Tensors;

namespace Engine.Nn.Optimizers;

/// <summary>w -= rate·g/(√v + Epsilon) with the running mean v of g² (Tieleman and Hinton 2012); with momentum the quotients are gathered as in <see cref="Sgd"/>.</summary>
public sealed class RmsProp : Optimizer
{
    /// <summary>Makes the optimiser of some parameters.</summary>
    /// <exception cref="ArgumentException">There is no parameter, or a number is out of its range.</exception>
    public RmsProp(IEnumerable<Parameter> parameters, double learningRate = 1e-2)
        : base(parameters, learningRate)
    {
    }

    /// <summary>How much of the running mean of squares stays at each step, in [0, 1).</summary>
    /// <exception cref="ArgumentException">It is out of its range.</exception>
    public double Decay { get; init => field = Guard.Fraction(Kind, nameof(Decay), value); } = 0.99;

    /// <summary>How much of the last step's direction stays, in [0, 1).</summary>
    /// <exception cref="ArgumentException">It is out of its range.</exception>
    public double Momentum { get; init => field = Guard.Fraction(Kind, nameof(Momentum), value); }

    /// <summary>Keeps the quotient finite.</summary>
    /// <exception cref="ArgumentException">It is negative or not finite.</exception>
    public double Epsilon { get; init => field = Guard.NotNegative(Kind, nameof(Epsilon), value); } = 1e-8;

    private protected override UpdateRule Rule => Momentum == 0 ? UpdateRule.RmsProp : UpdateRule.RmsPropMomentum;

    private protected override UpdateFactors Factors(long step) => new()
    {
        SecondShare = (float)(1 - Decay),
        FirstDecay = (float)Momentum,
        GradientRate = (float)LearningRate,
        StateRate = (float)LearningRate,
        Epsilon = (float)Epsilon,
    };
}
