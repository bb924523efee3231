using Engine.Classifiers;
using Engine.Classifiers.Trees;
using Engine.Tensors;

namespace Engine.Tests.Classifiers.Trees;

/// <summary>Rows for the tests of trees, and a look into grown trees.</summary>
internal static class ForestData
{
    /// <summary>Normal rows that lean to their class in the first columns; values are rounded so that some are equal.</summary>
    public static (FeatureMatrix X, int[] Labels) Leaning(int rows, int columns, int classes, ulong seed)
    {
        var random = new RandomStream(seed, "forest test");
        var (x, labels) = (new FeatureMatrix(rows, columns), new int[rows]);
        for (var r = 0; r < rows; r++)
        {
            labels[r] = random.NextInt(classes);
            var row = x.Row(r);
            for (var c = 0; c < columns; c++)
                row[c] = Math.Round(random.NextGaussian() + (c < classes && labels[r] == c ? 1.5 : 0), 1);
        }

        return (x, labels);
    }

    public static ForestClassifier Fitted(
        ForestOptions options, FeatureMatrix x, int[] labels, int classes, int threads = 0, ulong seed = 1)
    {
        var forest = new ForestClassifier(options) { Threads = threads, Seed = seed };
        forest.Fit(x, labels, classes);
        return forest;
    }

    /// <summary>Walks every tree with the rows it grew from; visits each node with the rows and depth that reach it.</summary>
    public static void Visit(
        ForestClassifier forest, int[] rows, FeatureMatrix x, Action<int[], int, int, double> split,
        Action<int[], int, double[]> leaf)
    {
        var state = forest.SaveState();
        var (columns, next, thresholds) =
            ((int[])state["columns"].Data, (int[])state["next"].Data, (double[])state["thresholds"].Data);
        var distributions = (double[])state["distributions"].Data;
        foreach (var root in (int[])state["roots"].Data) Walk(root, rows, 0);

        void Walk(int node, int[] here, int depth)
        {
            if (columns[node] < 0)
            {
                leaf(here, depth, distributions[(next[node] * forest.Classes)..((next[node] + 1) * forest.Classes)]);
                return;
            }

            split(here, depth, columns[node], thresholds[node]);
            Walk(node + 1, [.. here.Where(r => x[r, columns[node]] <= thresholds[node])], depth + 1);
            Walk(next[node], [.. here.Where(r => x[r, columns[node]] > thresholds[node])], depth + 1);
        }
    }
}
