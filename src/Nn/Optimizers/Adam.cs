using Engine.Tensors;

namespace Engine.Nn.Optimizers;

/// <summary>What the family of Adam shares: the decays of its two means.</summary>
public abstract class AdamFamily : Optimizer
{
    private protected AdamFamily(IEnumerable<Parameter> parameters, double learningRate)
        : base(parameters, learningRate)
    {
    }

    /// <summary>β₁: how much of the running mean of gradients stays at each step.</summary>
    /// <exception cref="ArgumentException">It is not in [0, 1).</exception>
    public double Beta1 { get; init => field = Guard.Fraction(Kind, nameof(Beta1), value); } = 0.9;

    /// <summary>β₂: how much of the running size of gradients stays at each step.</summary>
    /// <exception cref="ArgumentException">It is not in [0, 1).</exception>
    public double Beta2 { get; init => field = Guard.Fraction(Kind, nameof(Beta2), value); } = 0.999;

    /// <summary>Keeps the quotient finite.</summary>
    /// <exception cref="ArgumentException">It is negative or not finite.</exception>
    public double Epsilon { get; init => field = Guard.NotNegative(Kind, nameof(Epsilon), value); } = 1e-8;

    private protected override UpdateRule Rule => UpdateRule.Adam;

    private protected override UpdateFactors Factors(long step) => new()
    {
        FirstShare = (float)(1 - Beta1),
        SecondShare = (float)(1 - Beta2),
        SecondScale = (float)(1 / Math.Sqrt(1 - Math.Pow(Beta2, step))),
        StateRate = (float)(LearningRate / (1 - Math.Pow(Beta1, step))),
        Epsilon = (float)Epsilon,
    };
}

/// <summary>Adam (Kingma and Ba 2015); weight decay is part of the gradient.</summary>
public sealed class Adam : AdamFamily
{
    /// <summary>Makes the optimiser of some parameters.</summary>
    /// <exception cref="ArgumentException">There is no parameter, or a number is out of its range.</exception>
    public Adam(IEnumerable<Parameter> parameters, double learningRate = 1e-3)
        : base(parameters, learningRate)
    {
    }
}

/// <summary>Adam with weight decay apart from the gradient: w is first multiplied by 1 - rate·WeightDecay (Loshchilov and Hutter 2019).</summary>
public sealed class AdamW : AdamFamily
{
    /// <summary>Makes the optimiser of some parameters, with a weight decay of 0.01 unless another is set.</summary>
    /// <exception cref="ArgumentException">There is no parameter, or a number is out of its range.</exception>
    public AdamW(IEnumerable<Parameter> parameters, double learningRate = 1e-3)
        : base(parameters, learningRate) => WeightDecay = 0.01;

    private protected override bool DecoupledDecay => true;
}

/// <summary>Adam with the maximum norm: the running size is the largest recent gradient (Kingma and Ba 2015, section 7).</summary>
public sealed class Adamax : AdamFamily
{
    /// <summary>Makes the optimiser of some parameters.</summary>
    /// <exception cref="ArgumentException">There is no parameter, or a number is out of its range.</exception>
    public Adamax(IEnumerable<Parameter> parameters, double learningRate = 2e-3)
        : base(parameters, learningRate)
    {
    }

    private protected override UpdateRule Rule => UpdateRule.Adamax;

    private protected override UpdateFactors Factors(long step) => base.Factors(step) with { SecondDecay = (float)Beta2 };
}

/// <summary>Adam with Nesterov momentum (Dozat 2016): β₁ itself warms up as β₁·(1 - 0.96^(t·MomentumDecay)/2).</summary>
public sealed class NAdam : AdamFamily
{
    private double _product = 1;
    private long _productSteps;

    /// <summary>Makes the optimiser of some parameters.</summary>
    /// <exception cref="ArgumentException">There is no parameter, or a number is out of its range.</exception>
    public NAdam(IEnumerable<Parameter> parameters, double learningRate = 2e-3)
        : base(parameters, learningRate)
    {
    }

    /// <summary>
    /// Counts the present momentum twice in the correction of the mean, as PyTorch up to 1.13 did by mistake; off, it is
    /// Dozat's formula, which Keras and later PyTorch follow.
    /// </summary>
    public bool AsPyTorch113 { get; init; }

    /// <summary>How fast β₁ warms up.</summary>
    /// <exception cref="ArgumentException">It is negative or not finite.</exception>
    public double MomentumDecay { get; init => field = Guard.NotNegative(Kind, nameof(MomentumDecay), value); } = 4e-3;

    private protected override UpdateFactors Factors(long step)
    {
        var product = Product(step);
        var next = Momentum(step + 1);
        var nextProduct = product * next * (AsPyTorch113 ? Momentum(step) : 1);
        return base.Factors(step) with
        {
            GradientRate = (float)(LearningRate * (1 - Momentum(step)) / (1 - product)),
            StateRate = (float)(LearningRate * next / (1 - nextProduct)),
        };
    }

    private double Momentum(long step) => Beta1 * (1 - 0.5 * Math.Pow(0.96, step * MomentumDecay));

    // The product of all momenta so far; worked out again, in the same order, after a state was loaded.
    private double Product(long step)
    {
        if (_productSteps >= step) (_product, _productSteps) = (1, 0);
        while (_productSteps < step) _product *= Momentum(++_productSteps);
        return _product;
    }
}
