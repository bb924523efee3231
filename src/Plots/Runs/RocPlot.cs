using System.Globalization;
using Engine.Classifiers;
using Engine.Classifiers.Evaluation;
using Engine.Pipeline.Runs;
using Engine.Plots.Figures;
using OxyPlot;
using OxyPlot.Axes;
using OxyPlot.Series;

namespace Engine.Plots.Runs;

/// <summary>ROC curves of each genre against the rest, and their mean.</summary>
internal static class RocPlot
{
    private const int Width = 860, Height = 620, Above = 190, LineHeight = 18;

    private static readonly LineStyle[] s_styles =
        [LineStyle.Solid, LineStyle.Dash, LineStyle.Dot, LineStyle.DashDot, LineStyle.LongDash, LineStyle.DashDotDot];

    /// <summary>How many genres have lines of their own; of more, the mean alone is drawn.</summary>
    public static int MostGenres => Style.Series.Length * s_styles.Length;

    /// <summary>Draws the curves of everything tested.</summary>
    /// <param name="heading">The run.</param>
    /// <param name="tested">The probabilities or scores, and the true genres.</param>
    /// <param name="unit">What was tested: "tracks".</param>
    /// <param name="size">The size in pixels.</param>
    /// <exception cref="EngineException">There is no curve: everything tested has the same genre.</exception>
    public static Figure Draw(RunHeading heading, PooledRounds tested, string unit, FigureSize? size = null)
    {
        var curves = Curves(tested);
        if (curves.Count == 0)
        {
            throw new EngineException($"{heading.System}: everything tested has one genre; a ROC curve sets one genre against "
                + "others.");
        }

        var isFew = tested.Genres.Count <= MostGenres;
        var given = size?.AtLeast(480, 320) ?? new(Width, Math.Max(Height, Above + LineHeight * (isFew ? curves.Count : 1)));
        var model = Style.NewModel(heading.Title("ROC, one genre against the rest", given.Width),
            heading.Subtitle(given.Width, $"{tested.Labels.Length} {unit} tested"));
        model.Axes.Add(ShareAxis(AxisPosition.Bottom, "false positive rate"));
        model.Axes.Add(ShareAxis(AxisPosition.Left, "true positive rate"));
        model.Legends.Add(Marks.Legend("area under the curve"));
        model.Series.Add(Line([new(0, 0), new(1, 1)], "chance 0.500", Style.Series[6], LineStyle.Dash, 1));
        var macro = curves.Average(c => c.Area);
        foreach (var (genre, points, area) in isFew ? curves : [])
        {
            var style = s_styles[genre / Style.Series.Length % s_styles.Length];
            model.Series.Add(Line(points, Label(Names.Short(tested.Genres[genre]), area), Marks.Color(genre), style, 1.5));
        }

        model.Series.Add(Line(RocPoint.Mean([.. curves.Select(c => c.Points)]), Label("mean of the genres", macro), Style.Mean,
            LineStyle.Solid, 3.5));
        var missing = tested.Genres.Count - curves.Count;
        var untested = missing > 0 ? $"; {missing} genres were not tested" : "";
        var description = string.Create(CultureInfo.InvariantCulture,
            $"ROC curves of {curves.Count} genres; mean area {macro:0.000}{untested}.");
        return new(model, given.Width, given.Height, description);
    }

    private static List<(int Genre, IReadOnlyList<RocPoint> Points, double Area)> Curves(PooledRounds tested)
    {
        var curves = new List<(int, IReadOnlyList<RocPoint>, double)>();
        var (scores, positive) = (new double[tested.Labels.Length], new bool[tested.Labels.Length]);
        for (var g = 0; g < tested.Genres.Count; g++)
        {
            for (var r = 0; r < scores.Length; r++)
                (scores[r], positive[r]) = (tested.Probabilities[r, g], tested.Labels[r] == g);
            var ranking = new RankingCurves(scores, positive);
            if (ranking.Roc() is { } points) curves.Add((g, points, ranking.RocAuc()!.Value));
        }

        return curves;
    }

    private static LinearAxis ShareAxis(AxisPosition position, string title) => Style.Dress(new LinearAxis
    {
        Position = position,
        // Room for lines along the edges.
        Minimum = -0.01,
        Maximum = 1.01,
        MajorStep = 0.2,
        StringFormat = "0.0",
        Title = title,
        MajorGridlineStyle = LineStyle.Solid,
    });

    private static LineSeries Line(
        IReadOnlyList<RocPoint> points, string title, OxyColor color, LineStyle style, double thickness)
    {
        var line = new LineSeries { Title = title, Color = color, LineStyle = style, StrokeThickness = thickness };
        line.Points.AddRange(points.Select(p => new DataPoint(p.Falsely, p.Rightly)));
        return line;
    }

    private static string Label(string name, double area) =>
        Names.With(name, area.ToString("0.000", CultureInfo.InvariantCulture));
}
