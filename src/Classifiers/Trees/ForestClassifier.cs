using Engine.Tensors;
using Engine.Tensors.Serialization;

namespace Engine.Classifiers.Trees;

/// <summary>
/// Many classification trees, each grown from its own draw of rows and columns; a class's probability is the mean over the trees
/// (Breiman, "Random forests", 2001; with random thresholds and all rows, the extra trees of Geurts, Ernst and Wehenkel, 2006).
/// One tree with all columns and rows is plain CART. Trees are scikit-learn's, but values are compared as doubles. Every tree has
/// its own random streams, so the number of threads changes nothing.
/// </summary>
public sealed class ForestClassifier : IClassifier
{
    private const string Name = "ForestClassifier";

    // Rows passed through one tree before the next.
    private const int Block = 64;

    private DecisionForest? _forest;
    private double[] _importance = [];

    /// <summary>An unfitted forest.</summary>
    /// <exception cref="EngineException">A setting is out of range; the message says which.</exception>
    public ForestClassifier(ForestOptions options)
    {
        Options = OptionCheck.Require(Name, options);
        if (options is { Bootstrap: false, OutOfBag: true } or { Bootstrap: false, OutOfBagImportance: true })
        {
            throw new EngineException(
                $"{Name}: without bootstrap no row is out of bag; set bootstrap, or leave the out-of-bag figures off.");
        }
    }

    /// <summary>The settings.</summary>
    public ForestOptions Options { get; }

    /// <summary>1: only the calling thread; otherwise the whole worker pool. The result is the same.</summary>
    public int Threads { get; set; }

    /// <summary>The seed of the trees' random streams.</summary>
    public ulong Seed { get; set; }

    /// <summary>Stops a fit after the trees in progress.</summary>
    public CancellationToken Cancellation { get; set; }

    /// <inheritdoc/>
    public int Classes => _forest?.Classes ?? 0;

    /// <inheritdoc/>
    public int Columns => _forest?.Columns ?? 0;

    /// <summary>
    /// Each column's share of the decrease in impurity, averaged over the trees (scikit-learn's <c>feature_importances_</c>).
    /// Empty before fitting.
    /// </summary>
    public ReadOnlySpan<double> Importance => _importance;

    /// <summary>
    /// The out-of-bag estimate; null unless <see cref="ForestOptions.OutOfBag"/> is set and this instance was fitted.
    /// </summary>
    public OutOfBagEstimate? OutOfBag { get; private set; }

    /// <summary>
    /// The out-of-bag importance of each column; null unless <see cref="ForestOptions.OutOfBagImportance"/> is set and this
    /// instance was fitted.
    /// </summary>
    public ColumnImportance? OutOfBagImportance { get; private set; }

    /// <inheritdoc/>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public void Fit(FeatureMatrix x, ReadOnlySpan<int> labels, int classes)
    {
        TrainingRows.Require(Name, x, labels, classes);
        var (targets, rowWeights) = (labels.ToArray(), Options.ClassWeight.OfRows(labels, classes));
        var columns = new TreeColumns(x, Options.Thresholds, Threads);
        var trees = new GrownTree[Options.Trees];
        var drawn = new int[Options.Trees][];
        Serially.OrRun(Threads, trees.Length, t =>
        {
            if (Cancellation.IsCancellationRequested) return;
            drawn[t] = Draw(t, x.Rows);
            var weights = new double[x.Rows];
            for (var r = 0; r < weights.Length; r++) weights[r] = rowWeights[r] * drawn[t][r];
            var random = new RandomStream(Seed, $"tree/{t}");
            trees[t] = Options.Criterion == SplitCriterion.Gini
                ? new TreeGrower<Gini>(columns, targets, classes, weights, Options, random).Grow()
                : new TreeGrower<Entropy>(columns, targets, classes, weights, Options, random).Grow();
        });
        Cancellation.ThrowIfCancellationRequested();

        var forest = DecisionForest.Join(trees, x.Columns, classes);
        OutOfBag = Options.OutOfBag ? OutOfBagEstimate.Of(forest, x, targets, drawn, Threads) : null;
        OutOfBagImportance = Options.OutOfBagImportance
            ? Trees.OutOfBagImportance.Of(forest, x, targets, drawn, Seed, Threads) : null;
        (_forest, _importance) = (forest, MeanImportance(trees));
    }

    /// <inheritdoc/>
    public FeatureMatrix PredictProbabilities(FeatureMatrix x)
    {
        ArgumentNullException.ThrowIfNull(x);
        if (_forest is not { } forest) throw NotFitted();
        x.RequireColumns(Name, Columns);
        x.RequireFinite(Name);
        var probabilities = new FeatureMatrix(x.Rows, Classes);
        Serially.OrRun(Threads, (x.Rows + Block - 1) / Block, block =>
        {
            var (first, end) = (block * Block, Math.Min(x.Rows, (block + 1) * Block));
            for (var t = 0; t < forest.Trees; t++)
            {
                for (var r = first; r < end; r++)
                {
                    var share = forest.Distribution(t, x.Row(r));
                    var sums = probabilities.Row(r);
                    for (var k = 0; k < sums.Length; k++) sums[k] += share[k];
                }
            }

            foreach (ref var p in probabilities.Data.AsSpan(first * Classes, (end - first) * Classes)) p /= forest.Trees;
        });
        return probabilities;
    }

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, StoredTensor> SaveState() => ForestState.Save(_forest ?? throw NotFitted(), _importance);

    /// <inheritdoc/>
    public void LoadState(IReadOnlyDictionary<string, StoredTensor> state)
    {
        ArgumentNullException.ThrowIfNull(state);
        (_forest, _importance) = ForestState.Load(state, Name);
        (OutOfBag, OutOfBagImportance) = (null, null);
    }

    // How many times tree t drew each row.
    private int[] Draw(int tree, int rows)
    {
        var times = new int[rows];
        if (!Options.Bootstrap)
        {
            Array.Fill(times, 1);
            return times;
        }

        var random = new RandomStream(Seed, $"bootstrap/{tree}");
        for (var r = 0; r < rows; r++) times[random.NextInt(rows)]++;
        return times;
    }

    // As in scikit-learn: each tree's shares, ignoring trees without a split.
    private static double[] MeanImportance(GrownTree[] trees)
    {
        var (mean, count) = (new double[trees[0].Importance.Length], Math.Max(1, trees.Count(t => t.Nodes.Length > 1)));
        foreach (var tree in trees)
        {
            for (var c = 0; c < mean.Length; c++) mean[c] += tree.Importance[c];
        }

        foreach (ref var m in mean.AsSpan()) m /= count;
        return mean;
    }

    private static EngineException NotFitted() => new($"{Name}: not fitted yet.");
}
