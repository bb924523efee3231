using System.Globalization;
using Engine.Plots.Figures;

namespace Engine.Plots.Runs;

/// <summary>Names of genres, columns and recipes on axes and in legends.</summary>
internal static class Names
{
    /// <summary>Longer names are cut, in em: some 25 letters.</summary>
    public const double MostWidth = 16;

    private const char LeftToRight = '\u200E';

    /// <summary>A name, cut if it is long; control characters and line breaks become spaces.</summary>
    public static string Short(string name) => TextWidths.Cut(
        string.Concat(name.Select(c => char.IsControl(c) || c is '\u2028' or '\u2029' ? ' ' : c)), MostWidth);

    /// <summary>A name and what follows it, which stays to its right if the name is Arabic or Hebrew.</summary>
    public static string With(string name, string more) =>
        $"{Short(name)}{(name.Any(IsRightToLeft) ? LeftToRight.ToString() : "")} {more}";

    /// <summary>An axis with the names at 0.5, 1.5, …; <paramref name="fontSize"/> is in pixels.</summary>
    public static TickAxis Axis(IReadOnlyList<string> names, double fontSize = Style.FontSize) =>
        new(names.Select((name, i) => (i + 0.5, name)))
        {
            Minimum = 0,
            Maximum = names.Count,
            FontSize = fontSize,
            TitleFontSize = Style.FontSize,
        };

    /// <summary>The widest name in pixels.</summary>
    public static double Widest(IEnumerable<string> names, double fontSize = Style.FontSize) =>
        names.Select(n => TextWidths.Width(n) * fontSize).DefaultIfEmpty(0).Max();

    /// <summary>A share as per cent: "87.5 %".</summary>
    public static string Percent(double share) => (share * 100).ToString("0.#", CultureInfo.InvariantCulture) + " %";

    // Hebrew, Arabic, Syriac, Thaana, N'Ko and their presentation forms.
    private static bool IsRightToLeft(char c) => c is (>= '\u0590' and <= '\u08FF') or (>= '\uFB1D' and <= '\uFDFF')
        or (>= '\uFE70' and <= '\uFEFF');
}
