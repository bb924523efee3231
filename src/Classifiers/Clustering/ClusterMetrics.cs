using Engine.Classifiers.Numerics;
using Engine.Tensors.Cpu;

namespace Engine.Classifiers.Clustering;

/// <summary>
/// Measures the quality of a clustering, by itself or against known labels. Definitions as in scikit-learn; label values do not
/// matter.
/// </summary>
public static class ClusterMetrics
{
    private const double MachineEpsilon = 1.0 / (1L << 52);

    /// <summary>
    /// The mean silhouette (Rousseeuw 1987), from -1 to 1: for each row (b - a) / max(a, b), where a is the mean distance to the
    /// other rows of its cluster and b that to the nearest other cluster; 0 for a row alone in its cluster.
    /// </summary>
    /// <exception cref="EngineException">
    /// The numbers of rows and labels differ, a value is not finite, or there are not 2 to n - 1 clusters.
    /// </exception>
    public static double Silhouette(FeatureMatrix x, ReadOnlySpan<int> labels)
    {
        ArgumentNullException.ThrowIfNull(x);
        if (x.Rows != labels.Length) throw new EngineException($"Silhouette: {x.Rows} rows but {labels.Length} labels.");
        x.RequireFinite("Silhouette");
        var (clusters, count) = Numbered(labels);
        if (count < 2 || count >= x.Rows)
            throw new EngineException($"Silhouette: {count} clusters of {x.Rows} rows; there must be from 2 to {x.Rows - 1}.");
        var sizes = new int[count];
        foreach (var c in clusters) sizes[c]++;
        var values = new double[x.Rows];
        RowParallel.For(x.Rows, 16, (from, to) =>
        {
            var sums = new double[count];
            for (var r = from; r < to; r++)
            {
                Array.Clear(sums);
                for (var other = 0; other < x.Rows; other++)
                    sums[clusters[other]] += Math.Sqrt(Vectors.SquaredDistance(x.Row(r), x.Row(other)));
                var own = clusters[r];
                if (sizes[own] == 1) continue;
                var a = sums[own] / (sizes[own] - 1);
                var b = double.PositiveInfinity;
                for (var c = 0; c < count; c++)
                {
                    if (c != own) b = Math.Min(b, sums[c] / sizes[c]);
                }

                var larger = Math.Max(a, b);
                values[r] = larger > 0 ? (b - a) / larger : 0;
            }
        });
        return values.Average();
    }

    /// <summary>
    /// The Rand index adjusted for chance (Hubert and Arabie 1985): 1 for equal partitions, about 0 for unrelated ones.
    /// </summary>
    /// <exception cref="EngineException">Other numbers of labels, or none.</exception>
    public static double AdjustedRand(ReadOnlySpan<int> first, ReadOnlySpan<int> second)
    {
        var table = Contingency(first, second);
        double together = 0, inFirst = 0, inSecond = 0, pairs = Pairs(first.Length);
        foreach (var count in table.Cells) together += Pairs(count);
        foreach (var count in table.First) inFirst += Pairs(count);
        foreach (var count in table.Second) inSecond += Pairs(count);
        var expected = pairs == 0 ? 0 : inFirst * inSecond / pairs;
        var largest = (inFirst + inSecond) / 2;
        return largest == expected ? 1 : (together - expected) / (largest - expected);

        static double Pairs(int n) => n * (n - 1.0) / 2;
    }

    /// <summary>The mutual information of two partitions, in nats.</summary>
    /// <exception cref="EngineException">Other numbers of labels, or none.</exception>
    public static double MutualInformation(ReadOnlySpan<int> first, ReadOnlySpan<int> second)
    {
        var table = Contingency(first, second);
        double n = first.Length, sum = 0;
        for (var a = 0; a < table.First.Length; a++)
        {
            for (var b = 0; b < table.Second.Length; b++)
            {
                double count = table.Cells[a, b];
                if (count > 0) sum += count / n * Math.Log(count * n / ((double)table.First[a] * table.Second[b]));
            }
        }

        return Math.Max(0, sum);
    }

    /// <summary>
    /// The mutual information over the mean of the two entropies, from 0 to 1; 1 if both partitions are one cluster.
    /// </summary>
    /// <exception cref="EngineException">Other numbers of labels, or none.</exception>
    public static double NormalizedMutualInformation(ReadOnlySpan<int> first, ReadOnlySpan<int> second)
    {
        var table = Contingency(first, second);
        var entropies = Entropy(table.First) + Entropy(table.Second);
        return entropies == 0 ? 1 : MutualInformation(first, second) / (entropies / 2);
    }

    /// <summary>
    /// The mutual information adjusted for chance, over the mean of the two entropies (Vinh, Epps and Bailey 2010): 1 for equal
    /// partitions, about 0 for unrelated ones.
    /// </summary>
    /// <exception cref="EngineException">Other numbers of labels, or none.</exception>
    public static double AdjustedMutualInformation(ReadOnlySpan<int> first, ReadOnlySpan<int> second)
    {
        var table = Contingency(first, second);
        if (table.First.Length == 1 && table.Second.Length == 1) return 1;
        var expected = ExpectedInformation.Of(table.First, table.Second, first.Length);
        var above = (Entropy(table.First) + Entropy(table.Second)) / 2 - expected;

        // No information is possible beyond chance, as for singletons; scikit-learn, too, keeps the quotient finite.
        if (Math.Abs(above) < MachineEpsilon) above = above < 0 ? -MachineEpsilon : MachineEpsilon;
        return (MutualInformation(first, second) - expected) / above;
    }

    private static double Entropy(int[] counts)
    {
        double n = counts.Sum(), sum = 0;
        foreach (var count in counts) sum -= count / n * Math.Log(count / n);
        return sum;
    }

    private static (int[,] Cells, int[] First, int[] Second) Contingency(ReadOnlySpan<int> first, ReadOnlySpan<int> second)
    {
        if (first.Length != second.Length || first.IsEmpty)
            throw new EngineException($"ClusterMetrics: {first.Length} labels and {second.Length}; the numbers must be equal " +
                "and at least 1.");
        var (a, countA) = Numbered(first);
        var (b, countB) = Numbered(second);
        var (cells, rows, columns) = (new int[countA, countB], new int[countA], new int[countB]);
        for (var i = 0; i < a.Length; i++)
        {
            cells[a[i], b[i]]++;
            rows[a[i]]++;
            columns[b[i]]++;
        }

        return (cells, rows, columns);
    }

    // Labels as 0, 1, …, in order of appearance.
    private static (int[] Numbers, int Count) Numbered(ReadOnlySpan<int> labels)
    {
        var known = new Dictionary<int, int>();
        var numbers = new int[labels.Length];
        for (var i = 0; i < labels.Length; i++)
        {
            known.TryAdd(labels[i], known.Count);
            numbers[i] = known[labels[i]];
        }

        return (numbers, known.Count);
    }
}
