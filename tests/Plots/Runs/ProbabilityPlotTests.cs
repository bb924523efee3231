using Engine.Classifiers;
using Engine.Classifiers.Evaluation;
using Engine.Plots.Runs;
using OxyPlot.Series;
using static Engine.Tests.Plots.Runs.PlotSamples;

namespace Engine.Tests.Plots.Runs;

/// <summary>Reliability and ROC; the references are scikit-learn's and NumPy's.</summary>
public class ProbabilityPlotTests
{
    private static CalibrationCurve Curve() =>
        new(Tested.Probabilities, Tested.Labels, Tested.Probabilities.ArgMax());

    [Fact]
    public void Reliability_HasTheBinsThatHaveRows()
    {
        var figure = ReliabilityPlot.Draw(Heading, Curve(), calibrated: true, "tracks");
        var points = SeriesOf<LineSeries>(figure, "this run").Points;
        (double Share, double Accuracy)[] bins = [(0.4, 2 / 3.0), (0.5, 1 / 3.0), (0.6, 1), (0.7, 1)];
        Assert.Equal(bins.Length, points.Count);
        foreach (var (bin, point) in bins.Zip(points))
        {
            Assert.Equal(bin.Share, point.X, 12);
            Assert.Equal(bin.Accuracy, point.Y, 12);
        }

        var bars = Assert.Single(figure.Model.Series.OfType<RectangleBarSeries>());
        Assert.Equal([3, 3, 1, 2], bars.Items.Select(b => b.Y1));
        Assert.Equal([5 / 15.0 + 0.004, 7 / 15.0 + 0.004, 8 / 15.0 + 0.004, 10 / 15.0 + 0.004], bars.Items.Select(b => b.X0));
        Assert.Contains("expected calibration error 0.256", figure.Model.Subtitle);
        Golden.Check("run-reliability", figure);
    }

    [Fact]
    public void Reliability_Error_IsThatOfTheMetrics()
    {
        Assert.Equal(0.25555555555555554, Curve().Error, 12);
        Assert.Equal(Report.ExpectedCalibrationError, Curve().Error);
    }

    [Fact]
    public void Reliability_Scores_AreCalledScores()
    {
        var figure = ReliabilityPlot.Draw(Heading, Curve(), calibrated: false, "tracks");
        Assert.Contains("not probabilities", figure.Model.Subtitle.Replace('\n', ' '));
        AxisOf(figure, "score of the predicted genre");
    }

    [Fact]
    public void Roc_Curves_AreThoseOfScikitLearn()
    {
        var figure = RocPlot.Draw(Heading, Tested, "tracks");
        Assert.Equal([(0, 0), (0, 1 / 3.0), (1 / 6.0, 2 / 3.0), (2 / 3.0, 2 / 3.0), (5 / 6.0, 1), (1, 1)],
            Places(SeriesOf<LineSeries>(figure, "jazz 0.722").Points));
        Assert.Equal([(0, 0), (0, 1 / 3.0), (1 / 6.0, 1 / 3.0), (1 / 6.0, 1), (1, 1)],
            Places(SeriesOf<LineSeries>(figure, "演歌 0.889").Points));
        Assert.Equal([(0, 0), (0, 1), (1, 1)], Places(SeriesOf<LineSeries>(figure, "موسيقى\u200E 1.000").Points));
        Assert.Equal(5, figure.Model.Series.Count);
        Golden.Check("run-roc", figure);
    }

    [Fact]
    public void Roc_Mean_HasTheMeanArea()
    {
        var figure = RocPlot.Draw(Heading, Tested, "tracks");
        var mean = SeriesOf<LineSeries>(figure, "mean of the genres 0.870").Points;
        var area = mean.Zip(mean.Skip(1), (a, b) => (b.X - a.X) * (a.Y + b.Y) / 2).Sum();
        Assert.Equal(0.8703703703703703, area, 12);
        Assert.Equal(Report.RocAucOvrMacro!.Value, area, 12);
    }

    [Fact]
    public void Roc_ManyGenres_DrawTheMeanAlone()
    {
        var count = RocPlot.MostGenres + 1;
        var (probabilities, labels) = (new FeatureMatrix(2 * count, count), new int[2 * count]);
        for (var r = 0; r < labels.Length; r++) probabilities.Row(r)[labels[r] = r % count] = 1;
        string[] names = [.. Enumerable.Range(0, count).Select(g => $"g{g}")];
        var figure = RocPlot.Draw(Heading, new(probabilities, labels, names), "tracks");
        Assert.Equal(["chance 0.500", "mean of the genres 1.000"], figure.Model.Series.Select(s => s.Title));
    }

    [Fact]
    public void Roc_OneGenre_IsRefused() => Assert.Contains("everything tested has one genre", ErrorOf(
        () => RocPlot.Draw(Heading, new(new FeatureMatrix(2, 1, [1, 1]), [0, 0], ["jazz"]), "tracks")));

    [Fact]
    public void Roc_UntestedGenre_IsLeftOutAndSaid()
    {
        var figure = RocPlot.Draw(Heading, Tested with { Labels = [0, 0, 0, 1, 1, 1, 1, 1, 1] }, "tracks");
        Assert.Equal(4, figure.Model.Series.Count);
        Assert.Contains("1 genres were not tested", figure.Description);
    }
}
