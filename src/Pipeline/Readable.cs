using System.Globalization;

namespace Engine.Pipeline;

/// <summary>How results print themselves: the same in every culture.</summary>
internal static class Readable
{
    /// <summary>A probability or score.</summary>
    public static string Share(double value) => value.ToString("0.00", CultureInfo.InvariantCulture);

    /// <summary>A time from one second to another.</summary>
    public static string Span(double start, double end) =>
        string.Create(CultureInfo.InvariantCulture, $"{start:0.##}–{end:0.##} s");

    /// <summary>The first of many.</summary>
    public static string Some<T>(IReadOnlyList<T> items, int most) =>
        $"{string.Join(", ", items.Take(most))}{(items.Count > most ? ", …" : "")}";

    /// <summary>What the numbers are.</summary>
    public static string Kind(bool isCalibrated) => isCalibrated ? "(p)" : "(score)";
}
