using Engine.Plots.Figures;
using OxyPlot;

namespace Engine.Plots.Output;

/// <summary>
/// Draws a model as SVG. OxyPlot places the lower edge of a text where SVG wants its base line, which lies higher by the part of
/// letters such as g that hangs below; this one moves texts up by it.
/// </summary>
internal sealed class SvgContext : SvgRenderContext
{
    // Inkscape and librsvg know dominant-baseline only in part.
    private const bool PlacesByHeight = true;

    // Of a line of TextWidths.LineHeight, in em.
    private const double BelowBaseline = 0.27;

    private static readonly TextWidths s_widths = new();

    /// <summary>Starts an element of this size.</summary>
    public SvgContext(Stream stream, Figure figure)
        : base(stream, figure.Width, figure.Height, isDocument: false, s_widths, figure.Model.Background, PlacesByHeight)
    {
    }

    /// <inheritdoc/>
    public override void DrawText(
        ScreenPoint p, string text, OxyColor c, string fontFamily, double fontSize, double fontWeight, double rotate,
        HorizontalAlignment halign, VerticalAlignment valign, OxySize? maxSize)
    {
        var (sin, cos) = Math.SinCos(rotate * Math.PI / 180);
        var up = BelowBaseline * fontSize;
        base.DrawText(new(p.X + sin * up, p.Y - cos * up), text, c, fontFamily, fontSize, fontWeight, rotate, halign, valign,
            maxSize);
    }
}
