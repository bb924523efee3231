using Engine.Classifiers.Numerics;
using Engine.Tensors;

namespace Engine.Classifiers.Clustering;

/// <summary>
/// Learns centres from random batches; a centre moves towards each of its rows by one over the number of rows it has had so far
/// (Sculley, "Web-scale k-means clustering", WWW 2010). Stops when the smoothed inertia of the batches has not fallen for a
/// while.
/// </summary>
internal static class MiniBatch
{
    // Batches without a new minimum of the inertia, as in scikit-learn.
    private const int Patience = 10;

    /// <summary>Runs at most <c>MaxIterations</c> passes' worth of batches, updating the given centres in place.</summary>
    public static KMeans Run(FeatureMatrix x, FeatureMatrix centers, int batch, KMeansOptions options, RandomStream random)
    {
        batch = Math.Min(batch, x.Rows);
        var steps = (long)options.MaxIterations * ((x.Rows + batch - 1) / batch);
        // Smoothed over about one pass.
        var weight = Math.Min(1, 2.0 * batch / (x.Rows + 1));
        var counts = new int[centers.Rows];
        var (rows, labels) = (new int[batch], new int[batch]);
        double smoothed = 0, least = double.PositiveInfinity;
        int step = 0, waited = 0;
        for (; step < steps && waited < Patience; step++)
        {
            var inertia = 0.0;
            for (var i = 0; i < batch; i++)
            {
                rows[i] = random.NextInt(x.Rows);
                (labels[i], var distance, _) = KMeans.Nearest(x.Row(rows[i]), centers);
                inertia += distance / batch;
            }

            for (var i = 0; i < batch; i++)
            {
                var center = centers.Row(labels[i]);
                var share = 1.0 / ++counts[labels[i]];
                Vectors.Scale(center, 1 - share);
                Vectors.AddScaled(center, share, x.Row(rows[i]));
            }

            smoothed = step == 0 ? inertia : smoothed + weight * (inertia - smoothed);
            waited = smoothed < least ? 0 : waited + 1;
            least = Math.Min(least, smoothed);
        }

        var all = new int[x.Rows];
        var total = 0.0;
        for (var r = 0; r < x.Rows; r++)
        {
            (all[r], var distance, _) = KMeans.Nearest(x.Row(r), centers);
            total += distance;
        }

        return new(centers, all, total, step);
    }
}
