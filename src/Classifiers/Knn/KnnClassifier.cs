using Engine.Tensors.Serialization;

namespace Engine.Classifiers.Knn;

/// <summary>
/// The k nearest training rows vote (Cover and Hart, "Nearest neighbor pattern classification", 1967), by exhaustive search in
/// double precision. Ties are deterministic: on equal distances the lower training row is nearer, on equal votes the lower label
/// wins (as in scikit-learn).
/// </summary>
public sealed class KnnClassifier : IClassifier
{
    private const string Name = "KnnClassifier";

    private FeatureMatrix? _train;
    private int[] _labels = [];
    private NeighborSearch? _search;

    /// <summary>An unfitted classifier.</summary>
    /// <exception cref="EngineException">k is below 1, or a value is not a member of its enumeration.</exception>
    public KnnClassifier(KnnOptions options)
    {
        Options = OptionCheck.Require(Name, options);
    }

    /// <summary>The settings.</summary>
    public KnnOptions Options { get; }

    /// <summary>1: only the calling thread; 0 (the default) or more: the whole worker pool. The result is the same.</summary>
    public int Threads { get; set; }

    /// <inheritdoc/>
    public int Classes { get; private set; }

    /// <inheritdoc/>
    public int Columns => _train?.Columns ?? 0;

    /// <inheritdoc/>
    /// <remarks>The rows are copied.</remarks>
    public void Fit(FeatureMatrix x, ReadOnlySpan<int> labels, int classes)
    {
        ArgumentNullException.ThrowIfNull(x);
        if (x.Rows != labels.Length) throw new EngineException($"{Name}: {x.Rows} rows but {labels.Length} labels.");
        if (x.Columns == 0) throw new EngineException($"{Name}: the rows have no columns.");
        if (x.Rows < Options.K) throw new EngineException($"{Name}: k is {Options.K} but there are only {x.Rows} training rows.");
        foreach (var label in labels)
        {
            if ((uint)label >= (uint)classes) throw new EngineException($"{Name}: label {label} is outside [0, {classes}).");
        }

        var copy = new FeatureMatrix(x.Rows, x.Columns, [.. x.Data]);
        _search = NeighborSearch.Over(copy, Options.Metric);
        (_train, _labels, Classes) = (copy, labels.ToArray(), classes);
    }

    /// <summary>The <paramref name="k"/> nearest training rows of each row.</summary>
    /// <exception cref="EngineException">
    /// Not fitted, a different number of columns than in training, a value that is not finite, or k outside [1, training rows].
    /// </exception>
    public KnnNeighbors Neighbors(FeatureMatrix x, int k)
    {
        ArgumentNullException.ThrowIfNull(x);
        if (_search is null) throw NotFitted();
        x.RequireColumns(Name, Columns);
        if (k < 1 || k > _labels.Length)
            throw new EngineException($"{Name}: {k} neighbours were requested; there are {_labels.Length} training rows.");
        return _search.Find(x, k, Threads);
    }

    /// <inheritdoc/>
    public FeatureMatrix PredictProbabilities(FeatureMatrix x)
    {
        var neighbors = Neighbors(x, Options.K);
        var probabilities = new FeatureMatrix(x.Rows, Classes);
        Span<double> weights = new double[Options.K];
        for (var r = 0; r < x.Rows; r++)
        {
            Weigh(neighbors.Distances.Row(r), weights);
            double total = 0;
            foreach (var w in weights) total += w;
            var row = probabilities.Row(r);
            var indices = neighbors.Row(r);
            for (var n = 0; n < weights.Length; n++) row[_labels[indices[n]]] += weights[n];
            foreach (ref var p in row) p /= total;
        }

        return probabilities;
    }

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, StoredTensor> SaveState()
    {
        if (_train is null) throw NotFitted();
        return new Dictionary<string, StoredTensor>
        {
            ["train"] = _train.ToTensor(),
            ["labels"] = new(_labels, _labels.Length),
            ["classes"] = new(new[] { Classes }, 1),
        };
    }

    /// <inheritdoc/>
    public void LoadState(IReadOnlyDictionary<string, StoredTensor> state)
    {
        ArgumentNullException.ThrowIfNull(state);
        var train = State.Doubles(state, Name, "train", -1, -1);
        var labels = State.Integers(state, Name, "labels", train.Shape[0]);
        var classes = State.Integers(state, Name, "classes", 1);
        Fit(new FeatureMatrix(train.Shape[0], train.Shape[1], (double[])train.Data), (int[])labels.Data,
            ((int[])classes.Data)[0]);
    }

    // 1 / distance, times the smallest distance so that nothing overflows; the factor cancels in the probabilities.
    private void Weigh(ReadOnlySpan<double> distances, Span<double> weights)
    {
        var nearest = distances[0];
        var uniform = Options.Votes == KnnVotes.Uniform || double.IsInfinity(nearest);
        for (var n = 0; n < weights.Length; n++)
        {
            weights[n] = uniform ? 1 : nearest > 0 ? nearest / distances[n] : distances[n] == 0 ? 1 : 0;
        }
    }

    private static EngineException NotFitted() => new($"{Name}: not fitted yet.");
}
