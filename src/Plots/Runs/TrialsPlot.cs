using System.Globalization;
using Engine.Classifiers;
using Engine.Pipeline.Runs;
using Engine.Plots.Figures;
using OxyPlot;
using OxyPlot.Axes;
using OxyPlot.Series;

namespace Engine.Plots.Runs;

/// <summary>The objective of each trial of a search, and the best so far.</summary>
internal static class TrialsPlot
{
    private const int Width = 860, Height = 440;

    /// <summary>Draws the trials.</summary>
    /// <param name="heading">The search.</param>
    /// <param name="trials">Its trials, in order.</param>
    /// <param name="size">The size in pixels.</param>
    /// <exception cref="EngineException">No trial has a result.</exception>
    public static Figure Draw(RunHeading heading, IReadOnlyList<Trial> trials, FigureSize? size = null)
    {
        var done = Done(heading, trials);
        var given = size?.AtLeast(480, 280) ?? new(Width, Height);
        var failed = trials.Count - done.Length;
        var best = done.MaxBy(t => t.Accuracy)!;
        var remark = string.Create(CultureInfo.InvariantCulture,
            $"{trials.Count} trials, {failed} of them failed; the best is trial {best.Number} with {best.Accuracy:0.0000}");
        var model = Style.NewModel(heading.Title("Trials", given.Width), heading.Subtitle(given.Width, remark));
        model.Axes.Add(Style.Dress(new LinearAxis
        {
            Position = AxisPosition.Bottom,
            Title = "trial",
            Minimum = 0,
            Maximum = trials.Count + 1,
            MinimumMajorStep = 1,
            StringFormat = "0",
        }));
        var (low, high) = (done.Min(t => t.Accuracy!.Value), best.Accuracy!.Value);
        var margin = Margin(low, high);
        model.Axes.Add(AccuracyAxis(low - margin, high + margin));
        model.Legends.Add(Marks.Legend());
        model.Series.Add(BestSoFar(done, trials.Count));
        model.Series.Add(Points(done.Select(t => (double)t.Number), done.Select(t => t.Accuracy!.Value), "trial",
            MarkerType.Circle, Style.Series[0]));
        if (failed > 0)
        {
            var numbers = trials.Where(t => t.Accuracy is null).Select(t => (double)t.Number).ToArray();
            model.Series.Add(Points(numbers, numbers.Select(_ => low - margin / 2), "failed", MarkerType.Cross, Style.Series[1]));
        }

        return new(model, given.Width, given.Height, $"Inner accuracy by trial: {remark}.");
    }

    /// <summary>The trials that have a result.</summary>
    internal static Trial[] Done(RunHeading heading, IReadOnlyList<Trial> trials)
    {
        Trial[] done = [.. trials.Where(t => t.Accuracy is not null)];
        return done.Length > 0 ? done : throw new EngineException(trials.Count == 0
            ? $"{heading.System}: the search has no trials yet."
            : $"{heading.System}: all {trials.Count} trials failed; the first because: {trials[0].Error}");
    }

    /// <summary>The room above and below the marks.</summary>
    internal static double Margin(double low, double high) => high > low ? 0.08 * (high - low) : 0.01;

    /// <summary>The axis of the objective.</summary>
    internal static LinearAxis AccuracyAxis(double low, double high) => Style.Dress(new LinearAxis
    {
        Position = AxisPosition.Left,
        Title = "mean accuracy of the inner folds",
        Minimum = low,
        Maximum = high,
        MajorGridlineStyle = LineStyle.Solid,
    });

    /// <summary>Marks.</summary>
    internal static ScatterSeries Points(
        IEnumerable<double> x, IEnumerable<double> y, string title, MarkerType type, OxyColor color)
    {
        var points = new ScatterSeries
        {
            Title = title,
            MarkerType = type,
            MarkerSize = 4,
            MarkerFill = OxyColor.FromAColor(0xB0, color),
            MarkerStroke = color,
            MarkerStrokeThickness = Marks.IsLine(type) ? 2 : 0,
        };
        points.Points.AddRange(x.Zip(y, (a, b) => new ScatterPoint(a, b)));
        return points;
    }

    private static StairStepSeries BestSoFar(Trial[] done, int count)
    {
        var line = new StairStepSeries { Title = "best so far", Color = Style.Series[4], StrokeThickness = 2 };
        var best = double.NegativeInfinity;
        foreach (var trial in done)
        {
            best = Math.Max(best, trial.Accuracy!.Value);
            line.Points.Add(new(trial.Number, best));
        }

        line.Points.Add(new(count + 1, best));
        return line;
    }
}
