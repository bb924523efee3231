using Engine.Classifiers;
using Engine.Classifiers.Decomposition;
using Engine.Pipeline.Runs;
using Engine.Plots.Runs;
using OxyPlot.Annotations;
using OxyPlot.Series;
using static Engine.Tests.Plots.Runs.PlotSamples;

namespace Engine.Tests.Plots.Runs;

/// <summary>Principal components, discriminants and clusters; the references are scikit-learn's.</summary>
public class ScatterPlotTests
{
    private static readonly RunColumns s_four = Columns(24, "a", "b", "c", "d");

    [Fact]
    public void Pca_Coordinates_AreThoseOfScikitLearn()
    {
        var figure = PcaPlot.Draw("f.csv", s_four);
        AxisOf(figure, "component 1 (39 % of the variance)");
        AxisOf(figure, "component 2 (33.5 % of the variance)");
        var first = SeriesOf<ScatterSeries>(figure, "a").Points[0];
        Assert.Equal(0.307830287525188, Math.Abs(first.X), 9);
        Assert.Equal(0.7081871533549146, Math.Abs(first.Y), 9);
        Assert.Equal(["a", "b", "c", "d"], figure.Model.Series.Select(s => s.Title));
        Assert.Equal(24, figure.Model.Series.OfType<ScatterSeries>().Sum(s => s.Points.Count));
        Golden.Check("run-pca", figure);
    }

    [Fact]
    public void Pca_Axes_HoldEveryPoint()
    {
        var figure = PcaPlot.Draw("f.csv", s_four);
        var (x, y) = (figure.Model.Axes[0], figure.Model.Axes[1]);
        Assert.All(figure.Model.Series.OfType<ScatterSeries>().SelectMany(s => s.Points), p =>
        {
            Assert.InRange(p.X, x.Minimum, x.Maximum);
            Assert.InRange(p.Y, y.Minimum, y.Maximum);
        });
    }

    [Fact]
    public void Lda_Shares_AreThoseOfScikitLearn()
    {
        var lda = new LdaProjection();
        lda.Fit(s_four.Values, [.. Enumerable.Range(0, 24).Select(i => i % 4)], 4);
        double[] expected = [0.639438909181177, 0.360544362303755, 1.6728515068080658e-05];
        foreach (var (share, actual) in expected.Zip(lda.ExplainedVarianceRatio)) Assert.Equal(share, actual, 9);
    }

    [Fact]
    public void Lda_Run_LearnsFromTrainingRowsAndDrawsTestedOnes()
    {
        var run = s_four with { Learned = [.. Enumerable.Range(0, 16)], Tested = [16, 17, 18, 19, 20, 21] };
        var figure = LdaPlot.Draw("gtzan57-svm", run);
        var lda = new LdaProjection();
        lda.Fit(s_four.Values.Select(run.Learned), [.. Enumerable.Range(0, 16).Select(i => i % 4)], 4);
        var expected = lda.Transform(s_four.Values.Select(run.Tested));
        var points = SeriesOf<ScatterSeries>(figure, "a").Points;
        Assert.Equal([(expected[0, 0], expected[0, 1]), (expected[4, 0], expected[4, 1])], points.Select(p => (p.X, p.Y)));
        Assert.Equal(6, figure.Model.Series.OfType<ScatterSeries>().Sum(s => s.Points.Count));
        Assert.Contains("learned from 16 training rows; the 6 tested rows are drawn", figure.Model.Subtitle);
        Golden.Check("run-lda", figure);
    }

    [Fact]
    public void Lda_TwoGenres_HaveARowEach()
    {
        var figure = LdaPlot.Draw("f.csv", Columns(24, "a", "b"));
        Assert.Equal("discriminant 1 (100 % of the variance between genres)", figure.Model.Axes[0].Title);
        Assert.Equal(("a", "b"), (figure.Model.Axes[1].FormatValue(0.5), figure.Model.Axes[1].FormatValue(1.5)));
        Assert.All(SeriesOf<ScatterSeries>(figure, "b").Points, p => Assert.InRange(p.Y, 1.2, 1.8));
        Drawn(figure);
    }

    [Theory]
    [InlineData("only the genre a", "a")]
    [InlineData("rows without a genre", "")]
    [InlineData("rows without a genre", "a", "")]
    public void Lda_WithoutTwoGenres_IsRefused(string message, params string[] genres) =>
        Assert.Contains(message, ErrorOf(() => LdaPlot.Draw("f.csv", Columns(12, genres))));

    [Fact]
    public void Clusters_AreJoinedToTheirNumberedCentres()
    {
        var figure = ClustersPlot.Draw("f.csv", s_four);
        var spokes = Assert.IsType<LineSeries>(figure.Model.Series[0]);
        Assert.Equal(3 * 24, spokes.Points.Count);
        Assert.Equal(["1", "2", "3", "4"], figure.Model.Annotations.OfType<PointAnnotation>().Select(a => a.Text));
        // Each centre is the mean of the rows that are joined to it.
        foreach (var center in figure.Model.Annotations.OfType<PointAnnotation>())
        {
            var own = spokes.Points.Chunk(3).Where(s => s[1].X == center.X && s[1].Y == center.Y).Select(s => s[0]).ToArray();
            Assert.Equal(center.X, own.Average(p => p.X), 9);
            Assert.Equal(center.Y, own.Average(p => p.Y), 9);
        }

        Assert.Contains("adjusted Rand index with the genres", figure.Model.Subtitle);
        Golden.Check("run-clusters", figure);
    }

    [Fact]
    public void Clusters_WithoutGenres_AreEightWithoutARandIndex()
    {
        var figure = ClustersPlot.Draw("f.csv", Columns(24, ""));
        Assert.StartsWith("8 clusters of 24 rows", figure.Model.Subtitle);
        Assert.DoesNotContain("Rand", figure.Model.Subtitle);
        Assert.Equal("no genre", figure.Model.Series[1].Title);
    }

    [Fact]
    public void Scatter_ThirtyGenres_DifferInColourOrShape()
    {
        var figure = PcaPlot.Draw("f.csv", Columns(90, [.. Enumerable.Range(0, 30).Select(g => $"genre {g:00}")]));
        var marks = figure.Model.Series.OfType<ScatterSeries>()
            .Select(s => (s.MarkerType, s.MarkerOutline, s.MarkerStroke)).ToArray();
        Assert.Equal(30, marks.Length);
        Assert.Equal(30, marks.Distinct().Count());
        Assert.All(marks.Zip(marks.Skip(1)), p => Assert.NotEqual(p.First.MarkerStroke, p.Second.MarkerStroke));
        // The legend has a line for each genre and its title.
        Assert.True(figure.Height >= 31 * 18);
        Drawn(figure);
    }

    [Fact]
    public void Scatter_TooManyGenres_ShareAGreyMark()
    {
        var figure = PcaPlot.Draw("f.csv", Columns(150, [.. Enumerable.Range(0, 50).Select(g => $"genre {g:00}")]));
        Assert.Equal(GenreScatter.MostNamed + 1, figure.Model.Series.Count);
        Assert.Equal("10 other genres", figure.Model.Series[0].Title);
    }

    [Fact]
    public void Marks_UpToTheirNumber_AreDistinct()
    {
        var all = Enumerable.Range(0, Marks.Most).Select(g => (Marks.Color(g), Marks.Shape(g))).ToArray();
        Assert.Equal(72, all.Distinct().Count());
    }

    [Fact]
    public void Columns_Constant_AreRefusedOrDrawn()
    {
        var constant = s_four with { Values = new FeatureMatrix(24, 3) };
        Assert.Contains("0 of 3 columns vary; pca needs at least 2", ErrorOf(() => PcaPlot.Draw("f.csv", constant)));
        Assert.Contains("0 of 3 columns vary; clusters needs at least 2", ErrorOf(() => ClustersPlot.Draw("f.csv", constant)));
        Assert.Contains("f.csv: LdaProjection:", ErrorOf(() => LdaPlot.Draw("f.csv", constant)));
    }

    [Fact]
    public void Rows_TooFew_AreRefused() =>
        Assert.Contains("has 2 rows; pca needs at least 3", ErrorOf(() => PcaPlot.Draw("f.csv", Columns(2, "a", "b"))));
}
