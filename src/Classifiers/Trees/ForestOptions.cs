namespace Engine.Classifiers.Trees;

/// <summary>What a split makes small.</summary>
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

/// <summary>Settings of a <see cref="ForestClassifier"/>; the defaults are those of a random forest in scikit-learn.</summary>
public sealed record ForestOptions
{
    /// <summary>Number of trees, at least 1.</summary>
    public int Trees { get; init; } = 100;

    /// <summary>What a split makes small.</summary>
    public SplitCriterion Criterion { get; init; } = SplitCriterion.Gini;

    /// <summary>Where a column is cut.</summary>
    public SplitThresholds Thresholds { get; init; } = SplitThresholds.Best;

    /// <summary>How many columns, drawn anew, are tried at each split; more where those are all constant.</summary>
    public MaxFeatures MaxFeatures { get; init; } = MaxFeatures.Sqrt;

    /// <summary>Most splits between the root and a leaf, at least 1; null: no limit.</summary>
    public int? MaxDepth { get; init; }

    /// <summary>Fewest training rows (each counted once) that are split further, at least 2.</summary>
    public int MinSamplesSplit { get; init; } = 2;

    /// <summary>Fewest training rows (each counted once) in a leaf, at least 1.</summary>
    public int MinSamplesLeaf { get; init; } = 1;

    /// <summary>Whether each tree learns from as many rows as there are, drawn with replacement; else from all rows.</summary>
    public bool Bootstrap { get; init; } = true;

    /// <summary>How much a row of each class counts.</summary>
    public ClassWeighting ClassWeight { get; init; } = ClassWeighting.None;

    /// <summary>Whether to estimate accuracy by the rows that each tree did not draw; needs <see cref="Bootstrap"/>.</summary>
    public bool OutOfBag { get; init; }

    /// <summary>Whether to measure what each column contributes by the rows that each tree did not draw; needs <see cref="Bootstrap"/>.</summary>
    public bool OutOfBagImportance { get; init; }

    /// <summary>Throws where a value cannot work.</summary>
    internal void Validate(string operation)
    {
        if (Trees < 1) throw new EngineException($"{operation}: trees is {Trees}; it must be at least 1.");
        if (!Enum.IsDefined(Criterion)) throw new EngineException($"{operation}: criterion {Criterion} is unknown.");
        if (!Enum.IsDefined(Thresholds)) throw new EngineException($"{operation}: thresholds {Thresholds} is unknown.");
        if (!Enum.IsDefined(ClassWeight)) throw new EngineException($"{operation}: class weight {ClassWeight} is unknown.");
        if (MaxDepth < 1) throw new EngineException($"{operation}: max depth is {MaxDepth}; it must be at least 1.");
        if (MinSamplesSplit < 2) throw new EngineException($"{operation}: min samples split is {MinSamplesSplit}; it must be at least 2.");
        if (MinSamplesLeaf < 1) throw new EngineException($"{operation}: min samples leaf is {MinSamplesLeaf}; it must be at least 1.");
        if (!Bootstrap && (OutOfBag || OutOfBagImportance)) throw new EngineException($"{operation}: without bootstrap no row is out of bag; set bootstrap, or leave the out-of-bag figures off.");
    }
}
