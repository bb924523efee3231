using System.Globalization;
using Engine.Classifiers;
using Engine.Classifiers.Clustering;
using Engine.Pipeline.Runs;
using Engine.Plots.Figures;
using OxyPlot;
using OxyPlot.Annotations;
using OxyPlot.Series;

namespace Engine.Plots.Runs;

/// <summary>
/// The clusters of k-means, as many as there are genres, seen along two principal components: a line joins each row to the
/// numbered centre of its cluster.
/// </summary>
internal static class ClustersPlot
{
    private const int WithoutGenres = 8, MostLarge = 15;

    /// <summary>Draws all rows.</summary>
    /// <param name="system">The run's recipe, or the table's name.</param>
    /// <param name="columns">The rows.</param>
    /// <param name="size">The size in pixels.</param>
    /// <exception cref="EngineException">There are too few rows or columns that vary.</exception>
    public static Figure Draw(string system, RunColumns columns, FigureSize? size = null)
    {
        var (values, scores, shares) = Standardized.Of(columns, "clusters");
        string[] genres = [.. columns.Genres.Where(g => g.Length > 0).Distinct().Order(StringComparer.Ordinal)];
        var count = Math.Min(genres.Length < 2 ? WithoutGenres : genres.Length, values.Rows);
        var means = KMeans.Fit(values, new KMeansOptions { Clusters = count });
        DataPoint[] points = [.. Enumerable.Range(0, scores.Rows).Select(r => new DataPoint(scores[r, 0], scores[r, 1]))];
        var centers = Enumerable.Range(0, count).Select(c => Center(points, means.Labels, c)).ToArray();
        var given = GenreScatter.Size(size, columns.Genres);
        var heading = new RunHeading(system, "", Leaky: false);
        var remark = Remark(columns, genres, values, means.Labels, count);
        var model = GenreScatter.Draw(
            heading.Title("Clusters of k-means", given.Width), heading.Subtitle(given.Width, remark),
            RangeAxis.Around(points.Select(p => p.X), PcaPlot.Title(1, shares)),
            RangeAxis.Around(points.Select(p => p.Y), PcaPlot.Title(2, shares)), points, columns.Genres);
        model.Series.Insert(0, Spokes(points, means.Labels, centers));
        for (var c = 0; c < count; c++) AddNumber(model, c + 1, centers[c], isMany: count > MostLarge);
        return new(model, given.Width, given.Height, $"{remark}.");
    }

    private static DataPoint Center(DataPoint[] points, int[] clusters, int cluster)
    {
        var own = points.Where((_, r) => clusters[r] == cluster).ToArray();
        return own.Length == 0 ? DataPoint.Undefined : new(own.Average(p => p.X), own.Average(p => p.Y));
    }

    private static LineSeries Spokes(DataPoint[] points, int[] clusters, DataPoint[] centers)
    {
        var spokes = new LineSeries
        {
            Color = OxyColor.FromAColor(0x60, Style.Series[6]),
            StrokeThickness = 0.8,
            RenderInLegend = false,
        };
        for (var r = 0; r < points.Length; r++) spokes.Points.AddRange([points[r], centers[clusters[r]], DataPoint.Undefined]);
        return spokes;
    }

    private static void AddNumber(PlotModel model, int number, DataPoint center, bool isMany)
    {
        if (!center.IsDefined()) return;
        model.Annotations.Add(new PointAnnotation
        {
            X = center.X,
            Y = center.Y,
            Shape = MarkerType.Circle,
            Size = isMany ? 7 : 9,
            Fill = OxyColors.White,
            Stroke = OxyColors.Black,
            StrokeThickness = 1,
            Text = number.ToString(CultureInfo.InvariantCulture),
            TextColor = OxyColors.Black,
            TextHorizontalAlignment = HorizontalAlignment.Center,
            TextVerticalAlignment = VerticalAlignment.Middle,
            TextMargin = 0,
            FontSize = isMany ? 9 : 11,
            FontWeight = FontWeights.Bold,
        });
    }

    private static string Remark(RunColumns columns, string[] genres, FeatureMatrix values, int[] clusters, int count)
    {
        var used = clusters.Distinct().Count();
        var silhouette = used > 1 && used < values.Rows ? ClusterMetrics.Silhouette(values, clusters) : (double?)null;
        var text = $"{count} clusters of {values.Rows} rows of {columns.Names.Count} standardised columns";
        if (silhouette is { } width) text += string.Create(CultureInfo.InvariantCulture, $"; silhouette {width:0.000}");
        if (genres.Length < 2 || columns.Genres.Contains("")) return text;
        int[] labels = [.. columns.Genres.Select(g => Array.IndexOf(genres, g))];
        return text + string.Create(CultureInfo.InvariantCulture,
            $"; adjusted Rand index with the genres {ClusterMetrics.AdjustedRand(labels, clusters):0.000}");
    }
}
