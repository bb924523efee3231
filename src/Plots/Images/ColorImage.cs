using OxyPlot;
using OxyPlot.Annotations;

namespace Engine.Plots.Images;

/// <summary>An image in colours of its own, as a model reads it.</summary>
internal static class ColorImage
{
    /// <summary>The image at its place, in at most 255 colours.</summary>
    /// <param name="values">Red, green and blue from 0 to 1, <c>[3, rows, columns]</c>, the top row first.</param>
    /// <param name="height">Rows.</param>
    /// <param name="width">Columns.</param>
    /// <param name="across">Where the first column begins and the last ends on the horizontal axis.</param>
    /// <param name="up">Where the last row begins and the first ends on the vertical axis.</param>
    public static ImageAnnotation Of(
        ReadOnlySpan<float> values, int height, int width, (double From, double To) across, (double From, double To) up)
    {
        var pixels = new int[height * width];
        for (var p = 0; p < pixels.Length; p++)
        {
            for (var channel = 0; channel < 3; channel++)
            {
                var part = (int)Math.Round(255 * Math.Clamp(values[channel * pixels.Length + p], 0, 1));
                pixels[p] = pixels[p] << 8 | part;
            }
        }

        var (palette, indices) = MedianCut.Of(new(width, height, pixels), PngImage.Transparent);
        OxyColor[] colors = [.. palette.Select(c => OxyColor.FromRgb((byte)(c >> 16), (byte)(c >> 8), (byte)c))];
        return new()
        {
            ImageSource = new OxyImage(PngImage.Encode(indices, width, height, colors)),
            X = new((across.From + across.To) / 2, PlotLengthUnit.Data),
            Y = new((up.From + up.To) / 2, PlotLengthUnit.Data),
            Width = new(across.To - across.From, PlotLengthUnit.Data),
            Height = new(up.To - up.From, PlotLengthUnit.Data),
            Interpolate = false,
            Layer = AnnotationLayer.BelowAxes,
        };
    }
}
