using Engine.Classifiers;
using Engine.Classifiers.Knn;
using Engine.Tensors;
using Engine.Tests.Support;

namespace Engine.Tests.Classifiers;

public class GaussianDivergenceTests
{
    private sealed record Gaussian(double[] Mean, double[,] Covariance)
    {
        public double[] Row => GaussianDivergence.ToRow(Mean, Covariance.Cast<double>().ToArray());
    }

    // Mean and covariance of random frames, columns of unlike size as MFCC have. Their widths stay within a factor of about
    // a hundred: the inverse's error grows with the condition number, which the budgets below take to be at most 1e6.
    private static Gaussian Draw(int d, int frames, RandomStream random)
    {
        var x = new double[frames, d];
        for (var c = 0; c < d; c++)
        {
            var (offset, width) = (10 * random.NextGaussian(), Math.Exp(random.NextGaussian()));
            for (var f = 0; f < frames; f++) x[f, c] = offset + width * random.NextGaussian() + (c > 0 ? 0.5 * x[f, c - 1] : 0);
        }

        var mean = new double[d];
        for (var c = 0; c < d; c++) mean[c] = Enumerable.Range(0, frames).Average(f => x[f, c]);
        var covariance = new double[d, d];
        for (var a = 0; a < d; a++)
            for (var b = 0; b < d; b++)
                covariance[a, b] = Enumerable.Range(0, frames).Sum(f => (x[f, a] - mean[a]) * (x[f, b] - mean[b])) / (frames - 1);
        return new Gaussian(mean, covariance);
    }

    private static FeatureMatrix Matrix(IReadOnlyList<Gaussian> clips) =>
        new(clips.Count, clips[0].Row.Length, [.. clips.SelectMany(c => c.Row)]);

    private static KnnClassifier Fitted(FeatureMatrix train)
    {
        var knn = new KnnClassifier(new KnnOptions { K = 1, Metric = KnnMetric.GaussianDivergence });
        knn.Fit(train, new int[train.Rows], 1);
        return knn;
    }

    [Theory]
    [InlineData(1, 40)]
    [InlineData(2, 40)]
    [InlineData(13, 40)]
    [InlineData(13, 20)]
    [InlineData(26, 200)]
    public void Neighbors_RandomClips_MatchTheFormulaBothWays(int d, int frames)
    {
        var random = new RandomStream(7, $"gaussian {d}");
        var train = Enumerable.Range(0, 21).Select(_ => Draw(d, frames, random)).ToArray();
        var queries = Enumerable.Range(0, 5).Select(_ => Draw(d, frames, random)).ToArray();
        var neighbors = Fitted(Matrix(train)).Neighbors(Matrix(queries), train.Length);
        for (var q = 0; q < queries.Length; q++)
        {
            var expected = train.Select(
                t => ReferenceDistance.Gaussian(queries[q].Mean, queries[q].Covariance, t.Mean, t.Covariance)).ToArray();
            Close.Assert(expected.Order().ToArray(), neighbors.Distances.Row(q), 1e-8, 1e-8, $"distances of {q}");
            Assert.Equal(Enumerable.Range(0, train.Length).OrderBy(t => expected[t]), neighbors.Row(q).ToArray());
        }
    }

    [Fact]
    public void Neighbors_UnitVarianceInOneDimension_IsTwiceTheSquaredDifference()
    {
        // tr = 1 + 1, minus 2d = 2, plus (m - m')²·(1 + 1).
        var neighbors = Fitted(new FeatureMatrix(1, 2, [3, 1])).Neighbors(new FeatureMatrix(1, 2, [5, 1]), 1);
        Assert.Equal(8, neighbors.Distances[0, 0]);
    }

    [Fact]
    public void Neighbors_TheClipItself_IsAtDistanceZero()
    {
        var random = new RandomStream(1, "self");
        var clips = Matrix([.. Enumerable.Range(0, 30).Select(_ => Draw(13, 300, random))]);
        var neighbors = Fitted(clips).Neighbors(clips, 1);
        Assert.Equal(Enumerable.Range(0, 30), neighbors.Indices);
        Close.Assert(new double[30], neighbors.Distances.Data, 1e-10);
    }

    [Fact]
    public void Columns_Dimensions_AreInverse()
    {
        Assert.Equal(104, GaussianDivergence.Columns(13));
        for (var d = 1; d <= 1000; d++) Assert.Equal(d, GaussianDivergence.Dimensions(GaussianDivergence.Columns(d)));
        foreach (var columns in new[] { 0, 1, 3, 4, 103, 105, int.MaxValue })
        {
            Assert.Contains($"{columns} columns", Assert.Throws<EngineException>(() => GaussianDivergence.Dimensions(columns))
                .Message);
        }
    }

    [Fact]
    public void ToRow_MeanAndCovariance_AreMeanThenUpperTriangle() =>
        Assert.Equal([1, 2, 3, 10, 11, 12, 20, 21, 30],
            GaussianDivergence.ToRow([1, 2, 3], [10, 11, 12, 11, 20, 21, 12, 21, 30]));

    [Fact]
    public void ToRow_WrongSize_Throws() =>
        Assert.Contains("2 values but the covariance 3; it needs 4",
            Assert.Throws<EngineException>(() => GaussianDivergence.ToRow([1, 2], [1, 2, 3])).Message);

    [Theory]
    [InlineData(0, 0, 0, false)] // silence
    [InlineData(1, 1, 1, false)] // two coefficients that move together
    [InlineData(1, 2, 1, false)] // no covariance at all
    [InlineData(1, 0, double.NaN, false)]
    [InlineData(1e-320, 0, 1, false)] // its inverse is no double
    [InlineData(1, 0.99, 1, true)]
    [InlineData(1e-9, 0, 1e9, true)]
    public void IsValid_Covariance_IsPositiveDefinite(double s00, double s01, double s11, bool valid) =>
        Assert.Equal(valid, GaussianDivergence.IsValid([0, 0, s00, s01, s11]));

    [Fact]
    public void Knn_SingularCovariance_NamesTheRow()
    {
        var train = new FeatureMatrix(2, 5, [0, 0, 1, 0, 1, 0, 0, 0, 0, 0]);
        Assert.Contains("covariance of training row 1 is not positive definite",
            Assert.Throws<EngineException>(() => Fitted(train)).Message);
        var knn = Fitted(train.Select([0]));
        Assert.Contains("covariance of row 1", Assert.Throws<EngineException>(() => knn.PredictProbabilities(train)).Message);
        Assert.Contains("4 columns are not a mean and covariance",
            Assert.Throws<EngineException>(() => Fitted(new FeatureMatrix(2, 4))).Message);
    }
}
