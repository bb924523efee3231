using Engine.Classifiers.Numerics;
using Engine.Tensors;

namespace Engine.Classifiers.Clustering;

/// <summary>
/// Initial centres by k-means++: rows are drawn with probability proportional to their squared distance from the centres chosen
/// so far; of 2 + ln k draws, the one leaving the least inertia is used (Arthur and Vassilvitskii, "k-means++: the advantages of
/// careful seeding", SODA 2007, and its greedy variant, as in scikit-learn).
/// </summary>
internal static class PlusPlus
{
    /// <summary>Chooses centres from the rows.</summary>
    public static FeatureMatrix Choose(FeatureMatrix x, int clusters, RandomStream random)
    {
        var trials = 2 + (int)Math.Log(clusters);
        var centers = new FeatureMatrix(clusters, x.Columns);
        x.Row(random.NextInt(x.Rows)).CopyTo(centers.Row(0));
        var nearest = new double[x.Rows];
        for (var r = 0; r < x.Rows; r++) nearest[r] = Vectors.SquaredDistance(x.Row(r), centers.Row(0));
        var (best, tried) = (new double[x.Rows], new double[x.Rows]);
        for (var center = 1; center < clusters; center++)
        {
            var (chosen, least) = (0, double.PositiveInfinity);
            for (var trial = 0; trial < trials; trial++)
            {
                var candidate = Draw(nearest, random);
                var inertia = 0.0;
                for (var r = 0; r < x.Rows; r++)
                    inertia += tried[r] = Math.Min(nearest[r], Vectors.SquaredDistance(x.Row(r), x.Row(candidate)));
                if (!(inertia < least)) continue;
                (chosen, least) = (candidate, inertia);
                (best, tried) = (tried, best);
            }

            (nearest, best) = (best, nearest);
            x.Row(chosen).CopyTo(centers.Row(center));
        }

        return centers;
    }

    // Draws a row with probability proportional to its weight; any row if every weight is 0, that is, if all rows coincide with
    // centres.
    private static int Draw(double[] weights, RandomStream random)
    {
        var total = 0.0;
        foreach (var w in weights) total += w;
        var left = random.NextDouble() * total;
        for (var r = 0; r < weights.Length; r++)
        {
            if ((left -= weights[r]) < 0) return r;
        }

        return Array.FindLastIndex(weights, w => w > 0) is var last and >= 0 ? last : random.NextInt(weights.Length);
    }
}
