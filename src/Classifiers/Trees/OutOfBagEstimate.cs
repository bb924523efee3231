namespace Engine.Classifiers.Trees;

/// <summary>
/// How well a forest predicts its own training rows, each with only the trees that did not draw it (Breiman 2001).
/// </summary>
/// <param name="Accuracy">The share of right labels among <paramref name="Rows"/>; null if every tree drew every row.</param>
/// <param name="Rows">How many training rows at least one tree did not draw.</param>
/// <param name="Probabilities">
/// Means of the trees' shares, not calibrated, <c>[training rows, classes]</c>; zeros for rows that every tree drew.
/// </param>
public sealed record OutOfBagEstimate(double? Accuracy, int Rows, FeatureMatrix Probabilities)
{
    /// <summary>The estimate for a forest, given how often each tree drew each row.</summary>
    internal static OutOfBagEstimate Of(DecisionForest forest, FeatureMatrix x, int[] labels, int[][] drawn, int threads)
    {
        var probabilities = new FeatureMatrix(x.Rows, forest.Classes);
        var asked = new int[x.Rows];
        Serially.OrRun(threads, x.Rows, r =>
        {
            var sums = probabilities.Row(r);
            for (var t = 0; t < forest.Trees; t++)
            {
                if (drawn[t][r] > 0) continue;
                var share = forest.Distribution(t, x.Row(r));
                for (var k = 0; k < sums.Length; k++) sums[k] += share[k];
                asked[r]++;
            }

            for (var k = 0; asked[r] > 0 && k < sums.Length; k++) sums[k] /= asked[r];
        });
        var predicted = probabilities.ArgMax();
        var (rows, right) = (asked.Count(n => n > 0), Enumerable.Range(0, x.Rows)
            .Count(r => asked[r] > 0 && predicted[r] == labels[r]));
        return new(rows > 0 ? (double)right / rows : null, rows, probabilities);
    }
}
