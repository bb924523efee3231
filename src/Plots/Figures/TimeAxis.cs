using System.Globalization;
using OxyPlot.Axes;

namespace Engine.Plots.Figures;

/// <summary>A time axis: seconds up to two minutes, then minutes and seconds, then hours.</summary>
internal static class TimeAxis
{
    // What a clock shows evenly; a step is chosen so that about ten fit.
    private static readonly double[] s_steps =
        [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400];

    /// <summary>The axis from one time to another, in seconds.</summary>
    public static LinearAxis Create(double from, double to)
    {
        var isClock = to > 120;
        var step = s_steps.FirstOrDefault(s => s * 10 >= to - from, s_steps[^1]);
        return Style.Dress(new LinearAxis
        {
            Position = AxisPosition.Bottom,
            Minimum = from,
            Maximum = to,
            MajorStep = step,
            Title = !isClock ? "time (s)" : to >= 3600 ? "time (h:min:s)" : "time (min:s)",
            LabelFormatter = isClock
                ? t => TimeSpan.FromSeconds(t).ToString(to >= 3600 ? @"h\:mm\:ss" : @"m\:ss", CultureInfo.InvariantCulture)
                : null,
        });
    }
}
