using Engine.Nn.Training;
using Engine.Pipeline.Runs;
using Engine.Plots.Figures;
using Engine.Plots.Runs;
using OxyPlot.Axes;
using OxyPlot.Series;
using static Engine.Tests.Plots.Runs.PlotSamples;

namespace Engine.Tests.Plots.Runs;

public class HistoryPlotTests
{
    private static readonly double[] s_losses = [2.1, 1.4, 1.1, 0.9], s_valid = [2.2, 1.6, 1.5, 1.7];

    private static RoundEpoch[] Epochs(int rounds = 1, bool hasValidation = true) =>
        [.. Enumerable.Range(1, rounds).SelectMany(r => Enumerable.Range(1, 4).Select(e => new RoundEpoch(r, new(
            e, s_losses[e - 1], 0.2 * e, hasValidation ? s_valid[e - 1] : null, hasValidation ? 0.15 * e : null,
            e < 3 ? 0.001 : 0.0001, 1, 100))))];

    [Fact]
    public void History_OneRound_HasItsCurvesAndTheBestEpoch()
    {
        var figure = HistoryPlot.Draw(Heading, Epochs(), new EarlyStopping());
        Assert.Equal([(1, 2.1), (2, 1.4), (3, 1.1), (4, 0.9)], Places(SeriesOf<LineSeries>(figure, "training").Points));
        Assert.Equal([(1, 2.2), (2, 1.6), (3, 1.5), (4, 1.7)], Places(SeriesOf<LineSeries>(figure, "validation").Points));
        var best = SeriesOf<ScatterSeries>(figure, "best epoch").Points.Single();
        Assert.Equal((3, 1.5), (best.X, best.Y));
        Assert.Equal((0.97, 4.03), (AxisOf(figure, "epoch").Minimum, AxisOf(figure, "epoch").Maximum));
        var loss = AxisOf(figure, "loss");
        Assert.Equal((0.9 - 0.04 * 1.3, 2.2 + 0.04 * 1.3), (loss.Minimum, loss.Maximum));
        Assert.IsType<LogarithmicAxis>(AxisOf(figure, "learning rate"));
        Assert.Contains("keeps its weights", figure.Model.Subtitle);
        Golden.Check("run-history", figure);
    }

    [Fact]
    public void History_MonitoredAccuracy_MarksItsEpoch() =>
        Assert.Equal(4, HistoryPlot.Best(Epochs(), new EarlyStopping(EarlyStoppingMonitor.Accuracy))!.Epoch);

    [Fact]
    public void History_MinimumDelta_CountsAsInTraining() =>
        Assert.Equal(2, HistoryPlot.Best(Epochs(), new EarlyStopping(MinimumDelta: 0.2))!.Epoch);

    [Fact]
    public void History_ThreeRounds_HaveALineEachAndOneEntryInTheLegend()
    {
        var figure = HistoryPlot.Draw(Heading, Epochs(rounds: 3), null);
        // Training and validation of loss and accuracy, and the rates.
        Assert.Equal(3 * 5, figure.Model.Series.OfType<LineSeries>().Count());
        Assert.Equal(["training", "validation", "best epoch"],
            figure.Model.Series.Where(s => s.RenderInLegend && s.Title is not null).Select(s => s.Title).Distinct());
        Assert.Contains("weights of the last", figure.Model.Subtitle);
        Drawn(figure);
    }

    [Fact]
    public void History_WithoutValidation_HasTrainingAlone()
    {
        var figure = HistoryPlot.Draw(Heading, Epochs(hasValidation: false), null);
        Assert.Equal(3, figure.Model.Series.Count);
        Assert.Contains("no validation", figure.Model.Subtitle);
    }

    [Fact]
    public void History_OneEpochOfNaN_IsDrawnAndSaid()
    {
        RoundEpoch[] epochs = [new(1, new(1, double.NaN, 0.1, null, null, 0.001, 1, 100))];
        var figure = HistoryPlot.Draw(Heading, epochs, null);
        Assert.Equal((0.5, 1.5), (AxisOf(figure, "epoch").Minimum, AxisOf(figure, "epoch").Maximum));
        Assert.Contains("1 epochs with an infinite or undefined loss", figure.Model.Subtitle);
        Drawn(figure);
    }

    [Fact]
    public void History_TooSmall_NamesTheLeastSize() =>
        Assert.Contains("give at least", ErrorOf(() => HistoryPlot.Draw(Heading, Epochs(), null, new FigureSize(300, 200))));
}
