using System.Globalization;
using OxyPlot.Axes;

namespace Engine.Plots.Figures;

/// <summary>A time axis: seconds up to two minutes, then minutes and seconds, then hours.</summary>
internal sealed class TimeAxis : LinearAxis
{
    // A label and the space to the next, in pixels.
    private const double SecondsRoom = 60, ClockRoom = 85;

    // What a clock shows evenly.
    private static readonly double[] s_steps =
        [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400];

    private readonly bool _isClock, _hasHours;
    private double _step = 1;

    private TimeAxis(double from, double to)
    {
        (_isClock, _hasHours) = (to > 120, to >= 3600);
        (Minimum, Maximum) = (from, to);
        Position = AxisPosition.Bottom;
        Title = !_isClock ? "time (s)" : _hasHours ? "time (h:min:s)" : "time (min:s)";
        Style.Dress(this);
    }

    /// <summary>The axis from one time to another, in seconds.</summary>
    public static LinearAxis Create(double from, double to) => new TimeAxis(from, to);

    /// <inheritdoc/>
    public override void GetTickValues(
        out IList<double> majorLabelValues, out IList<double> majorTickValues, out IList<double> minorTickValues)
    {
        var range = ActualMaximum - ActualMinimum;
        var most = Math.Max(1, Math.Abs(range * Scale) / (_isClock ? ClockRoom : SecondsRoom));
        _step = s_steps.FirstOrDefault(s => s * most >= range, 0);
        // Days: whole multiples of the longest step.
        if (_step == 0) _step = s_steps[^1] * Math.Ceiling(range / s_steps[^1] / most);
        var ticks = new List<double>();
        for (var k = Math.Ceiling(ActualMinimum / _step - 1e-6); k * _step <= ActualMaximum + 1e-6 * _step; k++)
            ticks.Add(k * _step + 0.0); // not -0
        (majorLabelValues, majorTickValues, minorTickValues) = (ticks, ticks, []);
    }

    /// <inheritdoc/>
    protected override string FormatValueOverride(double x)
    {
        var decimals = _step >= 1 ? 0 : _step >= 0.1 ? 1 : _step >= 0.01 ? 2 : 3;
        if (!_isClock) return x.ToString("F" + decimals, CultureInfo.InvariantCulture);
        var whole = decimals == 0 ? Math.Round(x) : Math.Floor(x + 1e-6);
        var (hours, minutes, seconds) = ((long)whole / 3600, (long)whole / 60 % 60, (long)whole % 60);
        var fraction = decimals == 0 ? "" : Math.Max(0, x - whole).ToString("F" + decimals, CultureInfo.InvariantCulture)[1..];
        return _hasHours ? $"{hours}:{minutes:00}:{seconds:00}{fraction}" : $"{minutes}:{seconds:00}{fraction}";
    }
}
