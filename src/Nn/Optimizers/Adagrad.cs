using Engine.Tensors;

namespace Engine.Nn.Optimizers;

/// <summary>w -= rate·g/(√Σg² + Epsilon), with the sum over all steps (Duchi, Hazan and Singer 2011).</summary>
public sealed class Adagrad : Optimizer
{
    /// <summary>Makes the optimiser of some parameters.</summary>
    /// <exception cref="ArgumentException">There is no parameter, or a number is out of its range.</exception>
    public Adagrad(IEnumerable<Parameter> parameters, double learningRate = 1e-2)
        : base(parameters, learningRate)
    {
    }

    /// <summary>Keeps the quotient finite.</summary>
    /// <exception cref="ArgumentException">It is negative or not finite.</exception>
    public double Epsilon { get; init => field = Guard.NotNegative(Kind, nameof(Epsilon), value); } = 1e-10;

    private protected override UpdateRule Rule => UpdateRule.Adagrad;

    private protected override UpdateFactors Factors(long step) => new() { GradientRate = (float)LearningRate, Epsilon = (float)Epsilon };
}
