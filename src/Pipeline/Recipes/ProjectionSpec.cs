using System.Text.Json.Serialization;
using Engine.Classifiers;
using Engine.Classifiers.Decomposition;

namespace Engine.Pipeline.Recipes;

/// <summary>How a recipe projects the columns that are left after selection, learned on training rows alone.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(PcaSpec), "pca")]
[JsonDerivedType(typeof(LdaProjectionSpec), "lda")]
public abstract record ProjectionSpec
{
    /// <summary>Makes the step, not fitted.</summary>
    internal abstract IColumnStep Create(FitSettings settings);

    /// <summary>Throws where a parameter has a value that cannot work; <paramref name="at"/> is the spec's JSON path.</summary>
    internal abstract void Validate(string at, RangeCheck check);

    /// <summary>How many columns it makes of so many, for so many labels, if the training rows do not allow fewer.</summary>
    internal abstract int OutputColumns(int columns, int labels);

    /// <summary>What it does, in a few words.</summary>
    internal abstract string Describe();
}

/// <summary>Onto the directions of largest variance.</summary>
/// <param name="Components">How many.</param>
/// <param name="Whiten">Whether each is brought to variance 1.</param>
/// <param name="Solver">How they are found.</param>
public sealed record PcaSpec(int Components, bool Whiten = false, PcaSolver Solver = PcaSolver.Auto) : ProjectionSpec
{
    internal override IColumnStep Create(FitSettings settings) =>
        new Pca(new PcaOptions { Components = Components, Whiten = Whiten, Solver = Solver, Seed = settings.Seed, Threads = settings.Threads });

    internal override void Validate(string at, RangeCheck check) => check.AtLeast($"{at}.components", Components, 1);

    internal override int OutputColumns(int columns, int labels) => Components;

    internal override string Describe() => $"{Components} principal components{(Whiten ? ", whitened" : "")}";
}

/// <summary>Onto the directions that tell the labels apart best.</summary>
/// <param name="Components">How many at most; null: all, one fewer than the labels.</param>
public sealed record LdaProjectionSpec(int? Components = null) : ProjectionSpec
{
    internal override IColumnStep Create(FitSettings settings) => new LdaProjection(Components, settings.Threads);

    internal override void Validate(string at, RangeCheck check)
    {
        if (Components is { } components) check.AtLeast($"{at}.components", components, 1);
    }

    internal override int OutputColumns(int columns, int labels) => Math.Min(Components ?? int.MaxValue, Math.Min(columns, labels - 1));

    internal override string Describe() => Components is { } components ? $"at most {components} linear discriminants" : "all linear discriminants";
}
