using System.Globalization;
using Engine.Classifiers;
using Engine.Tensors.Serialization;

namespace Engine.Plots.Figures;

/// <summary>The size of a picture in pixels.</summary>
internal readonly record struct FigureSize(int Width, int Height)
{
    /// <summary>Axes and their labels need this much.</summary>
    public const int Smallest = 200;

    /// <summary>Beyond this, pictures are larger than any screen or paper.</summary>
    public const int Largest = 10_000;

    /// <summary>Reads "900x600".</summary>
    /// <exception cref="EngineException">It is not a size, or too small or too large.</exception>
    public static FigureSize Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var parts = text.Split('x', 'X', '×');
        if (parts.Length == 2 && Number(parts[0]) is { } width && Number(parts[1]) is { } height) return new(width, height);
        throw new EngineException(
            $"'{Excerpt.Of(text)}' is not a size; write WIDTHxHEIGHT in pixels, {Smallest} to {Largest} each: 900x600.");
    }

    /// <summary>This size, if labels find room in it.</summary>
    /// <exception cref="EngineException">It is smaller.</exception>
    public FigureSize AtLeast(int width, int height) => Width >= width && Height >= height ? this : throw new EngineException(
        $"{Width}x{Height} pixels are too small for this picture; give at least {width}x{height}.");

    private static int? Number(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value is >= Smallest and <= Largest
            ? value : null;
}
