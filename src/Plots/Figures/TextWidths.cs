using System.Globalization;
using System.Text;
using OxyPlot;

namespace Engine.Plots.Figures;

/// <summary>
/// Measures text as wide as the widest of the fonts it may be drawn with, so that nothing overlaps or is cut: advance widths of
/// DejaVu Sans in em, by kind of letter; a full em for Chinese, Japanese, Korean and symbols.
/// </summary>
internal sealed class TextWidths : ClippingRenderContext
{
    private const double LineHeight = 1.25;

    /// <inheritdoc/>
    public override OxySize MeasureText(string text, string fontFamily, double fontSize, double fontWeight)
    {
        if (string.IsNullOrEmpty(text)) return OxySize.Empty;
        var lines = text.Split('\n');
        var bold = fontWeight > 500 ? 1.1 : 1;
        return new(lines.Max(Width) * fontSize * bold, lines.Length * fontSize * LineHeight);
    }

    /// <summary>The width of a line in em.</summary>
    public static double Width(string line)
    {
        var width = 0.0;
        foreach (var rune in line.EnumerateRunes()) width += Width(rune);
        return width;
    }

    /// <summary>The text, cut to a width in em with an ellipsis; surrogates and combining marks stay whole.</summary>
    public static string Cut(string text, double width)
    {
        if (Width(text) <= width) return text;
        var kept = new StringBuilder();
        var used = Width("…");
        var elements = StringInfo.GetTextElementEnumerator(text);
        while (elements.MoveNext())
        {
            var element = elements.GetTextElement();
            used += Width(element);
            if (used > width) break;
            kept.Append(element);
        }

        return kept.Append('…').ToString();
    }

    private static double Width(Rune rune) => Rune.GetUnicodeCategory(rune) switch
    {
        UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark or UnicodeCategory.Format => 0,
        _ when rune.Value >= 0x2E80 => 1,
        _ when "ijl.,:;|!'` ".Contains((char)rune.Value) => 0.33,
        _ when "frt()[]{}/\\-\"".Contains((char)rune.Value) => 0.42,
        _ when "mwMWQO@%—".Contains((char)rune.Value) => 0.97,
        UnicodeCategory.UppercaseLetter => 0.72,
        _ => 0.64,
    };

    /// <inheritdoc/>
    public override void DrawEllipse(
        OxyRect rect, OxyColor fill, OxyColor stroke, double thickness, EdgeRenderingMode edgeRenderingMode)
    {
    }

    /// <inheritdoc/>
    public override void DrawLine(
        IList<ScreenPoint> points, OxyColor stroke, double thickness, EdgeRenderingMode edgeRenderingMode, double[] dashArray,
        LineJoin lineJoin)
    {
    }

    /// <inheritdoc/>
    public override void DrawPolygon(
        IList<ScreenPoint> points, OxyColor fill, OxyColor stroke, double thickness, EdgeRenderingMode edgeRenderingMode,
        double[] dashArray, LineJoin lineJoin)
    {
    }

    /// <inheritdoc/>
    public override void DrawRectangle(
        OxyRect rectangle, OxyColor fill, OxyColor stroke, double thickness, EdgeRenderingMode edgeRenderingMode)
    {
    }

    /// <inheritdoc/>
    public override void DrawText(
        ScreenPoint p, string text, OxyColor fill, string fontFamily, double fontSize, double fontWeight, double rotation,
        HorizontalAlignment horizontalAlignment, VerticalAlignment verticalAlignment, OxySize? maxSize)
    {
    }

    /// <inheritdoc/>
    public override void DrawImage(
        OxyImage source, double srcX, double srcY, double srcWidth, double srcHeight, double destX, double destY,
        double destWidth, double destHeight, double opacity, bool interpolate)
    {
    }

    /// <inheritdoc/>
    protected override void SetClip(OxyRect clippingRectangle)
    {
    }

    /// <inheritdoc/>
    protected override void ResetClip()
    {
    }
}
