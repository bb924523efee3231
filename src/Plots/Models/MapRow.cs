using System.Globalization;
using Engine.Pipeline.Explaining;
using Engine.Plots.Figures;
using Engine.Plots.Images;
using OxyPlot;
using OxyPlot.Annotations;

namespace Engine.Plots.Models;

/// <summary>A row of a grid of maps: some channels of a layer on one scale.</summary>
/// <param name="layer">The layer.</param>
/// <param name="channels">Its channels, strongest first.</param>
/// <param name="title">The line above.</param>
/// <param name="scale">The lowest and highest value that is drawn of the layer, with 0 between them.</param>
internal sealed class MapRow(LayerMaps layer, IReadOnlyList<int> channels, string title, (float Low, float High) scale)
{
    // Parts of a tile's height: the row's title, the map, the map's own label.
    private const double TitleBottom = 0.83, MapTop = 0.80, MapBottom = 0.22, LabelTop = 0.19, Gap = 0.03;
    private const int SmallFont = 11;

    /// <summary>The channels, strongest first.</summary>
    public IReadOnlyList<int> Channels => channels;

    /// <summary>The line above.</summary>
    public string Title => title;

    /// <summary>The strongest channels of a block's output.</summary>
    public static MapRow OfBlock(LayerMaps layer, int most) => OfLayer(layer, most, most)[0];

    /// <summary>The strongest channels of a layer, so many in a row.</summary>
    public static IReadOnlyList<MapRow> OfLayer(LayerMaps layer, int most, int perRow)
    {
        int[] strongest = [.. layer.Strongest.Take(most)];
        var (low, high) = (0f, 0f);
        foreach (var channel in strongest)
        {
            foreach (var value in layer.Map(channel)) (low, high) = (Math.Min(low, value), Math.Max(high, value));
        }

        // Colours have 0 in their middle if there are negative values; lines need no more room than their values.
        if (low < 0 && layer.Sizes.Count > 2) (low, high) = (-Math.Max(-low, high), Math.Max(-low, high));
        if (low == high) high = 1;

        var title = $"{(layer.Block > 0 ? $"block {layer.Block}: " : "")}{layer.Path} {layer.Description}, "
            + $"output [{string.Join(", ", layer.Sizes)}]";
        return [.. strongest.Chunk(perRow).Select((c, i) => new MapRow(layer, c, i == 0 ? title : "", (low, high)))];
    }

    /// <summary>Draws the row on the axes <c>grid-x</c> and <c>grid-y</c>, where a tile is 1 by 1.</summary>
    /// <param name="model">The picture.</param>
    /// <param name="row">The row's place, from the lowest.</param>
    /// <param name="pixels">The width of a tile.</param>
    /// <param name="firstIsTop">Whether the first row of a map is its highest.</param>
    public void AddTo(PlotModel model, int row, int pixels, bool firstIsTop)
    {
        if (title.Length > 0)
        {
            var range = string.Create(CultureInfo.InvariantCulture, $"{title}; scale {scale.Low:0.###} to {scale.High:0.###}");
            AddText(model, TextWidths.Cut(range, pixels * Math.Max(3, channels.Count) / (double)Style.FontSize), Gap,
                row + TitleBottom, Style.FontSize, HorizontalAlignment.Left, VerticalAlignment.Bottom);
        }

        for (var i = 0; i < channels.Count; i++)
        {
            Annotate(model, channels[i], (i + Gap, i + 1 - Gap), (row + MapBottom, row + MapTop), pixels, firstIsTop);
            var strength = layer.Strength(channels[i]);
            AddText(model, string.Create(CultureInfo.InvariantCulture, $"{channels[i]}: {strength:G3}"), i + 0.5, row + LabelTop,
                SmallFont, HorizontalAlignment.Center, VerticalAlignment.Top);
        }
    }

    private void Annotate(
        PlotModel model, int channel, (double From, double To) across, (double From, double To) up, int pixels, bool firstIsTop)
    {
        var values = layer.Map(channel);
        var (low, high) = scale;
        if (layer.Sizes.Count == 2)
        {
            var line = SeriesLine.Of(values, across, Math.Max(20, pixels),
                v => up.From + (v - low) / (high - low) * (up.To - up.From));
            (line.XAxisKey, line.YAxisKey) = ("grid-x", "grid-y");
            model.Series.Add(line);
            model.Annotations.Add(Frame(across, up));
            return;
        }

        var image = new HeatMap(InputPanel.Upwards(values, layer.Sizes[1], firstIsTop), layer.Sizes[1], layer.Sizes[2])
        {
            Across = across,
            Up = up,
            Palette = low < 0 ? Style.Signed : Style.Sequential,
            Minimum = low,
            Maximum = high,
        }.ToAnnotation();
        (image.XAxisKey, image.YAxisKey) = ("grid-x", "grid-y");
        model.Annotations.Add(image);
    }

    private static RectangleAnnotation Frame((double From, double To) across, (double From, double To) up) => new()
    {
        MinimumX = across.From,
        MaximumX = across.To,
        MinimumY = up.From,
        MaximumY = up.To,
        Fill = OxyColors.Transparent,
        Stroke = Style.Grid,
        StrokeThickness = 1,
        XAxisKey = "grid-x",
        YAxisKey = "grid-y",
    };

    private static void AddText(
        PlotModel model, string text, double x, double y, double size, HorizontalAlignment across, VerticalAlignment up) =>
        model.Annotations.Add(new TextAnnotation
        {
            Text = text,
            TextPosition = new(x, y),
            TextHorizontalAlignment = across,
            TextVerticalAlignment = up,
            TextColor = Style.Ink,
            FontSize = size,
            StrokeThickness = 0,
            XAxisKey = "grid-x",
            YAxisKey = "grid-y",
        });
}
