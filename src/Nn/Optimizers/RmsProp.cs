using Engine.Tensors;

namespace Engine.Nn.Optimizers;

/// <summary>
/// w -= rate·g/(√v + Epsilon) with the running mean v of g² (Tieleman and Hinton 2012); with momentum, the quotients accumulate
/// as in <see cref="Sgd"/>.
/// </summary>
/// <param name="LearningRate">The step size.</param>
/// <param name="Decay">How much of the running mean of squares is kept at each step (PyTorch's <c>alpha</c>).</param>
/// <param name="Momentum">How much of the last step's direction is kept.</param>
/// <param name="Epsilon">Keeps the quotient finite.</param>
/// <param name="WeightDecay">λ of weight decay, which is part of the gradient.</param>
public sealed record RmsProp(
    double LearningRate = 1e-2,
    [property: Range(Minimum = 0, Below = 1)] double Decay = 0.99,
    [property: Range(Minimum = 0, Below = 1)] double Momentum = 0,
    [property: Range(Minimum = 0)] double Epsilon = 1e-8,
    double WeightDecay = 0) : OptimizerOptions(LearningRate, WeightDecay)
{
    internal override UpdateRule Rule => Momentum == 0 ? UpdateRule.RmsProp : UpdateRule.RmsPropMomentum;

    private protected override UpdateFactors Factors(long step, double learningRate) => new()
    {
        SecondShare = (float)(1 - Decay),
        FirstDecay = (float)Momentum,
        GradientRate = (float)learningRate,
        StateRate = (float)learningRate,
        Epsilon = (float)Epsilon,
    };
}
