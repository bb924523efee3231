using OxyPlot.Axes;

namespace Engine.Plots.Figures;

/// <summary>An axis with ticks at given places: names, pitches, or frequencies on a scale of their own.</summary>
internal sealed class TickAxis : LinearAxis
{
    private const double LineHeight = 1.15;

    private readonly double[] _places;
    private readonly string[] _labels;

    /// <summary>An axis with these ticks, in rising order.</summary>
    public TickAxis(IEnumerable<(double Place, string Label)> ticks)
    {
        (double, string)[] all = [.. ticks];
        _places = [.. all.Select(t => t.Item1)];
        _labels = [.. all.Select(t => t.Item2)];
        Style.Dress(this);
    }

    /// <inheritdoc/>
    public override void GetTickValues(
        out IList<double> majorLabelValues, out IList<double> majorTickValues, out IList<double> minorTickValues)
    {
        double[] shown = [.. _places.Where(p => p >= ActualMinimum - 1e-9 && p <= ActualMaximum + 1e-9)];
        majorLabelValues = IsVertical() ? Apart(shown) : shown;
        majorTickValues = shown;
        minorTickValues = [];
    }

    // Labels one above the other: those that a line's height keeps apart, so that none covers another.
    private List<double> Apart(double[] places)
    {
        var room = FontSizeOfLabels * LineHeight;
        var labels = new List<double>();
        foreach (var place in places)
        {
            if (labels.Count == 0 || Math.Abs((place - labels[^1]) * Scale) >= room) labels.Add(place);
        }

        return labels;
    }

    private double FontSizeOfLabels => double.IsNaN(FontSize) ? Style.FontSize : FontSize;

    /// <inheritdoc/>
    protected override string FormatValueOverride(double x)
    {
        var nearest = Array.BinarySearch(_places, x);
        return nearest >= 0 ? _labels[nearest] : "";
    }
}
