using Engine.Plots.Figures;
using OxyPlot;
using OxyPlot.Annotations;
using OxyPlot.Axes;
using OxyPlot.Series;

namespace Engine.Plots.Runs;

/// <summary>A bar with an interval.</summary>
/// <param name="Name">What it is of.</param>
/// <param name="Value">Its length.</param>
/// <param name="Low">Where its interval begins.</param>
/// <param name="High">Where its interval ends.</param>
/// <param name="Text">The value as written beside it.</param>
internal sealed record Bar(string Name, double Value, double Low, double High, string Text);

/// <summary>Bars from left to right, the first on top, with intervals and values.</summary>
internal static class HorizontalBars
{
    private const int Width = 860, Chrome = 120, BarHeight = 24, SmallBarHeight = 16, Many = 30, LineHeight = 15;
    private const double Thickness = 0.68;

    /// <summary>Draws bars.</summary>
    /// <param name="title">The heading for a width.</param>
    /// <param name="subtitle">The lines below it for a width.</param>
    /// <param name="bars">The bars, from the top.</param>
    /// <param name="axis">The horizontal axis; its range is set here.</param>
    /// <param name="most">The end of the axis; null: as far as the bars and their texts reach.</param>
    /// <param name="description">What it shows.</param>
    /// <param name="size">The size in pixels; null: as high as the bars need.</param>
    public static Figure Draw(
        Func<int, string> title, Func<int, string> subtitle, IReadOnlyList<Bar> bars, LinearAxis axis, double? most,
        string description, FigureSize? size)
    {
        var isMany = bars.Count > Many;
        var fontSize = isMany ? 11 : Style.FontSize;
        // Each line of the heading takes its height from the bars.
        var lines = subtitle(Width).Count(c => c == '\n');
        var given = size?.AtLeast(420, 220) ?? new(Width, Math.Clamp(
            Chrome + lines * LineHeight + bars.Count * (isMany ? SmallBarHeight : BarHeight), 260, FigureSize.Largest));
        var low = Math.Min(0, bars.Min(b => b.Low));
        var high = Math.Max(bars.Max(b => b.High), low + 1e-9);
        (axis.Position, axis.MajorGridlineStyle) = (AxisPosition.Bottom, LineStyle.Solid);
        (axis.Minimum, axis.Maximum) = (low - (low < 0 ? 0.03 * (high - low) : 0), most ?? high + 0.12 * (high - low));

        var names = Names.Axis([.. bars.Reverse().Select(b => Names.Short(b.Name))], fontSize);
        names.MajorTickSize = 0;
        var panel = new Panel(names);
        var rectangles = new RectangleBarSeries { FillColor = Style.Series[0], StrokeThickness = 0 };
        var intervals = new LineSeries { Color = Style.Whisker, StrokeThickness = 1.6 };
        for (var b = 0; b < bars.Count; b++)
        {
            var (bar, middle) = (bars[b], bars.Count - b - 0.5);
            var (left, right) = (Math.Min(0, bar.Value), Math.Max(0, bar.Value));
            rectangles.Items.Add(new(left, middle - Thickness / 2, right, middle + Thickness / 2));
            AddInterval(intervals, bar, middle);
            panel.Add(new TextAnnotation
            {
                Text = bar.Text,
                TextPosition = new(Math.Max(bar.Value, bar.High), middle),
                Offset = new(6, 0),
                TextHorizontalAlignment = HorizontalAlignment.Left,
                TextVerticalAlignment = VerticalAlignment.Middle,
                TextColor = Style.Ink,
                FontSize = fontSize,
                StrokeThickness = 0,
            });
        }

        panel.Add(rectangles);
        panel.Add(intervals);
        var stack = new PanelStack(title(given.Width), Style.Dress(axis));
        stack.Add(panel);
        return stack.Build(given, description, subtitle(given.Width));
    }

    private static void AddInterval(LineSeries lines, Bar bar, double middle)
    {
        if (bar.High <= bar.Low) return;
        const double cap = 0.16;
        lines.Points.AddRange(
        [
            new(bar.Low, middle), new(bar.High, middle), DataPoint.Undefined,
            new(bar.Low, middle - cap), new(bar.Low, middle + cap), DataPoint.Undefined,
            new(bar.High, middle - cap), new(bar.High, middle + cap), DataPoint.Undefined,
        ]);
    }
}
