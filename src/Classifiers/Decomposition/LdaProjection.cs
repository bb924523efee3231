using Engine.Tensors.Serialization;

namespace Engine.Classifiers.Decomposition;

/// <summary>Projects rows onto the directions that best separate the classes; see <see cref="LdaClassifier"/>.</summary>
public sealed class LdaProjection : IColumnStep
{
    private const string Name = "LdaProjection";

    private readonly int? _components;
    private readonly int _threads;
    private Discriminants? _learned;

    /// <summary>An unfitted projection.</summary>
    /// <param name="components">The maximum number of directions; null: all, at most one fewer than the classes.</param>
    /// <param name="threads">1: only the calling thread; otherwise the whole worker pool. The result is the same.</param>
    /// <exception cref="EngineException">The number of components is below 1.</exception>
    public LdaProjection(int? components = null, int threads = 0)
    {
        if (components < 1) throw new EngineException($"{Name}: components is {components}; it must be at least 1.");
        (_components, _threads) = (components, threads);
    }

    /// <inheritdoc/>
    public int Columns => _learned?.Offset.Length ?? 0;

    /// <inheritdoc/>
    public int OutputColumns => _learned is { } learned ? Math.Min(learned.Axes.Rows, _components ?? int.MaxValue) : 0;

    /// <summary>Each direction's share of the variance of the class means, most first, as in scikit-learn.</summary>
    internal double[] ExplainedVarianceRatio => Learned().ExplainedVarianceRatio();

    /// <inheritdoc/>
    public void Fit(FeatureMatrix x, ReadOnlySpan<int> labels, int classes)
    {
        TrainingRows.Require(Name, x, labels, classes);
        _learned = Discriminants.Fit(Name, x, labels, classes, _threads);
    }

    /// <inheritdoc/>
    public FeatureMatrix Transform(FeatureMatrix x)
    {
        ArgumentNullException.ThrowIfNull(x);
        var learned = Learned();
        x.RequireColumns(Name, Columns);
        x.RequireFinite(Name);
        return Centered.Project(x, learned.Offset, learned.Axes.Select([.. Enumerable.Range(0, OutputColumns)]), _threads);
    }

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, StoredTensor> SaveState() => Learned().SaveState();

    /// <inheritdoc/>
    public void LoadState(IReadOnlyDictionary<string, StoredTensor> state)
    {
        ArgumentNullException.ThrowIfNull(state);
        _learned = Discriminants.Load(Name, state);
    }

    private Discriminants Learned() => _learned ?? throw new EngineException($"{Name}: not fitted yet.");
}
