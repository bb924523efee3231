namespace Engine.Classifiers.Svm;

/// <summary>Decisions of solved pairs for held-out rows, from kernel values already computed.</summary>
internal static class HeldOutDecisions
{
    /// <summary>
    /// The decision of each pair for each row of <paramref name="held"/>, <c>[held, pairs]</c>: above 0 for the pair's first
    /// class.
    /// </summary>
    public static FeatureMatrix Of(
        IKernelRows kernel, int[][] members, (int First, int Second)[] pairs, SmoSolution[] solutions, int[] held, int threads)
    {
        var support = new (int[] Rows, double[] Weights)[pairs.Length];
        for (var p = 0; p < pairs.Length; p++)
        {
            int[] rows = [.. members[pairs[p].First], .. members[pairs[p].Second]];
            var weights = solutions[p].Weights;
            int[] used = [.. Enumerable.Range(0, rows.Length).Where(k => weights[k] != 0)];
            support[p] = (Array.ConvertAll(used, k => rows[k]), Array.ConvertAll(used, k => weights[k]));
        }

        var decisions = new FeatureMatrix(held.Length, pairs.Length);
        var most = support.Max(s => s.Rows.Length);
        Serially.OrFor(threads, held.Length, 1, (from, to) =>
        {
            var values = new float[most];
            for (var h = from; h < to; h++)
            {
                for (var p = 0; p < pairs.Length; p++)
                {
                    var (rows, weights) = support[p];
                    kernel.Fill(held[h], rows, values.AsSpan(0, rows.Length));
                    var sum = -solutions[p].Rho;
                    for (var s = 0; s < rows.Length; s++) sum += weights[s] * values[s];
                    decisions.Row(h)[p] = sum;
                }
            }
        });
        return decisions;
    }
}
