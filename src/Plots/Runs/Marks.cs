using Engine.Plots.Figures;
using OxyPlot;
using OxyPlot.Legends;

namespace Engine.Plots.Runs;

/// <summary>
/// A colour and a shape for each genre. Eight colours and nine shapes: no two of 72 genres look alike, and neighbours differ in
/// both, so that a genre can be told without its colour.
/// </summary>
internal static class Marks
{
    private const double Half = 0.9;

    // Built into OxyPlot, and a triangle on its tip and an hourglass of our own.
    private static readonly (MarkerType Type, ScreenPoint[]? Outline)[] s_shapes =
    [
        (MarkerType.Circle, null), (MarkerType.Square, null), (MarkerType.Triangle, null), (MarkerType.Plus, null),
        (MarkerType.Diamond, null), (MarkerType.Custom, [new(-Half, -Half), new(Half, -Half), new(0, Half)]),
        (MarkerType.Cross, null), (MarkerType.Custom, [new(-Half, -Half), new(Half, -Half), new(-Half, Half), new(Half, Half)]),
        (MarkerType.Star, null),
    ];

    /// <summary>How many genres are told apart.</summary>
    public static int Most => Style.Series.Length * s_shapes.Length;

    /// <summary>The colour of a genre.</summary>
    public static OxyColor Color(int genre) => Style.Series[genre % Style.Series.Length];

    /// <summary>The shape of a genre; with an outline if it is a custom one.</summary>
    public static (MarkerType Type, ScreenPoint[]? Outline) Shape(int genre) => s_shapes[genre % s_shapes.Length];

    /// <summary>Whether a shape is drawn by its stroke alone.</summary>
    public static bool IsLine(MarkerType type) => type is MarkerType.Plus or MarkerType.Cross or MarkerType.Star;

    /// <summary>A legend to the right of the plot.</summary>
    public static Legend Legend(string? title = null) => new()
    {
        LegendPlacement = LegendPlacement.Outside,
        LegendPosition = LegendPosition.RightTop,
        LegendOrientation = LegendOrientation.Vertical,
        LegendTitle = title,
        LegendTitleFontSize = Style.FontSize,
        LegendTitleColor = Style.Ink,
        LegendTextColor = Style.Ink,
        LegendFontSize = Style.FontSize,
        LegendBorderThickness = 0,
        LegendMargin = 6,
        LegendPadding = 4,
        LegendLineSpacing = 2,
        LegendSymbolLength = 18,
    };
}
