using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;
using Engine.Tensors;

namespace Engine.Nn.Optimizers;

/// <summary>
/// Which rule an <see cref="Optimizer"/> follows, and its parameters; formulas and defaults are PyTorch's unless stated
/// otherwise.
/// </summary>
/// <param name="LearningRate">The step size that a schedule starts from.</param>
/// <param name="WeightDecay">λ of weight decay.</param>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(Sgd), "sgd")]
[JsonDerivedType(typeof(Adam), "adam")]
[JsonDerivedType(typeof(AdamW), "adamw")]
[JsonDerivedType(typeof(Adamax), "adamax")]
[JsonDerivedType(typeof(NAdam), "nadam")]
[JsonDerivedType(typeof(Adagrad), "adagrad")]
[JsonDerivedType(typeof(RmsProp), "rmsprop")]
[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicProperties)]
public abstract record OptimizerOptions(
    [property: Range(Above = 0)] double LearningRate,
    [property: Range(Minimum = 0)] double WeightDecay)
{
    /// <summary>How many numbers the optimiser keeps for each weight.</summary>
    [JsonIgnore]
    public int States => (KeepsFirst ? 1 : 0) + (KeepsSecond ? 1 : 0);

    internal abstract UpdateRule Rule { get; }

    internal bool KeepsFirst => Rule is UpdateRule.Momentum or UpdateRule.Adam or UpdateRule.Adamax or UpdateRule.RmsPropMomentum;

    internal bool KeepsSecond => Rule is not (UpdateRule.Plain or UpdateRule.Momentum);

    /// <summary>Whether weight decay shrinks the weights directly instead of being part of the gradient.</summary>
    internal virtual bool DecoupledDecay => false;

    /// <summary>The rule's own numbers, step by step.</summary>
    internal virtual StepFactors Start() => Factors;

    /// <summary>The rule's own numbers for one step; see <see cref="StepFactors"/>.</summary>
    private protected abstract UpdateFactors Factors(long step, double learningRate);
}

/// <summary>The numbers of an update rule for a step, counted from 1, at a learning rate.</summary>
internal delegate UpdateFactors StepFactors(long step, double learningRate);
