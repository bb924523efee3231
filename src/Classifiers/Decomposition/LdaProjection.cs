using Engine.Tensors.Serialization;

namespace Engine.Classifiers.Decomposition;

/// <summary>Rows become their coordinates along the directions that tell the classes apart best; see <see cref="LdaClassifier"/>.</summary>
public sealed class LdaProjection : IColumnStep
{
    private const string Name = "LdaProjection";

    private readonly int? _components;
    private readonly int _threads;
    private Discriminants? _learned;

    /// <summary>A projection that is still to be fitted.</summary>
    /// <param name="components">How many directions at most; null: all, which is one fewer than the classes or less.</param>
    /// <param name="threads">1: work stays on the calling thread; else it uses the worker pool. The result is the same.</param>
    /// <exception cref="EngineException">There are fewer than 1 components.</exception>
    public LdaProjection(int? components = null, int threads = 0)
    {
        if (components < 1) throw new EngineException($"{Name}: components is {components}; it must be at least 1.");
        (_components, _threads) = (components, threads);
    }

    /// <inheritdoc/>
    public int Columns => _learned?.Offset.Length ?? 0;

    /// <inheritdoc/>
    public int OutputColumns => _learned is { } learned ? Math.Min(learned.Axes.Rows, _components ?? int.MaxValue) : 0;

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
