using System.Globalization;
using Engine.Pipeline.Explaining;
using Engine.Pipeline.FrontEnds;
using Engine.Plots.Figures;
using OxyPlot.Axes;

namespace Engine.Plots.Models;

/// <summary>The vertical axis of a model's input: a row for each unit, labelled in Hz where rows have a frequency.</summary>
internal static class WindowRowsAxis
{
    private const int MostTicks = 8;

    private static readonly double[] s_round = [1, 2, 5, 10];

    /// <summary>Whether the first row is the highest frequency, as in pictures; such rows are drawn from the last.</summary>
    public static bool FirstIsTop(WindowPicture picture) =>
        picture.Axes.Hertz is { Count: > 1 } hertz && hertz[0] > hertz[^1];

    /// <summary>The axis of rows [0, height].</summary>
    public static TickAxis Of(WindowPicture picture)
    {
        var rows = picture.Axes.Rows;
        return new(picture.Axes.Hertz is { } hertz ? Frequencies(picture, hertz) : Numbers(picture.Height))
        {
            Title = rows switch
            {
                WindowRows.MelBands => "mel band (Hz)",
                WindowRows.Bins => "frequency (Hz)",
                _ => "coefficient",
            },
            Minimum = 0,
            Maximum = picture.Height,
        };
    }

    /// <summary>The axis of a wave or of one map of a series: its range, with 0 in it.</summary>
    public static LinearAxis OfValues(IEnumerable<float> values, string title) =>
        RangeAxis.Around(values.Select(v => (double)v).Append(0), title);

    // Octaves of mel bands; bins are as far apart as their frequencies, so theirs are multiples of a round number.
    private static IEnumerable<(double Place, string Label)> Frequencies(WindowPicture picture, IReadOnlyList<double> hertz)
    {
        double[] rising = FirstIsTop(picture) ? [.. hertz.Reverse()] : [.. hertz];
        var highest = rising[^1];
        var power = Math.Pow(10, Math.Floor(Math.Log10(highest / MostTicks)));
        var step = power * s_round.First(s => s * power * MostTicks >= highest);
        IEnumerable<double> round = picture.Axes.Rows == WindowRows.Bins
            ? Enumerable.Range(0, MostTicks + 1).Select(k => k * step) : Enumerable.Range(7, 12).Select(k => Math.Pow(2, k));
        return round.Where(f => f >= rising[0] && f <= highest)
            .Select(f => (RowOf(rising, f) + 0.5, f.ToString("#,0.##", CultureInfo.InvariantCulture)));
    }

    private static double RowOf(double[] rising, double hertz)
    {
        var next = Array.FindIndex(rising, f => f >= hertz);
        return next <= 0 ? 0 : next - 1 + (hertz - rising[next - 1]) / (rising[next] - rising[next - 1]);
    }

    private static IEnumerable<(double Place, string Label)> Numbers(int count)
    {
        var step = count <= 10 ? 1 : count <= 25 ? 5 : (count + 49) / 50 * 10;
        for (var row = 0; row < count; row += step) yield return (row + 0.5, row.ToString(CultureInfo.InvariantCulture));
    }
}
