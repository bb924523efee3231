using Engine.Tensors;

namespace Engine.Classifiers;

/// <summary>
/// Measures how much accuracy a fitted classifier loses on rows with known labels when a column is shuffled among them (Breiman
/// 2001; scikit-learn's <c>permutation_importance</c>). On rows it was not trained on, this shows what generalises.
/// </summary>
public static class PermutationImportance
{
    /// <summary>Mean and deviation of the loss over <paramref name="repeats"/> shuffles of each column.</summary>
    /// <param name="classifier">A fitted classifier.</param>
    /// <param name="x">Rows <c>[n, columns]</c>.</param>
    /// <param name="labels">Their labels <c>[n]</c>.</param>
    /// <param name="repeats">Shuffles of each column, at least 1.</param>
    /// <param name="seed">The seed of the shuffles.</param>
    /// <exception cref="EngineException">
    /// There are no rows, the number of labels differs, there are no repeats, or the rows do not fit the classifier.
    /// </exception>
    public static ColumnImportance Of(IClassifier classifier, FeatureMatrix x, ReadOnlySpan<int> labels, int repeats, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(classifier);
        return Of(classifier.PredictProbabilities, x, labels, repeats, seed);
    }

    /// <summary>The same for anything that gives each row a score for every class.</summary>
    /// <param name="scores">The scores of rows, <c>[n, classes]</c>.</param>
    /// <param name="x">Rows <c>[n, columns]</c>.</param>
    /// <param name="labels">Their labels <c>[n]</c>.</param>
    /// <param name="repeats">Shuffles of each column, at least 1.</param>
    /// <param name="seed">The seed of the shuffles.</param>
    /// <exception cref="EngineException">
    /// There are no rows, the number of labels differs, there are no repeats, or <paramref name="scores"/> fails.
    /// </exception>
    public static ColumnImportance Of(
        Func<FeatureMatrix, FeatureMatrix> scores, FeatureMatrix x, ReadOnlySpan<int> labels, int repeats, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(scores);
        ArgumentNullException.ThrowIfNull(x);
        if (x.Rows == 0 || x.Rows != labels.Length)
            throw new EngineException($"PermutationImportance: {x.Rows} rows and {labels.Length} labels; the numbers must be " +
                "equal and at least 1.");
        if (repeats < 1) throw new EngineException($"PermutationImportance: repeats is {repeats}; it must be at least 1.");
        var before = Accuracy(scores, x, labels);
        var (sums, squares) = (new double[x.Columns], new double[x.Columns]);
        var changed = new FeatureMatrix(x.Rows, x.Columns, [.. x.Data]);
        var order = Enumerable.Range(0, x.Rows).ToArray();
        for (var c = 0; c < x.Columns; c++)
        {
            var random = new RandomStream(seed, $"permutation/{c}");
            for (var repeat = 0; repeat < repeats; repeat++)
            {
                random.Shuffle<int>(order);
                for (var r = 0; r < x.Rows; r++) changed.Row(r)[c] = x[order[r], c];
                var loss = before - Accuracy(scores, changed, labels);
                sums[c] += loss;
                squares[c] += loss * loss;
            }

            for (var r = 0; r < x.Rows; r++) changed.Row(r)[c] = x[r, c];
        }

        return ColumnImportance.Of(sums, squares, repeats);
    }

    private static double Accuracy(
        Func<FeatureMatrix, FeatureMatrix> scores, FeatureMatrix x, ReadOnlySpan<int> labels)
    {
        var predicted = scores(x).ArgMax();
        var right = 0;
        for (var r = 0; r < predicted.Length; r++) right += predicted[r] == labels[r] ? 1 : 0;
        return (double)right / predicted.Length;
    }
}
