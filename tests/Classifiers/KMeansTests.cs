using Engine.Classifiers;
using Engine.Classifiers.Clustering;
using Engine.Tensors;
using Engine.Tests.Support;
using FsCheck;
using FsCheck.Fluent;
using static Engine.Tests.Support.ReferenceMatrix;
using Vectors = Engine.Classifiers.Numerics.Vectors;

namespace Engine.Tests.Classifiers;

[EveryInstructionSet]
public class KMeansTests
{
    private static (FeatureMatrix X, int[] Groups) Groups(int rows = 120, double spread = 0.1)
    {
        var x = Normal(rows, 3, 1);
        var groups = Enumerable.Range(0, rows).Select(r => r % 4).ToArray();
        for (var r = 0; r < rows; r++)
            for (var c = 0; c < 3; c++) x.Row(r)[c] = x[r, c] * spread + (groups[r] >> c & 1) * 2;
        return (x, groups);
    }

    // Lloyd's iterations by definition, every distance computed.
    private static (FeatureMatrix Centers, int[] Labels) Naive(FeatureMatrix x, FeatureMatrix centers, int iterations)
    {
        int[] Assign() => [.. Enumerable.Range(0, x.Rows)
            .Select(r => Enumerable.Range(0, centers.Rows).MinBy(c => Vectors.SquaredDistance(x.Row(r), centers.Row(c))))];
        for (var i = 0; i < iterations; i++)
        {
            var labels = Assign();
            var means = new FeatureMatrix(centers.Rows, x.Columns);
            for (var r = 0; r < x.Rows; r++)
                for (var c = 0; c < x.Columns; c++) means.Row(labels[r])[c] += x[r, c] / labels.Count(l => l == labels[r]);
            centers = means;
        }

        return (centers, Assign());
    }

    [Fact]
    public void Fit_SeparatedGroups_FindsThem()
    {
        var (x, groups) = Groups();
        var found = KMeans.Fit(x, new KMeansOptions { Clusters = 4, Seed = 1 });
        Assert.Equal(1, ClusterMetrics.AdjustedRand(groups, found.Labels), 1e-15);
        Assert.Equal(found.Labels, found.Predict(x));
        Assert.Equal(Enumerable.Range(0, x.Rows).Sum(r => Vectors.SquaredDistance(x.Row(r), found.Centers.Row(found.Labels[r]))),
            found.Inertia, 1e-12);
    }

    [Theory]
    [InlineData(2, 5)]
    [InlineData(7, 30)]
    public void Lloyd_WithBounds_DoesAsWithout(int clusters, int iterations)
    {
        var x = Normal(150, 4, 2);
        var start = PlusPlus.Choose(x, clusters, new RandomStream(3, "start"));
        var expected = Naive(x, start, iterations);
        var actual = new Lloyd(x, start, 0).Run(iterations + 1, 0);
        Assert.Equal(expected.Labels, actual.Labels);
        Close.Assert(expected.Centers.Data, actual.Centers.Data, 1e-12);
    }

    [Fact]
    public void Fit_AnyRows_EveryRowIsWithItsNearestCentre() =>
        Prop.ForAll(Gen.Choose(1, 40).Zip(Gen.Choose(1, 6)).ToArbitrary(), sizes =>
        {
            var (rows, clusters) = (sizes.Item1 + sizes.Item2, sizes.Item2);
            var x = Normal(rows, 2, (ulong)(rows * 10 + clusters));
            var found = KMeans.Fit(x, new KMeansOptions { Clusters = clusters, Starts = 2 });
            return found.Labels.SequenceEqual(found.Predict(x)) && found.Labels.Distinct().Count() == clusters;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Fit_MoreStarts_NeverEndWorse()
    {
        var x = Normal(200, 5, 4);
        var inertias = new[] { 1, 3, 20 }.Select(s => KMeans.Fit(x, new KMeansOptions { Clusters = 9, Starts = s }).Inertia)
            .ToArray();
        Assert.Equal(inertias.OrderDescending(), inertias);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(32)]
    public void Fit_OneOrManyThreads_SameBits(int? batch)
    {
        var x = Normal(1200, 6, 5);
        var (one, many) = (KMeans.Fit(x, new KMeansOptions { Clusters = 6, Starts = 3, Batch = batch, Threads = 1 }),
            KMeans.Fit(x, new KMeansOptions { Clusters = 6, Starts = 3, Batch = batch }));
        Assert.Equal(one.Centers.Data, many.Centers.Data);
        Assert.Equal(one.Labels, many.Labels);
        Assert.Equal(one.Inertia, many.Inertia);
    }

    [Fact]
    public void Fit_MiniBatch_ComesCloseToAllRows()
    {
        var (x, groups) = Groups(2000, 0.3);
        var found = KMeans.Fit(x, new KMeansOptions { Clusters = 4, Batch = 100, Starts = 3 });
        Assert.InRange(found.Inertia, 0, 1.05 * KMeans.Fit(x, new KMeansOptions { Clusters = 4 }).Inertia);
        Assert.InRange(ClusterMetrics.AdjustedRand(groups, found.Labels), 0.95, 1);
    }

    [Fact]
    public void Fit_DuplicatedAndConstantRows_StaysFinite()
    {
        var same = KMeans.Fit(new FeatureMatrix(6, 2), new KMeansOptions { Clusters = 3 });
        Assert.Equal(0, same.Inertia);
        var twins = KMeans.Fit(new FeatureMatrix(6, 1, [1, 1, 1, 5, 5, 5]), new KMeansOptions { Clusters = 3 });
        Assert.Equal(0, twins.Inertia);
        Assert.All(twins.Centers.Data, v => Assert.True(v is 1 or 5));
    }

    [Fact]
    public void Fit_AsManyClustersAsRows_HasNoInertia() =>
    Assert.Equal(0, KMeans.Fit(Normal(8, 2, 6), new KMeansOptions { Clusters = 8 }).Inertia, 1e-20);

    [Fact]
    public void KMeans_WrongInput_NamesTheValue()
    {
        var x = Normal(5, 2, 7);
        Assert.Contains("clusters is 0", Message(() => KMeans.Fit(x, new KMeansOptions { Clusters = 0 })));
        Assert.Contains("starts is 0", Message(() => KMeans.Fit(x, new KMeansOptions { Starts = 0 })));
        Assert.Contains("max iterations is 0", Message(() => KMeans.Fit(x, new KMeansOptions { MaxIterations = 0 })));
        Assert.Contains("batch is 0", Message(() => KMeans.Fit(x, new KMeansOptions { Batch = 0 })));
        Assert.Contains("tolerance is -1", Message(() => KMeans.Fit(x, new KMeansOptions { Tolerance = -1 })));
        Assert.Contains("8 clusters were requested but there are only 5 rows", Message(() => KMeans.Fit(x, new KMeansOptions())));
        Assert.Contains("row 0, column 0 is NaN",
            Message(() => KMeans.Fit(new FeatureMatrix(1, 1, [double.NaN]), new KMeansOptions { Clusters = 1 })));
        Assert.Contains("3 columns but it was fitted on 2",
            Message(() => KMeans.Fit(x, new KMeansOptions { Clusters = 2 }).Predict(new FeatureMatrix(1, 3))));
    }

    [Fact]
    public void Silhouette_ByHand()
    {
        // Rows 0, 1 | 5: a = 1, b = 5 and 4, and the lone row 0.
        var x = new FeatureMatrix(3, 1, [0, 1, 5]);
        Assert.Equal((4 / 5.0 + 3 / 4.0 + 0) / 3, ClusterMetrics.Silhouette(x, [7, 7, 2]), 1e-15);
        Assert.Contains("1 clusters of 3 rows", Message(() => ClusterMetrics.Silhouette(x, [1, 1, 1])));
        Assert.Contains("3 clusters of 3 rows", Message(() => ClusterMetrics.Silhouette(x, [1, 2, 3])));
        Assert.Contains("3 rows but 2 labels", Message(() => ClusterMetrics.Silhouette(x, [1, 1])));
    }

    [Fact]
    public void PartitionMetrics_ByHand()
    {
        int[] a = [0, 0, 1, 1], b = [5, 5, 3, 2];
        Assert.Equal(4.0 / 7, ClusterMetrics.AdjustedRand(a, b), 1e-15);
        Assert.Equal(Math.Log(2), ClusterMetrics.MutualInformation(a, b), 1e-15);
        Assert.Equal(2 * Math.Log(2) / (Math.Log(2) + 1.5 * Math.Log(2)), ClusterMetrics.NormalizedMutualInformation(a, b),
            1e-15);
        Assert.Equal(1, ClusterMetrics.AdjustedRand([3, 3], [1, 1]));
        Assert.Equal(1, ClusterMetrics.NormalizedMutualInformation([3, 3], [1, 1]));
        Assert.Equal(0, ClusterMetrics.MutualInformation([0, 1, 0, 1], [0, 0, 1, 1]), 1e-15);
        Assert.Contains("4 labels and 2", Message(() => ClusterMetrics.AdjustedRand(a, [1, 2])));
    }

    private static string Message(Action act) => Assert.Throws<EngineException>(act).Message;
}
