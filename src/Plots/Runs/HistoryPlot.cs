using System.Globalization;
using Engine.Nn.Training;
using Engine.Pipeline.Runs;
using Engine.Plots.Figures;
using OxyPlot;
using OxyPlot.Axes;
using OxyPlot.Series;

namespace Engine.Plots.Runs;

/// <summary>Learning curves: loss, accuracy and learning rate by epoch, a line for each round.</summary>
internal static class HistoryPlot
{
    private const int Width = 960;

    /// <summary>Draws the history of a run.</summary>
    /// <param name="heading">The run.</param>
    /// <param name="epochs">Its epochs.</param>
    /// <param name="stopping">How its training stops early; null if it does not.</param>
    /// <param name="size">The size in pixels.</param>
    public static Figure Draw(
        RunHeading heading, IReadOnlyList<RoundEpoch> epochs, EarlyStopping? stopping, FigureSize? size = null)
    {
        RoundEpoch[][] rounds = [.. epochs.GroupBy(e => e.Round).Select(g => g.ToArray())];
        var (first, last) = (epochs.Min(e => e.Record.Epoch), epochs.Max(e => e.Record.Epoch));
        var width = size?.Width ?? Width;
        var stack = new PanelStack(heading.Title("Learning curves", width), EpochAxis(first, last));
        var best = rounds.Select(r => Best(r, stopping)).ToArray();
        var hasValidation = epochs.Any(e => e.Record.ValidLoss is not null);
        stack.Add(Curves("loss", rounds, best, e => e.Loss, e => e.ValidLoss, isNamed: true));
        stack.Add(Curves("accuracy", rounds, best, e => e.Accuracy, e => e.ValidAccuracy, isNamed: false));
        stack.Add(Rates(rounds));
        var remark = heading.Subtitle(width, Remark(epochs, stopping, hasValidation));
        var figure = stack.Build(size, Description(rounds, best), remark);
        figure.Model.Legends.Add(Marks.Legend());
        return figure;
    }

    /// <summary>
    /// The epoch whose weights a round keeps if it stops early, as the training chooses it; otherwise that of the lowest
    /// validation loss. Null without validation.
    /// </summary>
    internal static EpochRecord? Best(IEnumerable<RoundEpoch> round, EarlyStopping? stopping)
    {
        var rule = stopping ?? new EarlyStopping();
        var (best, figure) = ((EpochRecord?)null, rule.Worst);
        foreach (var (_, epoch) in round)
        {
            if (epoch.ValidLoss is null || epoch.ValidAccuracy is null || !rule.IsBetter(rule.Figure(epoch), figure)) continue;
            (best, figure) = (epoch, rule.Figure(epoch));
        }

        return best;
    }

    private static LinearAxis EpochAxis(int first, int last) => Style.Dress(new LinearAxis
    {
        Position = AxisPosition.Bottom,
        // Room for marks; a single epoch is a point in the middle.
        Minimum = first - Room(first, last),
        Maximum = last + Room(first, last),
        MinimumMajorStep = 1,
        Title = "epoch",
        StringFormat = "0",
    });

    private static double Room(int first, int last) => first == last ? 0.5 : 0.01 * (last - first);

    private static Panel Curves(
        string title, RoundEpoch[][] rounds, EpochRecord?[] best, Func<EpochRecord, double> train,
        Func<EpochRecord, double?> valid, bool isNamed)
    {
        var axis = RangeAxis.Around(
            rounds.SelectMany(r => r).SelectMany(e => new[] { train(e.Record), valid(e.Record) ?? double.NaN }), title);
        axis.MajorGridlineStyle = LineStyle.Solid;
        var panel = new Panel(axis);
        var isSingle = rounds.Length == 1;
        for (var r = 0; r < rounds.Length; r++)
        {
            var name = isNamed && r == 0;
            panel.Add(Curve(rounds[r], e => train(e), Style.Series[0], LineStyle.Solid, isSingle, name ? "training" : null));
            if (best[r] is null) continue;
            panel.Add(Curve(rounds[r], valid, Style.Series[1], LineStyle.Dash, isSingle, name ? "validation" : null));
        }

        if (best.Any(b => b is not null)) panel.Add(BestOf(best, valid, isNamed));
        return panel;
    }

    private static LineSeries Curve(
        RoundEpoch[] round, Func<EpochRecord, double?> value, OxyColor color, LineStyle style, bool isSingle, string? name)
    {
        var line = new LineSeries
        {
            Title = name,
            RenderInLegend = name is not null,
            Color = isSingle ? color : OxyColor.FromAColor(0x90, color),
            LineStyle = style,
            StrokeThickness = isSingle ? 2 : 1.2,
            MarkerType = round.Length == 1 ? MarkerType.Circle : MarkerType.None,
        };
        foreach (var (_, epoch) in round)
        {
            var y = value(epoch) ?? double.NaN;
            line.Points.Add(new(epoch.Epoch, double.IsFinite(y) ? y : double.NaN));
        }

        return line;
    }

    private static ScatterSeries BestOf(EpochRecord?[] best, Func<EpochRecord, double?> valid, bool isNamed)
    {
        var marks = new ScatterSeries
        {
            Title = isNamed ? "best epoch" : null,
            RenderInLegend = isNamed,
            MarkerType = MarkerType.Diamond,
            MarkerSize = 5,
            MarkerFill = Style.Series[1],
        };
        foreach (var epoch in best.OfType<EpochRecord>()) marks.Points.Add(new(epoch.Epoch, valid(epoch)!.Value));
        return marks;
    }

    private static Panel Rates(RoundEpoch[][] rounds)
    {
        var rates = rounds.SelectMany(r => r.Select(e => e.Record.LearningRate)).ToArray();
        Axis axis = rates.Min() > 0 && rates.Max() > 5 * rates.Min()
            ? new LogarithmicAxis() : new LinearAxis { Minimum = 0, Maximum = rates.Max() is > 0 and var most ? most * 1.2 : 1 };
        axis.Title = "learning rate";
        axis.MajorGridlineStyle = LineStyle.Solid;
        var panel = new Panel(Style.Dress(axis), 0.6);
        foreach (var round in rounds)
            panel.Add(Curve(round, e => e.LearningRate, Style.Series[2], LineStyle.Solid, rounds.Length == 1, null));
        return panel;
    }

    private static string Remark(IReadOnlyList<RoundEpoch> epochs, EarlyStopping? stopping, bool hasValidation)
    {
        var figure = stopping is { Monitor: EarlyStoppingMonitor.Accuracy }
            ? "highest validation accuracy" : "lowest validation loss";
        var kept = stopping is null ? "the weights of the last" : "its weights";
        var best = hasValidation ? $"best epoch: {figure}; the network keeps {kept}" : "no validation";
        var lost = epochs.Count(e => !double.IsFinite(e.Record.Loss) || !double.IsFinite(e.Record.ValidLoss ?? 0));
        return lost == 0 ? best : $"{best}; {lost} epochs with an infinite or undefined loss";
    }

    private static string Description(RoundEpoch[][] rounds, EpochRecord?[] best)
    {
        var last = rounds[^1][^1].Record;
        var kept = best[^1] is { } epoch ? $", the best epoch {epoch.Epoch}" : "";
        return string.Create(CultureInfo.InvariantCulture,
            $"Loss, accuracy and learning rate of {rounds.Length} rounds by epoch; the last round ends at epoch {last.Epoch} "
                + $"with loss {last.Loss:0.####} and accuracy {last.Accuracy:0.###}{kept}.");
    }
}
