using OxyPlot.Axes;

namespace Engine.Plots.Figures;

/// <summary>An axis for values, with some room at both ends so that no mark is cut.</summary>
internal static class RangeAxis
{
    private const double Room = 0.04;

    /// <summary>The axis; a single value is in its middle. Values that are not finite do not count.</summary>
    public static LinearAxis Around(IEnumerable<double> values, string title)
    {
        var (low, high) = (double.PositiveInfinity, double.NegativeInfinity);
        foreach (var value in values.Where(double.IsFinite)) (low, high) = (Math.Min(low, value), Math.Max(high, value));
        if (low > high) (low, high) = (0, 1);
        var room = high > low ? Room * (high - low) : Math.Max(Math.Abs(low) * Room, 1e-6);
        return Style.Dress(new LinearAxis { Title = title, Minimum = low - room, Maximum = high + room });
    }
}
