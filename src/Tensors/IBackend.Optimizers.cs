using Engine.Tensors.Operators;

namespace Engine.Tensors;

/// <summary>
/// How one step changes a parameter p from its gradient g and its running states m ("first") and v ("second"), element by
/// element. Before the rule applies, g is scaled and clipped, the weight decay of <see cref="ParameterUpdate"/> is added to it,
/// and p is reduced by DirectDecay·p. a is GradientRate, b StateRate.
/// </summary>
public enum UpdateRule
{
    /// <summary>p -= a·g; no state.</summary>
    Plain,

    /// <summary>m = FirstDecay·m + g; p -= a·g + b·m. Heavy ball and Nesterov.</summary>
    Momentum,

    /// <summary>
    /// m += FirstShare·(g - m); v += SecondShare·(g² - v); p -= (a·g + b·m)/(√v·SecondScale + Epsilon). Adam and NAdam.
    /// </summary>
    Adam,

    /// <summary>m += FirstShare·(g - m); v = max(SecondDecay·v, |g| + Epsilon); p -= b·m/v.</summary>
    Adamax,

    /// <summary>v += g²; p -= a·g/(√v + Epsilon).</summary>
    Adagrad,

    /// <summary>v += SecondShare·(g² - v); p -= a·g/(√v + Epsilon).</summary>
    RmsProp,

    /// <summary>v as RmsProp; m = FirstDecay·m + g/(√v + Epsilon); p -= b·m.</summary>
    RmsPropMomentum,
}

/// <summary>Which states a rule has.</summary>
public static class UpdateRuleStates
{
    /// <summary>Whether the rule has the first state, m.</summary>
    public static bool HasFirst(this UpdateRule rule) => UpdateStep.Find(rule).HasFirst;

    /// <summary>Whether the rule has the second state, v.</summary>
    public static bool HasSecond(this UpdateRule rule) => UpdateStep.Find(rule).HasSecond;
}

/// <summary>
/// The numbers of one update step; see <see cref="UpdateRule"/>. Where β is near 1, the share 1 - β is given instead: computed
/// from β, it would lose its digits.
/// </summary>
public readonly record struct UpdateFactors
{
    /// <summary>Factors that change nothing: no clipping, no decay, rates of 0.</summary>
    public UpdateFactors()
    {
    }

    /// <summary>Each value of g, once scaled, is limited to [-Clip, Clip]; NaN is kept.</summary>
    public float Clip { get; init; } = float.PositiveInfinity;

    /// <summary>The share of itself that p loses before the rule's step: weight decay hidden from the states.</summary>
    public float DirectDecay { get; init; }

    /// <summary>a, the step along g.</summary>
    public float GradientRate { get; init; }

    /// <summary>b, the step along the first state.</summary>
    public float StateRate { get; init; }

    /// <summary>The share of itself that the first state keeps.</summary>
    public float FirstDecay { get; init; }

    /// <summary>How far the first state moves towards g.</summary>
    public float FirstShare { get; init; }

    /// <summary>The share of itself that the second state keeps.</summary>
    public float SecondDecay { get; init; }

    /// <summary>How far the second state moves towards g².</summary>
    public float SecondShare { get; init; }

    /// <summary>Multiplies √v.</summary>
    public float SecondScale { get; init; } = 1;

    /// <summary>Keeps the quotient finite.</summary>
    public float Epsilon { get; init; }
}

/// <summary>A parameter that an optimiser changes, its gradient, and the states that the rule uses; all of one shape.</summary>
/// <param name="Parameter">p; changed.</param>
/// <param name="Gradient">g; unchanged.</param>
/// <param name="First">m, if the rule has it; changed.</param>
/// <param name="Second">v, if the rule has it; changed.</param>
public readonly record struct ParameterUpdate(Tensor Parameter, Tensor Gradient, Tensor? First = null, Tensor? Second = null)
{
    /// <summary>WeightDecay·p is added to g after scaling and clipping.</summary>
    public float WeightDecay { get; init; }
}

public partial interface IBackend
{
    /// <summary>
    /// One optimiser step on each parameter, in one pass over their memory and as few launches as the device allows; states that
    /// the rule does not use are null. A parameter's bits do not depend on the others.
    /// </summary>
    /// <typeparam name="TOperator">The formula.</typeparam>
    /// <param name="factors">Its numbers.</param>
    /// <param name="gradientScale">
    /// A scalar that all gradients are multiplied by first; null for 1. It is on the device and may not have been computed yet.
    /// </param>
    /// <param name="updates">The parameters.</param>
    void Update<TOperator>(in UpdateFactors factors, Tensor? gradientScale, ReadOnlySpan<ParameterUpdate> updates)
        where TOperator : struct, IUpdateOperator;

    /// <summary>result[k] = Σ x² over all elements of tensor k.</summary>
    void SumSquares(ReadOnlySpan<Tensor> tensors, Tensor result);

    /// <summary>
    /// result = min(1, limit/√Σ squares), a scalar: the factor that limits the joint norm of gradients with these sums of
    /// squares. NaN if a square is not finite, because no scale would be right. The sum itself may exceed the largest float.
    /// </summary>
    void ClipScale(Tensor squares, double limit, Tensor result);
}
