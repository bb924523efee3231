using System.Text.Json.Serialization;
using Engine.Classifiers;
using Engine.Classifiers.Selection;

namespace Engine.Pipeline.Recipes;

/// <summary>How a recipe selects columns once they are scaled, on training rows alone.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(CorrelationSelectionSpec), "correlation")]
[JsonDerivedType(typeof(BorutaSelectionSpec), "boruta")]
public abstract record SelectionSpec
{
    /// <summary>Makes the step, not fitted.</summary>
    internal abstract IColumnStep Create(FitSettings settings);

    /// <summary>Throws where a parameter has a value that cannot work; <paramref name="at"/> is the spec's JSON path.</summary>
    internal abstract void Validate(string at, RangeCheck check);

    /// <summary>What it does, in a few words.</summary>
    internal abstract string Describe();
}

/// <summary>Keeps columns that correlate with the labels and do not repeat another.</summary>
/// <param name="Measure">What correlation means.</param>
/// <param name="Label">The least correlation with the labels, from 0 to 1.</param>
/// <param name="Repeat">The correlation, from 0 to 1, above which one column repeats another.</param>
public sealed record CorrelationSelectionSpec(CorrelationMeasure Measure = CorrelationMeasure.Pearson, double Label = 0.2, double Repeat = 0.95) : SelectionSpec
{
    internal override IColumnStep Create(FitSettings settings) =>
        new CorrelationSelection(new CorrelationOptions { Measure = Measure, Label = Label, Repeat = Repeat, Threads = settings.Threads });

    internal override void Validate(string at, RangeCheck check)
    {
        if (!(Label is >= 0 and <= 1)) check.Fail($"{at}.label", Label, "it must be from 0 to 1");
        if (!(Repeat is >= 0 and <= 1)) check.Fail($"{at}.repeat", Repeat, "it must be from 0 to 1");
    }

    internal override string Describe() =>
        FormattableString.Invariant($"columns that correlate ({Measure.ToString().ToLowerInvariant()}) with the labels at {Label} or more and with no other above {Repeat}");
}
