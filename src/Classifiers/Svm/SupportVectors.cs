namespace Engine.Classifiers.Svm;

/// <summary>Gathers the rows to which any pair of classes gave a weight.</summary>
internal static class SupportVectors
{
    /// <summary>Builds the machine from solved pairs.</summary>
    /// <param name="x">The training rows.</param>
    /// <param name="kernel">The kernel.</param>
    /// <param name="members">The rows of each class.</param>
    /// <param name="pairs">The pairs of classes.</param>
    /// <param name="solutions">The solution of each pair.</param>
    /// <param name="threads">1: only the calling thread.</param>
    public static SvmMachine Collect(
        FeatureMatrix x, KernelFunction kernel, int[][] members, (int First, int Second)[] pairs, SmoSolution[] solutions,
        int threads)
    {
        var used = new bool[x.Rows];
        ForEachWeight((_, _, row, _) => used[row] = true);
        int[][] kept = [.. members.Select(m => m.Where(r => used[r]).ToArray())];
        int[] rows = [.. kept.SelectMany(r => r)];
        var place = new int[x.Rows];
        for (var v = 0; v < rows.Length; v++) place[rows[v]] = v;
        var weights = new FeatureMatrix(members.Length - 1, rows.Length);
        ForEachWeight((own, other, row, weight) => weights.Row(other > own ? other - 1 : other)[place[row]] = weight);
        return new SvmMachine(kernel, SupportRows.Of(x, rows, threads), [.. kept.Select(k => k.Length)], weights,
            [.. solutions.Select(s => s.Rho)]);

        void ForEachWeight(Action<int, int, int, double> act)
        {
            for (var p = 0; p < pairs.Length; p++)
            {
                var ((a, b), weightsOfPair) = (pairs[p], solutions[p].Weights);
                for (var k = 0; k < weightsOfPair.Length; k++)
                {
                    if (weightsOfPair[k] == 0) continue;
                    var isFirst = k < members[a].Length;
                    if (isFirst) act(a, b, members[a][k], weightsOfPair[k]);
                    else act(b, a, members[b][k - members[a].Length], weightsOfPair[k]);
                }
            }
        }
    }
}
