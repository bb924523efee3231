using System.Text.Json;
using Engine.Classifiers.Tuning;
using Engine.Pipeline.Runs;
using Engine.Plots.Figures;
using Engine.Plots.Runs;
using OxyPlot.Axes;
using OxyPlot.Series;
using static Engine.Tests.Plots.Runs.PlotSamples;

namespace Engine.Tests.Plots.Runs;

public class TrialsPlotTests
{
    private static readonly SearchParameter[] s_parameters =
    [
        new IntegerParameter("classifier.k", 1, 30), new RealParameter("classifier.c", 0.01, 100, Log: true),
        new CategoricalParameter("scaler", [JsonElement.Parse("\"robust\""), JsonElement.Parse("\"none\"")]),
    ];

    private static readonly Trial[] s_trials =
    [
        Of(1, 3, 0.1, "none", 0.5), Of(2, 9, 1, "robust", 0.4), Of(3, 5, 10, "none", null), Of(4, 7, 50, "robust", 0.7),
    ];

    private static Trial Of(int number, int k, double c, string scaler, double? accuracy) => new(number,
        new Dictionary<string, JsonElement>
        {
            ["classifier.k"] = JsonElement.Parse($"{k}"),
            ["classifier.c"] = JsonElement.Parse(FormattableString.Invariant($"{c}")),
            ["scaler"] = JsonElement.Parse($"\"{scaler}\""),
        },
        accuracy, [], [], 1, accuracy is null ? "no memory" : null);

    private static (double, double)[] PointsOf(ScatterSeries series) => [.. series.Points.Select(p => (p.X, p.Y))];

    [Fact]
    public void Trials_HaveTheirResultsAndTheBestSoFar()
    {
        var figure = TrialsPlot.Draw(Heading, s_trials);
        Assert.Equal([(1, 0.5), (2, 0.4), (4, 0.7)], PointsOf(SeriesOf<ScatterSeries>(figure, "trial")));
        Assert.Equal([(1, 0.5), (2, 0.5), (4, 0.7), (5, 0.7)], Places(SeriesOf<StairStepSeries>(figure, "best so far").Points));
        Assert.Equal(3, SeriesOf<ScatterSeries>(figure, "failed").Points.Single().X);
        var axis = AxisOf(figure, "mean accuracy of the inner folds");
        Assert.Equal(0.4 - 0.08 * 0.3, axis.Minimum, 12);
        Assert.Equal(0.7 + 0.08 * 0.3, axis.Maximum, 12);
        Assert.Contains("4 trials, 1 of them failed; the best is trial 4 with 0.7000", figure.Model.Subtitle.Replace('\n', ' '));
        Golden.Check("run-trials", figure);
    }

    [Fact]
    public void Trials_NoneOrOnlyFailedOnes_AreRefused()
    {
        Assert.Contains("has no trials yet", ErrorOf(() => TrialsPlot.Draw(Heading, [])));
        Assert.Contains("all 1 trials failed; the first because: no memory",
            ErrorOf(() => TrialsPlot.Draw(Heading, s_trials[2..3])));
    }

    [Fact]
    public void Parameters_EachHasItsAxis()
    {
        var figure = ParametersPlot.Draw(Heading, s_parameters, s_trials);
        var (k, c, scaler) = (AxisOf(figure, "classifier.k"), AxisOf(figure, "classifier.c"), AxisOf(figure, "scaler"));
        Assert.IsType<LinearAxis>(k);
        Assert.Equal((1 - 0.03 * 29, 30 + 0.03 * 29), (k.Minimum, k.Maximum));
        Assert.IsType<LogarithmicAxis>(c);
        Assert.True(c.Minimum < 0.01 && c.Maximum > 100);
        Assert.Equal(("none", "robust"), (scaler.FormatValue(0.5), scaler.FormatValue(1.5)));
        (double, double)[] Of(Axis axis) => PointsOf(figure.Model.Series.OfType<ScatterSeries>()
            .Single(s => s.XAxisKey == axis.Key && s.Title == "trial"));
        Assert.Equal([(3, 0.5), (9, 0.4), (7, 0.7)], Of(k));
        Assert.Equal([(0.1, 0.5), (1, 0.4), (50, 0.7)], Of(c));
        Assert.Equal([(0.5, 0.5), (1.5, 0.4), (1.5, 0.7)], Of(scaler));
        Assert.True(k.EndPosition < c.StartPosition && c.EndPosition < scaler.StartPosition);
        Golden.Check("run-parameters", figure);
    }

    [Fact]
    public void Parameters_Missing_IsRefused() => Assert.Contains("trial 1 has no value for classifier.gamma",
        ErrorOf(() => ParametersPlot.Draw(Heading, [new RealParameter("classifier.gamma", 0, 1)], s_trials)));

    [Fact]
    public void Parameters_TooNarrow_IsRefused() => Assert.Contains("give at least 480x280",
        ErrorOf(() => ParametersPlot.Draw(Heading, s_parameters, s_trials, new FigureSize(400, 400))));
}
