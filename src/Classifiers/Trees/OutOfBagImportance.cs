using Engine.Tensors;

namespace Engine.Classifiers.Trees;

/// <summary>
/// Permutation importance within a forest (Breiman 2001): of the rows that a tree did not draw, how many fewer it gets right when
/// one column's values are shuffled among them. A row's result can change only if that column is on its path to a leaf, so others
/// are skipped. A tree shuffles all columns in the same order; as each is tested alone, this makes no difference.
/// </summary>
internal static class OutOfBagImportance
{
    /// <summary>Mean and deviation over the trees that left rows out.</summary>
    public static ColumnImportance Of(
        DecisionForest forest, FeatureMatrix x, int[] labels, int[][] drawn, ulong seed, int threads)
    {
        var losses = new double[forest.Trees][];
        Serially.OrRun(threads, forest.Trees, t =>
        {
            int[] rows = [.. Enumerable.Range(0, x.Rows).Where(r => drawn[t][r] == 0)];
            losses[t] = rows.Length == 0 ? [] : Losses(forest, t, x, labels, rows, new RandomStream(seed, $"out-of-bag/{t}"));
        });

        var (sums, squares) = (new double[x.Columns], new double[x.Columns]);
        foreach (var loss in losses)
        {
            for (var c = 0; c < loss.Length; c++)
            {
                sums[c] += loss[c];
                squares[c] += loss[c] * loss[c];
            }
        }

        return ColumnImportance.Of(sums, squares, Math.Max(1, losses.Count(l => l.Length > 0)));
    }

    private static double[] Losses(
        DecisionForest forest, int tree, FeatureMatrix x, int[] labels, int[] rows, RandomStream random)
    {
        var losses = new double[x.Columns];
        var other = rows.ToArray();
        random.Shuffle<int>(other);
        var (seen, way) = (new bool[x.Columns], new List<int>());
        for (var i = 0; i < rows.Length; i++)
        {
            var row = x.Row(rows[i]);
            var right = Best(Walk(forest, tree, row, -1, 0, seen, way)) == labels[rows[i]];
            foreach (var column in way)
            {
                seen[column] = false;
                var changed = Best(Walk(forest, tree, row, column, x[other[i], column], null, null)) == labels[rows[i]];
                losses[column] += (right ? 1 : 0) - (changed ? 1 : 0);
            }

            way.Clear();
        }

        foreach (ref var loss in losses.AsSpan()) loss /= rows.Length;
        return losses;
    }

    // The leaf's distribution for a row with one column's value changed; collects the columns on the path, each once.
    private static ReadOnlySpan<double> Walk(
        DecisionForest forest, int tree, ReadOnlySpan<double> row, int changed, double value, bool[]? seen, List<int>? way)
    {
        for (var at = forest.Roots[tree]; ;)
        {
            ref readonly var node = ref forest.Nodes[at];
            if (node.IsLeaf) return forest.Distributions.Slice(node.Next * forest.Classes, forest.Classes);
            if (seen is not null && !seen[node.Column])
            {
                seen[node.Column] = true;
                way!.Add(node.Column);
            }

            at = (node.Column == changed ? value : row[node.Column]) <= node.Threshold ? at + 1 : node.Next;
        }
    }

    private static int Best(ReadOnlySpan<double> distribution)
    {
        var best = 0;
        for (var k = 1; k < distribution.Length; k++)
        {
            if (distribution[k] > distribution[best]) best = k;
        }

        return best;
    }
}
