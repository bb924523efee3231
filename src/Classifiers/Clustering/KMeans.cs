using Engine.Classifiers.Numerics;
using Engine.Tensors;
using Engine.Tensors.Cpu;

namespace Engine.Classifiers.Clustering;

/// <summary>
/// Clusters rows around centres that minimise the inertia, the sum of the squared distances from rows to their centres (Lloyd
/// 1982), from starts chosen by k-means++ (Arthur and Vassilvitskii 2007).
/// </summary>
/// <param name="Centers">The centres, <c>[clusters, columns]</c>.</param>
/// <param name="Labels">Each row's centre.</param>
/// <param name="Inertia">The sum of the squared distances.</param>
/// <param name="Iterations">Passes, or batches, of the best start.</param>
public sealed record KMeans(FeatureMatrix Centers, int[] Labels, double Inertia, int Iterations)
{
    private const string Name = "KMeans";

    /// <summary>Clusters the rows of <paramref name="x"/>.</summary>
    /// <exception cref="EngineException">
    /// A setting is out of range, there are fewer rows than clusters, or a value is not finite.
    /// </exception>
    public static KMeans Fit(FeatureMatrix x, KMeansOptions options)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(options);
        Check(x, options);
        var tolerance = options.Tolerance * MeanVariance(x);
        var results = new KMeans[options.Starts];
        void Start(int start)
        {
            var random = new RandomStream(options.Seed, $"k-means {start}");
            var centers = PlusPlus.Choose(x, options.Clusters, random);
            results[start] = options.Batch is { } batch
                ? MiniBatch.Run(x, centers, batch, options, random)
                : new Lloyd(x, centers, options.Threads).Run(options.MaxIterations, tolerance);
        }

        if (options.Threads != 1) WorkerPool.Run(options.Starts, Start);
        else for (var start = 0; start < options.Starts; start++) Start(start);

        // The first on ties.
        return results.MinBy(r => r.Inertia)!;
    }

    /// <summary>The nearest centre of each row; the lower on ties.</summary>
    /// <exception cref="EngineException">
    /// The number of columns differs from the clustered rows, or a value is not finite.
    /// </exception>
    public int[] Predict(FeatureMatrix x)
    {
        ArgumentNullException.ThrowIfNull(x);
        x.RequireColumns(Name, Centers.Columns);
        x.RequireFinite(Name);
        var labels = new int[x.Rows];
        for (var r = 0; r < x.Rows; r++) labels[r] = Nearest(x.Row(r), Centers).Center;
        return labels;
    }

    /// <summary>
    /// The centre nearest to a row, its squared distance and that of the second nearest (infinite if there is one centre).
    /// </summary>
    internal static (int Center, double First, double Second) Nearest(ReadOnlySpan<double> row, FeatureMatrix centers)
    {
        var (best, first, second) = (0, double.PositiveInfinity, double.PositiveInfinity);
        for (var c = 0; c < centers.Rows; c++)
        {
            var distance = Vectors.SquaredDistance(row, centers.Row(c));
            if (distance < first) (best, first, second) = (c, distance, first);
            else if (distance < second) second = distance;
        }

        return (best, first, second);
    }

    private static void Check(FeatureMatrix x, KMeansOptions options)
    {
        OptionCheck.Require(Name, options);
        if (x.Rows < options.Clusters)
            throw new EngineException($"{Name}: {options.Clusters} clusters were requested but there are only {x.Rows} rows.");
        if (x.Columns == 0) throw new EngineException($"{Name}: the rows have no columns.");
        x.RequireFinite(Name);
    }

    private static double MeanVariance(FeatureMatrix x)
    {
        var mean = new double[x.Columns];
        for (var r = 0; r < x.Rows; r++) Vectors.AddScaled(mean, 1.0 / x.Rows, x.Row(r));
        var sum = 0.0;
        for (var r = 0; r < x.Rows; r++) sum += Vectors.SquaredDistance(x.Row(r), mean) / x.Rows;
        return sum / x.Columns;
    }
}
