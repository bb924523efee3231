using Engine.Plots.Figures;
using OxyPlot;
using OxyPlot.Axes;
using OxyPlot.Series;

namespace Engine.Plots.Songs;

/// <summary>
/// One value a frame, drawn as a line: each value, or, of a long recording, the mean of each column within a band from its lowest
/// value to its highest.
/// </summary>
internal sealed class Curve
{
    private readonly ColumnGrid _columns;
    private readonly double[] _sums;
    private readonly float[] _low, _high;

    /// <summary>A curve of so many frames.</summary>
    public Curve(int frames)
    {
        _columns = new(frames);
        (_sums, _low, _high) = (new double[_columns.Count], new float[_columns.Count], new float[_columns.Count]);
        Array.Fill(_low, float.PositiveInfinity);
        Array.Fill(_high, float.NegativeInfinity);
    }

    /// <summary>Sets the value of a frame, each once.</summary>
    public void Add(int frame, float value)
    {
        var c = _columns.Of(frame);
        _sums[c] += value;
        (_low[c], _high[c]) = (Math.Min(_low[c], value), Math.Max(_high[c], value));
    }

    /// <summary>A panel whose axis begins at 0.</summary>
    public Panel PanelFromZero(Song song, string title)
    {
        var highest = _high.Max();
        var panel = new Panel(Style.Dress(new LinearAxis
        {
            Title = title,
            Minimum = 0,
            Maximum = highest > 0 ? highest * 1.05 : 1,
            MajorGridlineStyle = LineStyle.Solid,
        }), 0.7);
        AddTo(panel, song);
        return panel;
    }

    /// <summary>Draws it.</summary>
    /// <param name="panel">Where.</param>
    /// <param name="song">The recording.</param>
    /// <param name="place">The place of a value on the vertical axis; null: the value itself.</param>
    public void AddTo(Panel panel, Song song, Func<double, double>? place = null)
    {
        place ??= value => value;
        var color = Style.Series[0];
        if (_columns.Averages)
        {
            var band = new AreaSeries { StrokeThickness = 0, Color = color, Fill = OxyColor.FromAColor(70, color) };
            for (var c = 0; c < _columns.Count; c++)
            {
                band.Points.Add(new(Time(c), place(_low[c])));
                band.Points2.Add(new(Time(c), place(_high[c])));
            }

            panel.Add(band);
        }

        var line = new LineSeries { StrokeThickness = 1.2, Color = color };
        for (var c = 0; c < _columns.Count; c++) line.Points.Add(new(Time(c), place(_sums[c] / _columns.FramesOf(c))));
        // One frame is the whole recording.
        if (_columns.Count == 1) line.Points.Add(new(song.To, line.Points[0].Y));
        panel.Add(line);

        double Time(int column) => song.From + _columns.Middle(column) * song.Hop;
    }
}
