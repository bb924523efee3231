using Engine.Plots.Images;
using OxyPlot;
using OxyPlot.Annotations;
using OxyPlot.Axes;
using OxyPlot.Series;

namespace Engine.Plots.Figures;

/// <summary>One plot of a <see cref="PanelStack"/>: a vertical axis, what is drawn against it, and a colour bar if it has one.</summary>
internal sealed class Panel
{
    private const int BarColors = 64;

    private readonly List<XYAxisSeries> _series = [];
    private readonly List<Annotation> _annotations = [];
    private readonly Axis _axis;
    private LinearColorAxis? _colors;

    /// <summary>A panel with a vertical axis.</summary>
    /// <param name="axis">The axis, with its title and range.</param>
    /// <param name="share">Its height beside that of the other panels.</param>
    public Panel(Axis axis, double share = 1)
    {
        (_axis, Share) = (axis, share);
        _axis.Position = AxisPosition.Left;
    }

    /// <summary>Its height beside that of the other panels.</summary>
    public double Share { get; }

    /// <summary>Adds a line or another series.</summary>
    public void Add(XYAxisSeries series) => _series.Add(series);

    /// <summary>Adds a text, a line across or another annotation.</summary>
    public void Add(Annotation annotation) => _annotations.Add(annotation);

    /// <summary>Adds a matrix of values as colours, with a colour bar.</summary>
    /// <param name="map">The matrix and its place.</param>
    /// <param name="unit">What the colours mean, beside the bar: "dB".</param>
    public void Add(HeatMap map, string unit)
    {
        _annotations.Add(map.ToAnnotation());
        _colors = Style.Dress(new LinearColorAxis
        {
            Position = AxisPosition.Right,
            Palette = Bar(map.Palette),
            Minimum = map.Minimum,
            Maximum = map.Maximum,
            Title = unit,
            AxislineStyle = LineStyle.None,
        });
    }

    /// <summary>Puts the panel into a model, between two heights from 0 (bottom) to 1.</summary>
    internal void AddTo(PlotModel model, string key, double bottom, double top)
    {
        Place(_axis, key, bottom, top);
        model.Axes.Add(_axis);
        if (_colors is not null)
        {
            Place(_colors, key + "-colors", bottom, top);
            model.Axes.Add(_colors);
        }

        foreach (var series in _series)
        {
            series.YAxisKey = key;
            model.Series.Add(series);
        }

        foreach (var annotation in _annotations)
        {
            annotation.YAxisKey = key;
            model.Annotations.Add(annotation);
        }
    }

    // OxyPlot draws a rectangle for each colour; a bar has some 180 pixels.
    private static OxyPalette Bar(OxyPalette palette) =>
        new(palette.Colors.Where((_, c) => c % Math.Max(1, palette.Colors.Count / BarColors) == 0));

    private static void Place(Axis axis, string key, double bottom, double top) =>
        (axis.Key, axis.StartPosition, axis.EndPosition) = (key, bottom, top);
}
