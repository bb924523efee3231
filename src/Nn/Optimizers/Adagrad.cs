using Engine.Tensors;

namespace Engine.Nn.Optimizers;

/// <summary>w -= rate·g/(√Σg² + Epsilon), with the sum over all steps (Duchi, Hazan and Singer 2011).</summary>
/// <param name="LearningRate">The step size.</param>
/// <param name="Epsilon">Keeps the quotient finite.</param>
/// <param name="WeightDecay">λ of weight decay, which is part of the gradient.</param>
public sealed record Adagrad(
    double LearningRate = 1e-2,
    [property: Range(Minimum = 0)] double Epsilon = 1e-10,
    double WeightDecay = 0)
    : OptimizerOptions(LearningRate, WeightDecay)
{
    internal override UpdateRule Rule => UpdateRule.Adagrad;

    private protected override UpdateFactors Factors(long step, double learningRate) =>
        new() { GradientRate = (float)learningRate, Epsilon = (float)Epsilon };
}
