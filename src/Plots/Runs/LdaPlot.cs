using Engine.Classifiers;
using Engine.Classifiers.Decomposition;
using Engine.Pipeline.Runs;
using Engine.Plots.Figures;
using OxyPlot;

namespace Engine.Plots.Runs;

/// <summary>
/// Rows along the two directions that separate the genres best. Those of a run are learned from its training rows, and only
/// tested rows are drawn: the rows that they were learned from always look better apart.
/// </summary>
internal static class LdaPlot
{
    /// <summary>Draws the tested rows of a run, or all rows of a table.</summary>
    /// <param name="system">The run's recipe, or the table's name.</param>
    /// <param name="columns">The rows.</param>
    /// <param name="size">The size in pixels.</param>
    /// <exception cref="EngineException">There are fewer than two genres, or too few rows.</exception>
    public static Figure Draw(string system, RunColumns columns, FigureSize? size = null)
    {
        string[] genres = [.. columns.Genres.Distinct().Order(StringComparer.Ordinal)];
        if (genres.Length < 2 || genres[0].Length == 0)
        {
            var found = genres[0].Length == 0 ? "rows without a genre" : $"only the genre {Names.Short(genres[0])}";
            throw new EngineException($"{columns.Source}: has {found}; lda separates genres and needs two, named for every row.");
        }

        int[] all = [.. Enumerable.Range(0, columns.Values.Rows)];
        var (learned, drawn) = (columns.Learned ?? all, columns.Tested ?? all);
        var lda = new LdaProjection();
        try
        {
            int[] truth = [.. learned.Select(r => Array.IndexOf(genres, columns.Genres[r]))];
            lda.Fit(columns.Values.Select(learned), truth, genres.Length);
        }
        catch (EngineException e)
        {
            throw new EngineException($"{columns.Source}: {e.Message}", e);
        }

        var (scores, shares) = (lda.Transform(columns.Values.Select(drawn)), lda.ExplainedVarianceRatio);
        string[] labels = [.. drawn.Select(r => columns.Genres[r])];
        var isFlat = scores.Columns == 1;
        DataPoint[] points = [.. Enumerable.Range(0, scores.Rows).Select(
            r => new DataPoint(scores[r, 0], isFlat ? Beside(r, Array.IndexOf(genres, labels[r])) : scores[r, 1]))];
        var given = GenreScatter.Size(size, labels);
        var heading = new RunHeading(system, "", Leaky: false);
        var remark = columns.Learned is null
            ? $"learned from the {drawn.Length} rows drawn, which therefore look better apart than new ones would"
            : $"learned from {learned.Length} training rows; the {drawn.Length} tested rows are drawn";
        var model = GenreScatter.Draw(
            heading.Title("Linear discriminants", given.Width), heading.Subtitle(given.Width, remark),
            RangeAxis.Around(points.Select(p => p.X), Title(1, shares)),
            isFlat ? GenreRows(genres) : RangeAxis.Around(points.Select(p => p.Y), Title(2, shares)), points, labels);
        var along = isFlat ? "the only direction that separates" : "the two directions that best separate";
        return new(model, given.Width, given.Height, $"{drawn.Length} rows along {along} {genres.Length} genres.");
    }

    // One direction: a row of marks for each genre, spread a little so that none hides another.
    private static double Beside(int row, int genre) => genre + 0.5 + 0.5 * (row * 0.618034 % 1 - 0.5);

    private static TickAxis GenreRows(string[] genres) => Names.Axis([.. genres.Select(Names.Short)]);

    private static string Title(int direction, double[] shares) =>
        $"discriminant {direction} ({Names.Percent(shares[direction - 1])} of the variance between genres)";
}
