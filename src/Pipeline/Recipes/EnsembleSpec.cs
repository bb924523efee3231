using System.Text.Json.Serialization;
using Engine.Classifiers;
using Engine.Classifiers.Decomposition;
using Engine.Classifiers.Selection;
using Engine.Pipeline.FrontEnds;
using Engine.Pipeline.Json;
using Engine.Tensors;

namespace Engine.Pipeline.Recipes;

/// <summary>Several systems over one front end, whose probabilities are combined.</summary>
/// <param name="Members">The systems, at least one.</param>
/// <param name="Combine">How their probabilities become one; null: their plain mean.</param>
public sealed record EnsembleSpec(
    [property: JsonPropertyOrder(1)] IReadOnlyList<MemberSpec> Members,
    [property: JsonPropertyOrder(0)] CombineSpec? Combine = null) : ClassifierOptions
{
    /// <summary>A member as a recipe of its own.</summary>
    internal Recipe RecipeOf(int member, Recipe recipe) => recipe with
    {
        Name = $"{recipe.Name}, member {member + 1}",
        Scaler = Members[member].Scaler,
        WindowScaler = Members[member].WindowScaler,
        Selection = Members[member].Selection,
        Projection = Members[member].Projection,
        Search = null,
        Calibration = CalibrationKind.None,
        Classifier = Members[member].Classifier,
    };

    internal void Validate(string at, RangeCheck check)
    {
        if (Members.Count == 0) check.Fail($"{at}.members", "[]", "it must hold at least one member");
        for (var m = 0; m < Members.Count; m++)
        {
            if (Members[m].Classifier is EnsembleSpec)
                check.Fail($"{at}.members[{m}].classifier.kind", "ensemble",
                    "a member cannot be an ensemble; name its members here");
        }

        JsonRanges.Check(Combine, RecipeJson.Indented.Of<CombineSpec>(), $"{at}.combine", check);
        Combine?.Validate($"{at}.combine", check, Members.Count);
    }
}

/// <summary>One system of an ensemble: what a recipe has beside its front end.</summary>
/// <param name="Classifier">What learns from the rows.</param>
/// <param name="Scaler">How feature columns are brought to a common scale.</param>
/// <param name="WindowScaler">How the values of windows are brought to a common scale.</param>
/// <param name="Selection">Which of the scaled columns are kept; null: all.</param>
/// <param name="Projection">What the columns kept are projected onto; null: nothing.</param>
public sealed record MemberSpec(
    [property: JsonPropertyOrder(4)] ClassifierOptions Classifier,
    [property: JsonPropertyOrder(0)] ScalerKind Scaler = ScalerKind.None,
    [property: JsonPropertyOrder(1),
        JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] WindowScalerKind WindowScaler = WindowScalerKind.None,
    [property: JsonPropertyOrder(2),
        JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] SelectionOptions? Selection = null,
    [property: JsonPropertyOrder(3),
        JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] ProjectionOptions? Projection = null);

/// <summary>How the probabilities of an ensemble's members become one.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(AverageSpec), "average")]
[JsonDerivedType(typeof(StackingSpec), "stacking")]
public abstract record CombineSpec
{
    internal virtual void Validate(string at, RangeCheck check, int members)
    {
    }
}

/// <summary>The mean of the members' probabilities.</summary>
/// <param name="Weights">How much each member counts; null: all alike.</param>
public sealed record AverageSpec([property: Range(Minimum = 0)] IReadOnlyList<double>? Weights = null) : CombineSpec
{
    internal override void Validate(string at, RangeCheck check, int members)
    {
        if (Weights is null) return;
        if (Weights.Count != members)
            check.Fail($"{at}.weights", $"a list of {Weights.Count}", $"it must have a weight for each of the {members} members");
        var sum = Weights.Sum();
        if (!(sum > 0 && double.IsFinite(sum))) check.Fail($"{at}.weights, summed,", sum, "it must be above 0");
    }
}

/// <summary>
/// A logistic regression learns what to make of the members' probabilities (Wolpert, "Stacked generalization", 1992): of training
/// rows each member gives those of a copy that was fitted without the row's track.
/// </summary>
/// <param name="Folds">Parts the training tracks are dealt into; fewer if a genre has fewer tracks.</param>
/// <param name="C">What an error costs the logistic regression beside the size of its weights.</param>
public sealed record StackingSpec(
    [property: Range(2, 1000)] int Folds = 5,
    [property: Range(Above = 0)] double C = 1) : CombineSpec;
