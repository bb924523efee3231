using System.Globalization;
using System.Text;

namespace Engine.Plots.Images;

/// <summary>
/// Writes images as sixels (DEC, "VT330/VT340 programmer reference manual", volume 2): bands of six rows, in each band one line for
/// each colour in it, in which a character stands for the six pixels of a column.
/// </summary>
internal static class Sixel
{
    private const int Colors = 256, Band = 6, Empty = 63;

    /// <summary>The control sequence.</summary>
    public static string Encode(RgbImage image)
    {
        var (palette, indices) = MedianCut.Of(image, Colors);
        var text = new StringBuilder(image.Pixels.Length / 4);
        // 1: pixels without a colour stay as they are; then the shape of a pixel, 1:1, and the size.
        text.Append(CultureInfo.InvariantCulture, $"\eP0;1;0q\"1;1;{image.Width};{image.Height}");
        for (var c = 0; c < palette.Length; c++)
        {
            text.Append(CultureInfo.InvariantCulture,
                $"#{c};2;{Percent(palette[c] >> 16)};{Percent(palette[c] >> 8 & 255)};{Percent(palette[c] & 255)}");
        }

        for (var top = 0; top < image.Height; top += Band)
        {
            if (top > 0) text.Append('-');
            AppendBand(text, indices, image.Width, top, Math.Min(Band, image.Height - top), palette.Length);
        }

        return text.Append("\e\\").ToString();
    }

    private static void AppendBand(StringBuilder text, byte[] indices, int width, int top, int rows, int colors)
    {
        var lines = new byte[]?[colors];
        for (var row = 0; row < rows; row++)
        {
            for (var x = 0; x < width; x++)
            {
                var color = indices[(top + row) * width + x];
                (lines[color] ??= new byte[width])[x] |= (byte)(1 << row);
            }
        }

        var isFirst = true;
        for (var color = 0; color < colors; color++)
        {
            if (lines[color] is not { } line) continue;
            if (!isFirst) text.Append('$');
            isFirst = false;
            text.Append(CultureInfo.InvariantCulture, $"#{color}");
            AppendRuns(text, line);
        }
    }

    // "!12~" repeats; an empty end is left out.
    private static void AppendRuns(StringBuilder text, byte[] line)
    {
        var end = line.AsSpan().LastIndexOfAnyExcept((byte)0) + 1;
        for (var x = 0; x < end;)
        {
            var run = 1;
            while (x + run < end && line[x + run] == line[x]) run++;
            var sixel = (char)(Empty + line[x]);
            if (run > 3) text.Append(CultureInfo.InvariantCulture, $"!{run}{sixel}");
            else text.Append(sixel, run);
            x += run;
        }
    }

    private static int Percent(int value) => (value * 100 + 127) / 255;
}
