using Engine.Classifiers.Numerics;
using Engine.Tensors.Serialization;

namespace Engine.Classifiers.Decomposition;

/// <summary>How principal components are computed.</summary>
public enum PcaSolver
{
    /// <summary>
    /// <see cref="Full"/> up to 2,000 rows or columns; beyond that, <see cref="Randomized"/> for few components.
    /// </summary>
    Auto,

    /// <summary>All eigenvectors of the smaller of the products XᵀX and XXᵀ: exact.</summary>
    Full,

    /// <summary>
    /// A random sketch of the rows, sharpened by power iterations: approximate, and cheap where both sides are large.
    /// </summary>
    Randomized,
}

/// <summary>
/// Principal component analysis (Pearson 1901; Hotelling 1933): rows become their coordinates along the orthogonal directions
/// of largest variance. A component's sign is chosen so that its entry of largest magnitude is positive (scikit-learn's
/// <c>svd_flip</c> by components).
/// </summary>
public sealed class Pca : IColumnStep
{
    private const string Name = "Pca";

    private readonly PcaOptions _options;
    private double[] _mean = [];
    private double[] _variance = [];
    private double[] _ratio = [];
    private FeatureMatrix _components = new(0, 0);

    /// <summary>An unfitted analysis.</summary>
    /// <exception cref="EngineException">
    /// The number of components is below 1, or the solver is not a member of its enumeration.
    /// </exception>
    public Pca(PcaOptions options)
    {
        _options = OptionCheck.Require(Name, options);
    }

    /// <summary>The seed of the randomised solver.</summary>
    public ulong Seed { get; init; }

    /// <summary>1: work stays on the calling thread; else it uses the worker pool. The result is the same.</summary>
    public int Threads { get; init; }

    /// <inheritdoc/>
    public int Columns => _mean.Length;

    /// <inheritdoc/>
    public int OutputColumns => _components.Rows;

    /// <summary>The mean of each column; empty before fitting.</summary>
    public ReadOnlySpan<double> Mean => _mean;

    /// <summary>The components as rows of length 1, <c>[components, columns]</c>, most variance first.</summary>
    public FeatureMatrix Components => _components;

    /// <summary>The variance along each component, with n - 1 in the denominator.</summary>
    public ReadOnlySpan<double> ExplainedVariance => _variance;

    /// <summary>Each component's share of the variance of all columns; zeros if they are constant.</summary>
    public ReadOnlySpan<double> ExplainedVarianceRatio => _ratio;

    /// <inheritdoc/>
    /// <remarks>The labels are ignored.</remarks>
    public void Fit(FeatureMatrix x, ReadOnlySpan<int> labels, int classes)
    {
        TrainingRows.Require(Name, x, labels, classes);
        Fit(x);
    }

    /// <summary>Learns from rows <paramref name="x"/> <c>[n, columns]</c>.</summary>
    /// <exception cref="EngineException">
    /// Fewer than two rows, fewer rows or columns than components, or a value that is not finite.
    /// </exception>
    public void Fit(FeatureMatrix x)
    {
        ArgumentNullException.ThrowIfNull(x);
        var smaller = Math.Min(x.Rows, x.Columns);
        if (x.Rows < 2) throw new EngineException($"{Name}: {x.Rows} rows; variance needs at least 2.");
        if (smaller < _options.Components)
            throw new EngineException($"{Name}: {_options.Components} components were requested; rows [{x.Rows}, {x.Columns}] " +
                $"have at most {smaller}.");
        x.RequireFinite(Name);
        var mean = new double[x.Columns];
        for (var r = 0; r < x.Rows; r++) Vectors.AddScaled(mean, 1.0 / x.Rows, x.Row(r));

        var randomized = _options.Solver == PcaSolver.Randomized
            || (_options.Solver == PcaSolver.Auto && smaller > 2000 && _options.Components < 0.2 * smaller);
        var basis = randomized
            ? PrincipalAxes.Randomized(x, mean, _options.Components, Seed, Threads)
            : PrincipalAxes.Full(x, mean, _options.Components, Threads);
        var (count, total) = (x.Rows - 1.0, basis.TotalSquares);
        (_mean, _components) = (mean, basis.Axes);
        _variance = [.. basis.Squares.Select(s => s / count)];
        _ratio = [.. basis.Squares.Select(s => total > 0 ? s / total : 0)];
    }

    /// <inheritdoc/>
    public FeatureMatrix Transform(FeatureMatrix x)
    {
        ArgumentNullException.ThrowIfNull(x);
        RequireFitted();
        x.RequireColumns(Name, Columns);
        x.RequireFinite(Name);
        var projected = Centered.Project(x, _mean, _components, Threads);
        if (!_options.Whiten) return projected;
        for (var r = 0; r < x.Rows; r++)
        {
            var row = projected.Row(r);
            // A direction without variance stays 0.
            for (var c = 0; c < row.Length; c++) row[c] = _variance[c] > 0 ? row[c] / Math.Sqrt(_variance[c]) : 0;
        }

        return projected;
    }

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, StoredTensor> SaveState()
    {
        RequireFitted();
        return new Dictionary<string, StoredTensor>
        {
            ["mean"] = new(_mean, Columns),
            ["components"] = _components.ToTensor(),
            ["variance"] = new(_variance, OutputColumns),
            ["ratio"] = new(_ratio, OutputColumns),
        };
    }

    /// <inheritdoc/>
    public void LoadState(IReadOnlyDictionary<string, StoredTensor> state)
    {
        ArgumentNullException.ThrowIfNull(state);
        var mean = State.Doubles(state, Name, "mean", -1);
        var components = State.Doubles(state, Name, "components", _options.Components, mean.Shape[0]);
        var variance = State.Doubles(state, Name, "variance", _options.Components);
        var ratio = State.Doubles(state, Name, "ratio", _options.Components);
        (_mean, _variance, _ratio) = ((double[])mean.Data, (double[])variance.Data, (double[])ratio.Data);
        _components = new FeatureMatrix(_options.Components, mean.Shape[0], (double[])components.Data);
    }

    private void RequireFitted()
    {
        if (Columns == 0) throw new EngineException($"{Name}: not fitted yet.");
    }
}
