using System.Text.Json.Serialization;
using Engine.Tensors;

namespace Engine.Classifiers.Decomposition;

/// <summary>How the columns left after selection are projected, learned from training rows alone.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(PcaOptions), "pca")]
[JsonDerivedType(typeof(LdaProjectionOptions), "lda")]
public abstract record ProjectionOptions
{
    /// <summary>Makes an unfitted step.</summary>
    public abstract IColumnStep Create(FitSettings settings = default);

    /// <summary>
    /// How many columns it makes from this many, for this many labels, unless the training rows allow only fewer.
    /// </summary>
    public abstract int OutputColumns(int columns, int labels);

    /// <summary>What it does, in a few words.</summary>
    public abstract string Describe();
}

/// <summary>Projects onto the directions of largest variance.</summary>
/// <param name="Components">How many components, at most the number of rows and of columns.</param>
/// <param name="Whiten">Whether each is scaled to variance 1.</param>
/// <param name="Solver">How they are found.</param>
public sealed record PcaOptions(
    [property: Range(Minimum = 1)] int Components,
    bool Whiten = false,
    PcaSolver Solver = PcaSolver.Auto) : ProjectionOptions
{
    /// <inheritdoc/>
    public override IColumnStep Create(FitSettings settings = default) =>
        new Pca(this) { Seed = settings.Seed, Threads = settings.Threads };

    /// <inheritdoc/>
    public override int OutputColumns(int columns, int labels) => Components;

    /// <inheritdoc/>
    public override string Describe() => $"{Components} principal components{(Whiten ? ", whitened" : "")}";
}

/// <summary>Projects onto the directions that best separate the labels.</summary>
/// <param name="Components">The most components; null: all, one fewer than the labels.</param>
public sealed record LdaProjectionOptions([property: Range(Minimum = 1)] int? Components = null) : ProjectionOptions
{
    /// <inheritdoc/>
    public override IColumnStep Create(FitSettings settings = default) => new LdaProjection(Components, settings.Threads);

    /// <inheritdoc/>
    public override int OutputColumns(int columns, int labels) =>
        Math.Min(Components ?? int.MaxValue, Math.Min(columns, labels - 1));

    /// <inheritdoc/>
    public override string Describe() =>
        Components is { } components ? $"at most {components} linear discriminants" : "all linear discriminants";
}
