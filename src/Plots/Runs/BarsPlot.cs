using System.Globalization;
using Engine.Pipeline.Runs;
using Engine.Plots.Figures;
using OxyPlot;
using OxyPlot.Annotations;
using OxyPlot.Axes;

namespace Engine.Plots.Runs;

/// <summary>The accuracy of the systems of a comparison with their 95 % intervals, the best on top.</summary>
internal static class BarsPlot
{
    /// <summary>Draws a comparison.</summary>
    public static Figure Draw(Comparison comparison, FigureSize? size = null)
    {
        ComparedSystem[] systems =
            [.. comparison.Systems.Where(comparison.IsRanked).OrderByDescending(s => s.Accuracy.Mean)];
        Bar[] bars = [.. systems.Select(s => new Bar(s.Name, s.Accuracy.Mean!.Value, s.AccuracyCi95[0], s.AccuracyCi95[1],
            s.Accuracy.Mean.Value.ToString("0.000", CultureInfo.InvariantCulture)))];
        var heading = new RunHeading(systems.Length == 1 ? systems[0].Name : $"{systems.Length} systems",
            systems[0].Protocol, comparison.Leaky);
        var baseline = comparison.MajorityAccuracy;
        var remark = baseline is { } share
            ? string.Create(CultureInfo.InvariantCulture, $"dashed: always the most frequent genre, {share:0.000}") : "";
        var figure = HorizontalBars.Draw(
            width => heading.Title("Test accuracy", width), width => heading.Subtitle(width, comparison.Interval, remark), bars,
            new LinearAxis { Title = $"accuracy by {systems[0].Unit}", MajorStep = 0.1, StringFormat = "0.0" }, most: 1.08,
            string.Create(CultureInfo.InvariantCulture,
                $"Accuracy of {systems.Length} systems; the best is {bars[0].Name} with {bars[0].Value:0.000}, 95 % interval "
                    + $"{bars[0].Low:0.000} to {bars[0].High:0.000}."),
            size);
        if (baseline is { } majority)
        {
            figure.Model.Annotations.Add(new LineAnnotation
            {
                Type = LineAnnotationType.Vertical,
                X = majority,
                Color = Style.Ink,
                LineStyle = LineStyle.Dash,
                StrokeThickness = 1.5,
                YAxisKey = figure.Model.Axes[1].Key,
            });
        }

        return figure;
    }
}
