using Engine.Tensors;

namespace Engine.Nn.Optimizers;

/// <summary>
/// Stochastic gradient descent: g = gradient + WeightDecay·w, m = Momentum·m + g, w -= rate·m; with Nesterov
/// w -= rate·(g + Momentum·m) (Sutskever et al. 2013).
/// </summary>
/// <param name="LearningRate">The step size.</param>
/// <param name="Momentum">How much of the last step's direction is kept.</param>
/// <param name="Nesterov">Whether to look ahead along the momentum, which must then be above 0.</param>
/// <param name="WeightDecay">λ of weight decay, which is part of the gradient.</param>
public sealed record Sgd(
    double LearningRate,
    [property: Range(Minimum = 0, Below = 1)] double Momentum = 0,
    bool Nesterov = false,
    double WeightDecay = 0) : OptimizerOptions(LearningRate, WeightDecay)
{
    internal override UpdateRule Rule => Momentum == 0 ? UpdateRule.Plain : UpdateRule.Momentum;

    private protected override UpdateFactors Factors(long step, double learningRate) => new()
    {
        FirstDecay = (float)Momentum,
        GradientRate = Nesterov || Momentum == 0 ? (float)learningRate : 0,
        StateRate = (float)(Nesterov ? learningRate * Momentum : learningRate),
    };
}
