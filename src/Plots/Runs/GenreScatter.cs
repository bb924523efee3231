using Engine.Plots.Figures;
using OxyPlot;
using OxyPlot.Axes;
using OxyPlot.Series;

namespace Engine.Plots.Runs;

/// <summary>Points of rows in two coordinates, a colour and a shape for each genre, with a legend.</summary>
internal static class GenreScatter
{
    /// <summary>More genres than this share one grey mark: a longer legend would not fit, nor be read.</summary>
    public const int MostNamed = 40;

    private const int Width = 900, Height = 640, LineHeight = 18, Above = 130;

    /// <summary>The size without one given: high enough for the legend.</summary>
    public static FigureSize Size(FigureSize? size, IReadOnlyList<string> genres) =>
        size?.AtLeast(480, 320) ?? new(Width, Math.Max(Height, Above + LineHeight * (Named(genres).Length + 1)));

    /// <summary>A plot with two axes and the rows' marks on it.</summary>
    /// <param name="title">The heading.</param>
    /// <param name="subtitle">The lines below.</param>
    /// <param name="x">The horizontal axis.</param>
    /// <param name="y">The vertical axis.</param>
    /// <param name="points">A point for each row.</param>
    /// <param name="genres">The genre of each row; empty if it has none.</param>
    public static PlotModel Draw(
        string title, string subtitle, Axis x, Axis y, IReadOnlyList<DataPoint> points, IReadOnlyList<string> genres)
    {
        var model = Style.NewModel(title, subtitle);
        (x.Position, y.Position) = (AxisPosition.Bottom, AxisPosition.Left);
        model.Axes.Add(Style.Dress(x));
        model.Axes.Add(Style.Dress(y));
        var named = Named(genres);
        var others = genres.Distinct().Count() - named.Length;
        if (others > 0)
        {
            var isNone = named.Length == 0;
            model.Series.Add(Series(isNone ? "no genre" : $"{others} other genres", MarkerType.Circle, null, Style.Series[6], 2.5,
                points, genres, g => !named.Contains(g)));
        }

        for (var n = 0; n < named.Length; n++)
        {
            var (type, outline) = Marks.Shape(n);
            model.Series.Add(Series(Names.Short(named[n]), type, outline, Marks.Color(n), 4, points, genres, g => g == named[n]));
        }

        model.Legends.Add(Marks.Legend("genre"));
        return model;
    }

    // All of them in order of name, or the most frequent.
    private static string[] Named(IReadOnlyList<string> genres)
    {
        var counts = genres.Where(g => g.Length > 0).CountBy(g => g).ToArray();
        var kept = counts.Length <= MostNamed ? counts : [.. counts.OrderByDescending(c => c.Value)
            .ThenBy(c => c.Key, StringComparer.Ordinal).Take(MostNamed)];
        return [.. kept.Select(c => c.Key).Order(StringComparer.Ordinal)];
    }

    private static ScatterSeries Series(
        string title, MarkerType type, ScreenPoint[]? outline, OxyColor color, double size, IReadOnlyList<DataPoint> points,
        IReadOnlyList<string> genres, Predicate<string> isOne)
    {
        var isLine = Marks.IsLine(type);
        var series = new ScatterSeries
        {
            Title = title,
            MarkerType = type,
            MarkerOutline = outline,
            MarkerSize = size,
            MarkerFill = OxyColor.FromAColor(0xC0, color),
            MarkerStroke = color,
            MarkerStrokeThickness = isLine ? 1.6 : 0,
        };
        for (var p = 0; p < points.Count; p++)
        {
            if (isOne(genres[p])) series.Points.Add(new(points[p].X, points[p].Y));
        }

        return series;
    }
}
