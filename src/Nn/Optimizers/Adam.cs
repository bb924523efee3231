using System.Text.Json.Serialization;
using Engine.Tensors;

namespace Engine.Nn.Optimizers;

/// <summary>What the Adam family shares: the decays of its two means.</summary>
/// <param name="LearningRate">The step size.</param>
/// <param name="Beta1">β₁: how much of the running mean of gradients is kept at each step.</param>
/// <param name="Beta2">β₂: how much of the running size of gradients is kept at each step.</param>
/// <param name="Epsilon">Keeps the quotient finite.</param>
/// <param name="WeightDecay">λ of weight decay.</param>
public abstract record AdamFamily(
    double LearningRate,
    [property: Range(Minimum = 0, Below = 1)] double Beta1,
    [property: Range(Minimum = 0, Below = 1)] double Beta2,
    [property: Range(Minimum = 0)] double Epsilon,
    double WeightDecay) : OptimizerOptions(LearningRate, WeightDecay)
{
    internal override UpdateRule Rule => UpdateRule.Adam;

    private protected override UpdateFactors Factors(long step, double learningRate) => new()
    {
        FirstShare = (float)(1 - Beta1),
        SecondShare = (float)(1 - Beta2),
        SecondScale = (float)(1 / Math.Sqrt(1 - Math.Pow(Beta2, step))),
        StateRate = (float)(learningRate / (1 - Math.Pow(Beta1, step))),
        Epsilon = (float)Epsilon,
    };
}

/// <summary>Adam (Kingma and Ba 2015); weight decay is part of the gradient.</summary>
/// <inheritdoc cref="AdamFamily"/>
public sealed record Adam(
    double LearningRate = 1e-3,
    double Beta1 = 0.9,
    double Beta2 = 0.999,
    double Epsilon = 1e-8,
    double WeightDecay = 0)
    : AdamFamily(LearningRate, Beta1, Beta2, Epsilon, WeightDecay);

/// <summary>
/// Adam with weight decay separate from the gradient: w is first multiplied by 1 - rate·WeightDecay (Loshchilov and Hutter 2019).
/// </summary>
/// <inheritdoc cref="AdamFamily"/>
public sealed record AdamW(
    double LearningRate = 1e-3,
    double Beta1 = 0.9,
    double Beta2 = 0.999,
    double Epsilon = 1e-8,
    double WeightDecay = 0.01)
    : AdamFamily(LearningRate, Beta1, Beta2, Epsilon, WeightDecay)
{
    internal override bool DecoupledDecay => true;
}

/// <summary>
/// Adam with the maximum norm: the running size is the largest recent gradient (Kingma and Ba 2015, section 7).
/// </summary>
/// <inheritdoc cref="AdamFamily"/>
public sealed record Adamax(
    double LearningRate = 2e-3,
    double Beta1 = 0.9,
    double Beta2 = 0.999,
    double Epsilon = 1e-8,
    double WeightDecay = 0)
    : AdamFamily(LearningRate, Beta1, Beta2, Epsilon, WeightDecay)
{
    internal override UpdateRule Rule => UpdateRule.Adamax;

    private protected override UpdateFactors Factors(long step, double learningRate) =>
        base.Factors(step, learningRate) with { SecondDecay = (float)Beta2 };
}

/// <summary>Adam with Nesterov momentum (Dozat 2016): β₁ itself warms up as β₁·(1 - 0.96^(t·MomentumDecay)/2).</summary>
/// <param name="LearningRate">The step size.</param>
/// <param name="Beta1">β₁: how much of the running mean of gradients is kept at each step, once warmed up.</param>
/// <param name="Beta2">β₂: how much of the running size of gradients is kept at each step.</param>
/// <param name="Epsilon">Keeps the quotient finite.</param>
/// <param name="MomentumDecay">How fast β₁ warms up.</param>
/// <param name="WeightDecay">λ of weight decay, which is part of the gradient.</param>
public sealed record NAdam(
    double LearningRate = 2e-3,
    double Beta1 = 0.9,
    double Beta2 = 0.999,
    double Epsilon = 1e-8,
    [property: Range(Minimum = 0)] double MomentumDecay = 4e-3,
    double WeightDecay = 0) : AdamFamily(LearningRate, Beta1, Beta2, Epsilon, WeightDecay)
{
    /// <summary>
    /// Counts the current momentum twice when correcting the mean, as PyTorch up to 1.13 did by mistake; otherwise Dozat's
    /// formula, which Keras and later PyTorch versions follow.
    /// </summary>
    [JsonIgnore]
    public bool AsPyTorch113 { get; init; }

    // After a state is loaded, the product of all momenta so far is recomputed in the same order.
    internal override StepFactors Start()
    {
        var (product, steps) = (1.0, 0L);
        return (step, learningRate) =>
        {
            if (steps >= step) (product, steps) = (1, 0);
            while (steps < step) product *= Momentum(++steps);
            var next = Momentum(step + 1);
            var nextProduct = product * next * (AsPyTorch113 ? Momentum(step) : 1);
            return Factors(step, learningRate) with
            {
                GradientRate = (float)(learningRate * (1 - Momentum(step)) / (1 - product)),
                StateRate = (float)(learningRate * next / (1 - nextProduct)),
            };
        };
    }

    private double Momentum(long step) => Beta1 * (1 - 0.5 * Math.Pow(0.96, step * MomentumDecay));
}
