using System.Globalization;
using Engine.Classifiers;
using Engine.Pipeline.Explaining;
using Engine.Plots.Figures;
using Engine.Plots.Runs;
using OxyPlot;
using OxyPlot.Axes;

namespace Engine.Plots.Models;

/// <summary>The strongest maps of each block of a network, or of one layer, beside the window that it reads.</summary>
internal static class FeatureMapsPlot
{
    /// <summary>Maps of a block, and of a layer that is drawn alone.</summary>
    internal const int MapsOfBlock = 6, MapsOfLayer = 24;

    private const int Width = 1120, Chrome = 120, RowHeight = 112, LeastInput = 190;
    private const double InputShare = 0.27, GridFrom = 0.33, Gap = 0.05;

    /// <summary>Draws the maps of a window.</summary>
    /// <param name="heading">The model.</param>
    /// <param name="path">The recording.</param>
    /// <param name="maps">Its maps.</param>
    /// <param name="isLayer">Whether a layer was asked for; otherwise the output of each block is drawn.</param>
    /// <param name="size">The size in pixels.</param>
    /// <exception cref="EngineException">The size leaves too little height for the labels.</exception>
    public static Figure Draw(RunHeading heading, string path, FeatureMaps maps, bool isLayer, FigureSize? size)
    {
        var rows = isLayer ? MapRow.OfLayer(maps.Layers[0], MapsOfLayer, MapsOfBlock)
            : [.. Outputs(maps.Layers).Select(l => MapRow.OfBlock(l, MapsOfBlock))];
        var least = Chrome + Math.Max(rows.Count * 80, maps.Inputs.Count * 130);
        var given = size?.AtLeast(700, least) ?? new(
            Width, Math.Min(FigureSize.Largest, Chrome + Math.Max(rows.Count * RowHeight, maps.Inputs.Count * LeastInput)));
        var subtitle = string.Create(CultureInfo.InvariantCulture,
            $"{Songs.FileName.Of(path)}, {maps.Start:0.##} to {maps.End:0.##} s; below each map its channel and the mean of its "
                + $"absolute values; the strongest first");
        var model = Style.NewModel(heading.Title("Feature maps", given.Width), heading.Subtitle(given.Width, subtitle));
        AddInputs(model, maps);
        var columns = rows.Max(r => r.Channels.Count);
        model.Axes.Add(Hidden("grid-x", AxisPosition.Bottom, columns, GridFrom));
        model.Axes.Add(Hidden("grid-y", AxisPosition.Right, rows.Count, 0));
        var firstIsTop = WindowRowsAxis.FirstIsTop(maps.Inputs[0]);
        var tile = (1 - GridFrom) * (given.Width - Chrome) / columns;
        for (var r = 0; r < rows.Count; r++) rows[r].AddTo(model, rows.Count - 1 - r, (int)tile, firstIsTop);
        return new(model, given.Width, given.Height, Description(rows));
    }

    // What each block passes on: its last layer, or the last before the maps shrink to single values. What comes before the first
    // block is the input, unless there is nothing else.
    private static IEnumerable<LayerMaps> Outputs(IReadOnlyList<LayerMaps> layers)
    {
        var blocks = layers.GroupBy(l => l.Block).ToArray();
        return blocks.Where(b => b.Key > 0 || blocks.Length == 1)
            .Select(b => b.LastOrDefault(l => l.Values.Length > l.Sizes[0]) ?? b.Last());
    }

    private static void AddInputs(PlotModel model, FeatureMaps maps)
    {
        var horizontal = TimeAxis.Create(maps.Start, maps.End);
        horizontal.EndPosition = InputShare;
        model.Axes.Add(horizontal);
        var height = 1.0 / maps.Inputs.Count;
        for (var i = 0; i < maps.Inputs.Count; i++)
        {
            var top = 1 - i * height;
            InputPanel.Of(maps.Inputs[i], isWide: false).AddTo(
                model, $"panel-{i}", top - height * (1 - (i < maps.Inputs.Count - 1 ? Gap : 0)), top);
        }
    }

    private static LinearAxis Hidden(string key, AxisPosition position, int count, double start) => new()
    {
        Key = key,
        Position = position,
        Minimum = 0,
        Maximum = count,
        StartPosition = start,
        IsAxisVisible = false,
    };

    private static string Description(IReadOnlyList<MapRow> rows) =>
        $"The strongest maps of {string.Join("; ", rows.Select(r => r.Title).Distinct())}.";
}
