namespace Engine.Tensors;

/// <summary>
/// How one step changes a parameter p from its gradient g and its running states m ("first") and v ("second"), element by
/// element. Before the rule, g is scaled, clipped and given the share of p that <see cref="UpdateFactors"/> asks for; the
/// rule's own p has already lost DirectDecay·p. a is GradientRate, b StateRate.
/// </summary>
public enum UpdateRule
{
    /// <summary>p -= a·g; no state.</summary>
    Plain,

    /// <summary>m = FirstDecay·m + g; p -= a·g + b·m. Heavy ball and Nesterov.</summary>
    Momentum,

    /// <summary>m += FirstShare·(g - m); v += SecondShare·(g² - v); p -= (a·g + b·m)/(√v·SecondScale + Epsilon). Adam and NAdam.</summary>
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

/// <summary>The numbers of one update step; see <see cref="UpdateRule"/>. Shares (1 - β) are given, not decays, where β is near 1 and 1 - β would lose its digits.</summary>
public readonly record struct UpdateFactors
{
    /// <summary>Factors that change nothing by themselves: no clipping, no decay, rates of 0.</summary>
    public UpdateFactors()
    {
    }

    /// <summary>g is multiplied by this first.</summary>
    public float GradientScale { get; init; } = 1;

    /// <summary>Then each value of g is limited to [-Clip, Clip]; a NaN stays.</summary>
    public float Clip { get; init; } = float.PositiveInfinity;

    /// <summary>Then WeightDecay·p is added to g.</summary>
    public float WeightDecay { get; init; }

    /// <summary>The share of itself that p loses before the rule's step: weight decay that the states do not see.</summary>
    public float DirectDecay { get; init; }

    /// <summary>a, the step along g.</summary>
    public float GradientRate { get; init; }

    /// <summary>b, the step along the first state.</summary>
    public float StateRate { get; init; }

    /// <summary>What the first state keeps.</summary>
    public float FirstDecay { get; init; }

    /// <summary>How far the first state moves towards g.</summary>
    public float FirstShare { get; init; }

    /// <summary>What the second state keeps.</summary>
    public float SecondDecay { get; init; }

    /// <summary>How far the second state moves towards g².</summary>
    public float SecondShare { get; init; }

    /// <summary>Multiplies √v.</summary>
    public float SecondScale { get; init; } = 1;

    /// <summary>Keeps the quotient finite.</summary>
    public float Epsilon { get; init; }
}

public partial interface IBackend
{
    /// <summary>
    /// One step of an optimiser on <paramref name="parameter"/> in one pass over the memory, all tensors of its shape; the
    /// states that the rule does not use are null.
    /// </summary>
    void Update(UpdateRule rule, in UpdateFactors factors, Tensor gradient, Tensor parameter, Tensor? first, Tensor? second);
}
