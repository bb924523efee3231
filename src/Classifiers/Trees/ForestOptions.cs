using System.Text.Json.Serialization;
using Engine.Tensors;

namespace Engine.Classifiers.Trees;

/// <summary>What a split minimises.</summary>
public enum SplitCriterion
{
    /// <summary>Gini's impurity, 1 - Σp².</summary>
    Gini,

    /// <summary>Entropy, -Σp·log p.</summary>
    Entropy,
}

/// <summary>Where a column is cut.</summary>
public enum SplitThresholds
{
    /// <summary>Midway between two neighbouring values, wherever the criterion is smallest (random forest).</summary>
    Best,

    /// <summary>Anywhere between the node's smallest and largest value, at random (extra trees).</summary>
    Random,
}

/// <summary>
/// A random forest: trees with the best thresholds, each grown from rows drawn with replacement; defaults are scikit-learn's.
/// </summary>
/// <param name="Trees">How many trees.</param>
/// <param name="Criterion">What a split minimises.</param>
/// <param name="MaxFeatures">How many columns, drawn anew, are tried at each split; more if those are all constant.</param>
/// <param name="MaxDepth">The most splits between the root and a leaf; null: no limit.</param>
/// <param name="MinSamplesSplit">The fewest training rows (each counted once) that are split further.</param>
/// <param name="MinSamplesLeaf">The fewest training rows (each counted once) in a leaf.</param>
/// <param name="Bootstrap">
/// Whether each tree learns from as many rows as there are, drawn with replacement; otherwise from all rows.
/// </param>
/// <param name="ClassWeight">How much a row of each class counts.</param>
public record ForestOptions(
    [property: Range(1, 100_000)] int Trees = 100,
    SplitCriterion Criterion = SplitCriterion.Gini,
    MaxFeatures MaxFeatures = default,
    [property: Range(Minimum = 1)] int? MaxDepth = null,
    [property: Range(Minimum = 2)] int MinSamplesSplit = 2,
    [property: Range(Minimum = 1)] int MinSamplesLeaf = 1,
    bool Bootstrap = true,
    ClassWeighting ClassWeight = ClassWeighting.None) : TabularOptions
{
    /// <summary>Where a column is cut.</summary>
    [JsonIgnore]
    public SplitThresholds Thresholds { get; init; } = SplitThresholds.Best;

    /// <summary>Whether to estimate accuracy from the rows that each tree did not draw; needs <see cref="Bootstrap"/>.</summary>
    [JsonIgnore]
    public bool OutOfBag { get; init; }

    /// <summary>
    /// Whether to measure what each column contributes from the rows that each tree did not draw; needs <see cref="Bootstrap"/>.
    /// </summary>
    [JsonIgnore]
    public bool OutOfBagImportance { get; init; }

    /// <inheritdoc/>
    public override IClassifier Create(FitSettings settings = default) =>
        new ForestClassifier(this) { Seed = settings.Seed, Threads = settings.Threads, Cancellation = settings.Cancellation };
}

/// <summary>Extra trees: every column drawn is cut at random, and the best of those cuts is taken.</summary>
/// <inheritdoc cref="ForestOptions"/>
public sealed record ExtraTreesOptions : ForestOptions
{
    /// <inheritdoc cref="ForestOptions"/>
    [JsonConstructor]
    public ExtraTreesOptions(
        int trees = 100,
        SplitCriterion criterion = SplitCriterion.Gini,
        MaxFeatures maxFeatures = default,
        int? maxDepth = null,
        int minSamplesSplit = 2,
        int minSamplesLeaf = 1,
        bool bootstrap = false,
        ClassWeighting classWeight = ClassWeighting.None)
        : base(trees, criterion, maxFeatures, maxDepth, minSamplesSplit, minSamplesLeaf, bootstrap, classWeight) =>
        Thresholds = SplitThresholds.Random;
}
