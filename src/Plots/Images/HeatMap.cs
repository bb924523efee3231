using OxyPlot;
using OxyPlot.Annotations;

namespace Engine.Plots.Images;

/// <summary>
/// A matrix of values as an image. It is brought to about the size it is shown at before it is encoded: several columns a pixel
/// are averaged, few are repeated, so that every viewer draws it alike.
/// </summary>
internal sealed class HeatMap
{
    private const int MostColumns = 1600, MostRows = 512, Sharp = 400;

    private readonly float[] _values;

    /// <summary>A matrix, the lowest row first.</summary>
    /// <param name="values">Values [rows, columns], row by row; NaN is transparent.</param>
    /// <param name="rows">How many rows.</param>
    /// <param name="columns">How many columns.</param>
    public HeatMap(float[] values, int rows, int columns)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(values.Length, rows * columns);
        (_values, Rows, Columns) = (values, rows, columns);
        var (low, high) = (float.PositiveInfinity, float.NegativeInfinity);
        foreach (var value in values)
        {
            if (!float.IsFinite(value)) continue;
            (low, high) = (Math.Min(low, value), Math.Max(high, value));
        }

        // One value, or none: a range that has a middle.
        if (low > high) (low, high) = (0, 1);
        else if (low == high) (low, high) = (low - 0.5f, high + 0.5f);
        (Minimum, Maximum) = (low, high);
    }

    /// <summary>Rows of the matrix.</summary>
    public int Rows { get; }

    /// <summary>Columns of the matrix.</summary>
    public int Columns { get; }

    /// <summary>Where its first column begins and its last ends on the horizontal axis.</summary>
    public required (double From, double To) Across { get; init; }

    /// <summary>Where its first row begins and its last ends on the vertical axis.</summary>
    public required (double From, double To) Up { get; init; }

    /// <summary>The colours from the lowest to the highest value.</summary>
    public required OxyPalette Palette { get; init; }

    /// <summary>The value of the first colour; the matrix's lowest unless set.</summary>
    public double Minimum { get; init; }

    /// <summary>The value of the last colour; the matrix's highest unless set.</summary>
    public double Maximum { get; init; }

    /// <summary>The colour of a value.</summary>
    public OxyColor ColorOf(double value) => Palette.Colors[IndexOf(value)];

    /// <summary>The image at its place.</summary>
    internal ImageAnnotation ToAnnotation() => new()
    {
        ImageSource = new OxyImage(ToPng()),
        X = new((Across.From + Across.To) / 2, PlotLengthUnit.Data),
        Y = new((Up.From + Up.To) / 2, PlotLengthUnit.Data),
        Width = new(Across.To - Across.From, PlotLengthUnit.Data),
        Height = new(Up.To - Up.From, PlotLengthUnit.Data),
        Interpolate = false,
        Layer = AnnotationLayer.BelowAxes,
    };

    /// <summary>The image as PNG, the last row on top.</summary>
    internal byte[] ToPng()
    {
        var (width, height) = (Pixels(Columns, MostColumns), Pixels(Rows, MostRows));
        var pixels = new byte[width * height];
        for (var y = 0; y < height; y++)
        {
            var rows = Span(height - 1 - y, height, Rows);
            for (var x = 0; x < width; x++) pixels[y * width + x] = IndexAt(rows, Span(x, width, Columns));
        }

        return PngImage.Encode(pixels, width, height, Palette.Colors);
    }

    // Few rows or columns are repeated a whole number of times, many are averaged.
    private static int Pixels(int count, int most) => count >= most ? most : count >= Sharp ? count : count * (Sharp / count);

    // The rows or columns that a pixel shows, at least one.
    private static (int From, int To) Span(int pixel, int pixels, int count)
    {
        var from = (int)((long)pixel * count / pixels);
        return (from, Math.Max(from + 1, (int)((long)(pixel + 1) * count / pixels)));
    }

    private byte IndexAt((int From, int To) rows, (int From, int To) columns)
    {
        var (sum, count) = (0.0, 0);
        for (var row = rows.From; row < rows.To; row++)
        {
            for (var column = columns.From; column < columns.To; column++)
            {
                var value = _values[row * Columns + column];
                if (float.IsNaN(value)) continue;
                sum += value;
                count++;
            }
        }

        return count == 0 ? PngImage.Transparent : (byte)IndexOf(sum / count);
    }

    // One colour less than the palette has entries: the last is kept for what is not a number.
    private int IndexOf(double value)
    {
        var share = (value - Minimum) / (Maximum - Minimum);
        return (int)Math.Clamp(share * PngImage.Transparent, 0, PngImage.Transparent - 1);
    }
}
