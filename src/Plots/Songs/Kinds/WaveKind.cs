using Engine.Plots.Figures;
using OxyPlot;
using OxyPlot.Axes;
using OxyPlot.Series;

namespace Engine.Plots.Songs.Kinds;

/// <summary>The wave form: the line through the samples if they are few, else their range in each column.</summary>
internal sealed class WaveKind : ISongKind
{
    private const int MostPoints = 2 * ColumnGrid.Most;

    /// <inheritdoc/>
    public string Name => "wave";

    /// <inheritdoc/>
    public string Summary => "wave form";

    /// <inheritdoc/>
    public IReadOnlyList<Panel> Draw(Song song)
    {
        var (series, peak) = song.Samples.Length <= MostPoints ? Line(song) : Envelope(song);
        var limit = Limit(peak);
        var panel = new Panel(Style.Dress(new LinearAxis
        {
            Title = "amplitude",
            Minimum = -limit,
            Maximum = limit,
            MajorGridlineStyle = LineStyle.Solid,
        }), 0.7);
        panel.Add(series);
        return [panel];
    }

    // Full scale, or, for quiet recordings, a round number.
    private static double Limit(float peak)
    {
        if (peak is 0 or > 1) return Math.Max(1, peak * 1.02);
        var power = Math.Pow(10, Math.Ceiling(Math.Log10(peak)));
        return new[] { 0.2, 0.5, 1 }.Select(share => share * power).First(limit => limit >= peak);
    }

    private static (XYAxisSeries Series, float Peak) Line(Song song)
    {
        var samples = new float[song.Samples.Length];
        song.Samples.Read(0, samples);
        var line = new LineSeries { StrokeThickness = 1, Color = Style.Series[0] };
        for (var i = 0; i < samples.Length; i++) line.Points.Add(new(song.From + (double)i / song.SampleRate, samples[i]));
        return (line, samples.Max(Math.Abs));
    }

    private static (XYAxisSeries Series, float Peak) Envelope(Song song)
    {
        var columns = new ColumnGrid(song.Samples.Length);
        var (low, high) = (new float[columns.Count], new float[columns.Count]);
        Array.Fill(low, float.PositiveInfinity);
        Array.Fill(high, float.NegativeInfinity);
        foreach (var (first, block) in song.Blocks())
        {
            var samples = block.Span;
            for (var i = 0; i < samples.Length;)
            {
                var c = columns.Of(first + i);
                var end = (int)Math.Min(columns.End(c) - first, samples.Length);
                foreach (var sample in samples[i..end])
                    (low[c], high[c]) = (Math.Min(low[c], sample), Math.Max(high[c], sample));
                i = end;
            }
        }

        var color = Style.Series[0];
        var area = new AreaSeries { StrokeThickness = 0.5, Color = color, Color2 = color, Fill = color };
        for (var c = 0; c < columns.Count; c++)
        {
            var time = song.From + columns.Middle(c) / song.SampleRate;
            area.Points.Add(new(time, high[c]));
            area.Points2.Add(new(time, low[c]));
        }

        return (area, Math.Max(high.Max(), -low.Min()));
    }
}
