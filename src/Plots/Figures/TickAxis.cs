using OxyPlot.Axes;

namespace Engine.Plots.Figures;

/// <summary>An axis with ticks at given places: names, pitches, or frequencies on a scale of their own.</summary>
internal sealed class TickAxis : LinearAxis
{
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
        majorLabelValues = shown;
        majorTickValues = shown;
        minorTickValues = [];
    }

    /// <inheritdoc/>
    protected override string FormatValueOverride(double x)
    {
        var nearest = Array.BinarySearch(_places, x);
        return nearest >= 0 ? _labels[nearest] : "";
    }
}
