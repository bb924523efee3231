using System.Globalization;
using System.Text;

namespace Engine.Cli.Text;

/// <summary>
/// How many columns of a terminal text takes: East Asian characters and pictures take two, combining marks none.
/// </summary>
internal static class DisplayWidth
{
    // Unicode's East_Asian_Width W and F, unassigned gaps included.
    private static readonly (int First, int Last)[] s_wide =
    [
        (0x1100, 0x115f), (0x231a, 0x231b), (0x23e9, 0x23ec), (0x25fd, 0x25fe), (0x2614, 0x2615), (0x2648, 0x2653),
        (0x26aa, 0x26ab), (0x26bd, 0x26be), (0x26c4, 0x26c5), (0x2705, 0x2705), (0x270a, 0x270b), (0x2728, 0x2728),
        (0x274c, 0x274c), (0x2753, 0x2755), (0x2757, 0x2757), (0x2795, 0x2797), (0x2b1b, 0x2b1c), (0x2b50, 0x2b50),
        (0x2e80, 0x303e), (0x3041, 0xa4cf), (0xa960, 0xa97f), (0xac00, 0xd7a3), (0xf900, 0xfaff), (0xfe10, 0xfe19),
        (0xfe30, 0xfe6f), (0xff00, 0xff60), (0xffe0, 0xffe6), (0x1f300, 0x1f320), (0x1f32d, 0x1f335), (0x1f337, 0x1f37c),
        (0x1f37e, 0x1f393), (0x1f3a0, 0x1f3ca), (0x1f3e0, 0x1f3f0), (0x1f3f8, 0x1f43e), (0x1f440, 0x1f440),
        (0x1f442, 0x1f4fc), (0x1f4ff, 0x1f53d), (0x1f54b, 0x1f54e), (0x1f550, 0x1f567), (0x1f5fb, 0x1f64f),
        (0x1f680, 0x1f6c5), (0x1f900, 0x1f9ff), (0x20000, 0x3fffd),
    ];

    /// <summary>The columns that the text takes.</summary>
    public static int Of(ReadOnlySpan<char> text)
    {
        var columns = 0;
        foreach (var rune in text.EnumerateRunes()) columns += Of(rune);
        return columns;
    }

    /// <summary>The longest beginning that fits; a character keeps its combining marks.</summary>
    public static string Beginning(string text, int columns)
    {
        var (end, used) = (0, 0);
        while (end < text.Length)
        {
            var length = StringInfo.GetNextTextElementLength(text, end);
            used += Of(text.AsSpan(end, length));
            if (used > columns) break;
            end += length;
        }

        return text[..end];
    }

    /// <summary>The text, or as much of it as fits with an ellipsis.</summary>
    public static string Shortened(string text, int columns) => Of(text) <= columns ? text : Beginning(text, columns - 1) + "…";

    /// <summary>The text with spaces after it, or before it if <paramref name="right"/>.</summary>
    public static string Pad(string text, int columns, bool right)
    {
        var spaces = new string(' ', Math.Max(0, columns - Of(text)));
        return right ? spaces + text : text + spaces;
    }

    private static int Of(Rune rune)
    {
        if (rune.Value < 0x300) return 1;
        if (Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark
            or UnicodeCategory.Format) return 0;
        return Array.Exists(s_wide, range => rune.Value >= range.First && rune.Value <= range.Last) ? 2 : 1;
    }
}
