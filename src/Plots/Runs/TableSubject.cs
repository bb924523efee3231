using Engine.Pipeline.Data;
using Engine.Pipeline.Runs;
using Engine.Plots.Figures;
using Engine.Plots.Subjects;

namespace Engine.Plots.Runs;

/// <summary>Pictures of a feature table.</summary>
internal sealed class TableSubject : IPlotSubject
{
    /// <inheritdoc/>
    public string Noun => "a feature table";

    /// <inheritdoc/>
    public IReadOnlyList<PlotKind> Kinds { get; } =
    [
        new("pca", "the rows along two principal components"),
        new("lda", "the rows along two discriminants"),
        new("clusters", "the clusters of k-means among the rows"),
        new("correlation", "the correlation of every pair of columns"),
    ];

    /// <inheritdoc/>
    public IReadOnlyList<string> Standard { get; } = ["pca"];

    /// <inheritdoc/>
    public bool Stacks => false;

    /// <inheritdoc/>
    public IReadOnlyList<string> Options { get; } =
        ["--order", "--label-column", "--id-column", "--group-column", "--where", "--columns", "--labels", "--missing"];

    /// <inheritdoc/>
    public bool Fits(IReadOnlyList<string> paths) =>
        paths.Count == 1 && FeatureTable.IsName(paths[0]) && !Directory.Exists(paths[0]);

    /// <inheritdoc/>
    public Figure Draw(IReadOnlyList<string> paths, IReadOnlyList<string> kinds, PlotRequest request)
    {
        var (columns, name) = (RunColumns.OfTable(paths[0], request.Reading, request.Warn), Path.GetFileName(paths[0]));
        return kinds[0] switch
        {
            "lda" => LdaPlot.Draw(name, columns, request.Size),
            "clusters" => ClustersPlot.Draw(name, columns, request.Size),
            "correlation" => CorrelationPlot.Draw(
                name, columns, request.Order == "file" ? ColumnOrder.File : ColumnOrder.Clustered, request.Size),
            _ => PcaPlot.Draw(name, columns, request.Size),
        };
    }
}
