using System.Globalization;
using Engine.Classifiers.Evaluation;
using Engine.Plots.Figures;
using OxyPlot;
using OxyPlot.Axes;
using OxyPlot.Series;

namespace Engine.Plots.Runs;

/// <summary>How often predictions are right, by their probability, with Wilson's intervals, and how many there are.</summary>
internal static class ReliabilityPlot
{
    private const int Width = 620, Height = 640;

    /// <summary>Draws the calibration curve of everything tested.</summary>
    /// <param name="heading">The run.</param>
    /// <param name="curve">The curve.</param>
    /// <param name="calibrated">Whether the numbers are probabilities, and not just scores.</param>
    /// <param name="unit">What was tested: "tracks".</param>
    /// <param name="size">The size in pixels.</param>
    public static Figure Draw(
        RunHeading heading, CalibrationCurve curve, bool calibrated, string unit, FigureSize? size = null)
    {
        var given = size?.AtLeast(420, 560) ?? new(Width, Height);
        var number = calibrated ? "probability" : "score";
        var stack = new PanelStack(heading.Title("Reliability", given.Width), ShareAxis($"{number} of the predicted genre"));
        var used = curve.Bins.Where(b => b.Count > 0).ToArray();

        var top = new Panel(ShareAxis("accuracy"), 2);
        top.Add(new LineSeries
        {
            Title = "calibrated",
            Color = Style.Series[6],
            LineStyle = LineStyle.Dash,
            StrokeThickness = 1.5,
            Points = { new(0, 0), new(1, 1) },
        });
        top.Add(Intervals(used));
        top.Add(Accuracies(used));
        stack.Add(top);
        stack.Add(Counts(curve.Bins, unit));

        var error = string.Create(CultureInfo.InvariantCulture, $"expected calibration error {curve.Error:0.000}");
        var remark = calibrated ? "" : "the recipe is not calibrated: these are scores, not probabilities";
        var description = $"Accuracy against {number} in {used.Length} bins of {curve.Rows} {unit}; {error}.";
        var figure = stack.Build(given, description, heading.Subtitle(given.Width, error, remark));
        var legend = Marks.Legend();
        (legend.LegendPlacement, legend.LegendPosition) =
            (OxyPlot.Legends.LegendPlacement.Inside, OxyPlot.Legends.LegendPosition.LeftTop);
        figure.Model.Legends.Add(legend);
        return figure;
    }

    private static LinearAxis ShareAxis(string title) => Style.Dress(new LinearAxis
    {
        Position = AxisPosition.Bottom,
        // Room for marks at the ends.
        Minimum = -0.02,
        Maximum = 1.02,
        MajorStep = 0.2,
        StringFormat = "0.0",
        Title = title,
        MajorGridlineStyle = LineStyle.Solid,
    });

    private static LineSeries Accuracies(CalibrationBin[] bins)
    {
        var line = new LineSeries
        {
            Title = "this run",
            Color = Style.Series[0],
            StrokeThickness = 2,
            MarkerType = MarkerType.Circle,
            MarkerSize = 4,
            MarkerFill = Style.Series[0],
        };
        line.Points.AddRange(bins.Select(b => new DataPoint(b.Share!.Value, b.Accuracy!.Value)));
        return line;
    }

    private static LineSeries Intervals(CalibrationBin[] bins)
    {
        var lines = new LineSeries
        {
            Title = "95 % interval",
            Color = OxyColor.FromAColor(0x80, Style.Series[0]),
            StrokeThickness = 1.5,
        };
        foreach (var bin in bins)
        {
            var interval = Metrics.WilsonInterval((int)Math.Round(bin.Accuracy!.Value * bin.Count), bin.Count);
            lines.Points.AddRange([new(bin.Share!.Value, interval[0]), new(bin.Share.Value, interval[1]), DataPoint.Undefined]);
        }

        return lines;
    }

    private static Panel Counts(IReadOnlyList<CalibrationBin> bins, string unit)
    {
        var panel = new Panel(Style.Dress(new LinearAxis
        {
            Title = unit,
            Minimum = 0,
            Maximum = bins.Max(b => b.Count) * 1.25,
            MinimumMajorStep = 1,
            StringFormat = "0",
        }));
        var bars = new RectangleBarSeries
        {
            FillColor = OxyColor.FromAColor(0xC0, Style.Series[0]),
            StrokeThickness = 0,
        };
        foreach (var bin in bins.Where(b => b.Count > 0))
        {
            bars.Items.Add(new(bin.From + 0.004, 0, bin.To - 0.004, bin.Count));
            panel.Add(new OxyPlot.Annotations.TextAnnotation
            {
                Text = bin.Count.ToString(CultureInfo.InvariantCulture),
                TextPosition = new((bin.From + bin.To) / 2, bin.Count),
                TextVerticalAlignment = VerticalAlignment.Bottom,
                Offset = new(0, -3),
                TextColor = Style.Ink,
                FontSize = 10,
                StrokeThickness = 0,
            });
        }

        panel.Add(bars);
        return panel;
    }
}
