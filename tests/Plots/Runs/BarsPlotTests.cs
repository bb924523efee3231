using Engine.Classifiers;
using Engine.Classifiers.Evaluation;
using Engine.Pipeline.Recipes;
using Engine.Pipeline.Runs;
using Engine.Plots.Figures;
using Engine.Plots.Runs;
using OxyPlot.Annotations;
using OxyPlot.Series;
using static Engine.Tests.Plots.Runs.PlotSamples;

namespace Engine.Tests.Plots.Runs;

/// <summary>Comparisons and importances as bars.</summary>
public class BarsPlotTests
{
    private static ComparedSystem System(string name, string unit, double accuracy)
    {
        var mean = new MeanSd(accuracy, 0.02);
        return new(name, unit, "holdout:3, 24 training and 9 test tracks", 24, 27, [accuracy], mean, mean,
            [accuracy - 0.1, accuracy + 0.05], mean, mean, mean, 1, 1, "cpu");
    }

    private static Comparison Compared(bool leaky = false, double? majority = 0.25) => new(
        Comparison.CurrentFormat, "0.1.0", "/data", "holdout:3", 1, leaky, 3, "Wilson's score interval", "McNemar's test", "b",
        [System("a", "track", 0.5), System("b", "track", 0.75), System("b", "window", 0.625), System("c", "track", 0.25)], [], [],
        majority);

    private static TickAxis Rows(Figure figure) => Assert.Single(figure.Model.Axes.OfType<TickAxis>());

    [Fact]
    public void Bars_AreSortedWithIntervalsAndBaseline()
    {
        var figure = BarsPlot.Draw(Compared());
        Assert.Equal(["c", "a", "b"], new[] { 0.5, 1.5, 2.5 }.Select(Rows(figure).FormatValue));
        var bars = Assert.Single(figure.Model.Series.OfType<RectangleBarSeries>());
        Assert.Equal([0.75, 0.5, 0.25], bars.Items.Select(b => b.X1));
        Assert.All(bars.Items, b => Assert.Equal(0, b.X0));
        var intervals = Assert.Single(figure.Model.Series.OfType<LineSeries>()).Points;
        Assert.Equal((0.65, 0.8), (intervals[0].X, intervals[1].X));
        Assert.Equal(["0.750", "0.500", "0.250"], figure.Model.Annotations.OfType<TextAnnotation>().Select(t => t.Text));
        Assert.Equal(0.25, Assert.Single(figure.Model.Annotations.OfType<LineAnnotation>()).X);
        var axis = AxisOf(figure, "accuracy by track");
        Assert.Equal((0, 1.08), (axis.Minimum, axis.Maximum));
        Golden.Check("comparison-bars", figure);
    }

    [Fact]
    public void Bars_Leaky_AreByWindowAndSaySo()
    {
        var figure = BarsPlot.Draw(Compared(leaky: true));
        Assert.StartsWith("LEAKY: ", figure.Model.Title);
        Assert.Contains("0.625", figure.Model.Annotations.OfType<TextAnnotation>().Select(t => t.Text));
    }

    [Fact]
    public void Bars_EarlierVersion_HasNoBaseline() =>
        Assert.Empty(BarsPlot.Draw(Compared(majority: null)).Model.Annotations.OfType<LineAnnotation>());

    [Fact]
    public void Importance_IsSortedInPercentagePoints()
    {
        var record = new RunRecord(RunRecord.CurrentFormat, "0.1.0", RecipeCatalog.Get("gtzan57-knn"), "/data", "stratified",
            "stratified: 24 training and 9 test tracks", false, [], 1, "", ["a"], [], [new("a", "a", "a", "0", "test")]);
        var importance = new RunImportance(record, ["tempo", "rms_mean", "mfcc1_mean"],
            new ColumnImportance([0.02, 0.3, -0.01], [0.01, 0.05, 0.02]), 9);
        var figure = ImportancePlot.Draw(importance);
        Assert.Equal(["mfcc1_mean", "tempo", "rms_mean"], new[] { 0.5, 1.5, 2.5 }.Select(Rows(figure).FormatValue));
        var bars = Assert.Single(figure.Model.Series.OfType<RectangleBarSeries>());
        Assert.Equal([30, 2, 0], bars.Items.Select(b => b.X1));
        Assert.Equal([0, 0, -1], bars.Items.Select(b => b.X0));
        var intervals = Assert.Single(figure.Model.Series.OfType<LineSeries>()).Points;
        Assert.Equal(25, intervals[0].X, 9);
        Assert.Equal(35, intervals[1].X, 9);
        Assert.True(AxisOf(figure, "accuracy lost (percentage points)").Minimum < -3);
        Golden.Check("run-importance", figure);
    }

    [Fact]
    public void Importance_ManyColumns_AreTheMostImportant()
    {
        var record = new RunRecord(RunRecord.CurrentFormat, "0.1.0", RecipeCatalog.Get("gtzan57-knn"), "/data", "stratified", "p",
            false, [], 1, "", ["a"], [], [new("a", "a", "a", "0", "test")]);
        double[] mean = [.. Enumerable.Range(0, 100).Select(c => c / 100.0)];
        string[] names = [.. mean.Select((_, c) => $"c{c}")];
        var figure = ImportancePlot.Draw(new(record, names, new ColumnImportance(mean, new double[100]), 9));
        Assert.Equal(ImportancePlot.Most, Assert.Single(figure.Model.Series.OfType<RectangleBarSeries>()).Items.Count);
        Assert.Equal("c99", Rows(figure).FormatValue(ImportancePlot.Most - 0.5));
        Assert.Contains("the 60 most important of 100 columns", figure.Model.Subtitle.Replace('\n', ' '));
        Drawn(figure);
        Rows(figure).GetTickValues(out var labels, out _, out _);
        Assert.Equal(ImportancePlot.Most, labels.Count);
    }
}
