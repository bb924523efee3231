using System.Globalization;
using Engine.Pipeline.Runs;
using Engine.Plots.Figures;
using OxyPlot.Axes;

namespace Engine.Plots.Runs;

/// <summary>How much accuracy is lost when a column is shuffled: bars, the most important column on top.</summary>
internal static class ImportancePlot
{
    /// <summary>More bars than this would not fit a page.</summary>
    public const int Most = 60;

    /// <summary>Draws what was measured on a run.</summary>
    public static Figure Draw(RunImportance importance, FigureSize? size = null)
    {
        var (mean, deviation) = (importance.Loss.Mean, importance.Loss.Deviation);
        int[] order = [.. Enumerable.Range(0, mean.Length).OrderByDescending(c => mean[c]).Take(Most)];
        string Text(double value) => (100 * value).ToString("0.0", CultureInfo.InvariantCulture);
        Bar[] bars = [.. order.Select(c => new Bar(importance.Columns[c], 100 * mean[c], 100 * (mean[c] - deviation[c]),
            100 * (mean[c] + deviation[c]), Text(mean[c])))];
        var heading = RunHeading.Of(importance.Record);
        var more = mean.Length > Most ? $"; the {Most} most important of {mean.Length} columns" : "";
        var remark = $"mean and deviation of {RunImportance.Repeats} shuffles of each column among {importance.Rows} tested rows"
            + more;
        return HorizontalBars.Draw(
            width => heading.Title("Permutation importance", width), width => heading.Subtitle(width, remark), bars,
            new LinearAxis { Title = "accuracy lost (percentage points)" }, most: null,
            $"Accuracy lost when a column is shuffled; most for {importance.Columns[order[0]]}, {Text(mean[order[0]])} "
                + "percentage points.", size);
    }
}
