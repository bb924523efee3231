using Engine.Plots.Figures;
using OxyPlot;
using OxyPlot.Series;

namespace Engine.Plots.Models;

/// <summary>A series of values as a line; a long one goes through the lowest and the highest value of each column.</summary>
internal static class SeriesLine
{
    /// <summary>Draws values evenly between two places, each in the middle of its part.</summary>
    /// <param name="values">The values.</param>
    /// <param name="across">Where the first value's part begins and the last one's ends.</param>
    /// <param name="columns">The most columns that can be told apart.</param>
    /// <param name="place">Where a value stands on the vertical axis.</param>
    public static LineSeries Of(
        ReadOnlySpan<float> values, (double From, double To) across, int columns, Func<float, double> place)
    {
        var line = new LineSeries { Color = Style.Series[0], StrokeThickness = 1, LineJoin = LineJoin.Bevel };
        var step = (across.To - across.From) / values.Length;
        if (values.Length <= 2 * columns)
        {
            for (var i = 0; i < values.Length; i++) line.Points.Add(new(across.From + (i + 0.5) * step, place(values[i])));
            // One value is the whole length.
            if (values.Length == 1) line.Points.Insert(0, new(across.From, place(values[0])));
            return line;
        }

        for (var c = 0; c < columns; c++)
        {
            var first = (int)((long)c * values.Length / columns);
            var part = values[first..(int)((c + 1L) * values.Length / columns)];
            var (low, high) = (0, 0);
            for (var i = 1; i < part.Length; i++)
            {
                if (part[i] < part[low]) low = i;
                if (part[i] > part[high]) high = i;
            }

            var (before, after) = (Math.Min(low, high), Math.Max(low, high));
            line.Points.Add(new(across.From + (first + before + 0.5) * step, place(part[before])));
            if (after > before) line.Points.Add(new(across.From + (first + after + 0.5) * step, place(part[after])));
        }

        return line;
    }
}
