using Engine.Classifiers;
using Engine.Pipeline.Runs;
using Engine.Plots.Figures;
using OxyPlot;

namespace Engine.Plots.Runs;

/// <summary>Rows along their first two principal components.</summary>
internal static class PcaPlot
{
    /// <summary>Draws all rows.</summary>
    /// <param name="system">The run's recipe, or the table's name.</param>
    /// <param name="columns">The rows.</param>
    /// <param name="size">The size in pixels.</param>
    /// <exception cref="EngineException">There are too few rows or columns that vary.</exception>
    public static Figure Draw(string system, RunColumns columns, FigureSize? size = null)
    {
        var (_, scores, shares) = Standardized.Of(columns, "pca");
        DataPoint[] points = [.. Enumerable.Range(0, scores.Rows).Select(r => new DataPoint(scores[r, 0], scores[r, 1]))];
        var given = GenreScatter.Size(size, columns.Genres);
        var heading = new RunHeading(system, "", Leaky: false);
        var model = GenreScatter.Draw(
            heading.Title("Principal components", given.Width),
            heading.Subtitle(given.Width, $"{scores.Rows} rows of {columns.Names.Count} standardised columns"),
            RangeAxis.Around(points.Select(p => p.X), Title(1, shares)),
            RangeAxis.Around(points.Select(p => p.Y), Title(2, shares)), points, columns.Genres);
        return new(model, given.Width, given.Height,
            $"{scores.Rows} rows along two principal components with {Names.Percent(shares[0] + shares[1])} of the variance.");
    }

    /// <summary>The title of a component's axis.</summary>
    internal static string Title(int component, double[] shares) =>
        $"component {component} ({Names.Percent(shares[component - 1])} of the variance)";
}
