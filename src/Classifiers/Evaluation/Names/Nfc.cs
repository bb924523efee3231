using System.ComponentModel;
using System.Text;

namespace Engine.Classifiers.Evaluation.Names;

/// <summary>
/// Composes text to Unicode normalization form C, so a name typed on Linux equals the same name from a Mac. We do it ourselves
/// because <see cref="string.Normalize()"/> returns its argument unchanged when the runtime has no ICU, as in Engine.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class Nfc
{
    private const int HangulBase = 0xAC00, LeadBase = 0x1100, VowelBase = 0x1161, TailBase = 0x11A7;
    private const int Leads = 19, Vowels = 21, Tails = 28, Syllables = Leads * Vowels * Tails;

    // No character below this is a mark or composes with the preceding one.
    private const char FirstMark = '\u0300';

    private static readonly Dictionary<char, (char First, char Second)> s_parts = [];
    private static readonly Dictionary<(char First, char Second), char> s_whole = [];

    static Nfc()
    {
        for (var i = 0; i < NfcTable.TakenApart.Length; i += 3)
        {
            s_parts[NfcTable.TakenApart[i]] = (NfcTable.TakenApart[i + 1], NfcTable.TakenApart[i + 2]);
        }

        for (var i = 0; i < NfcTable.Composed.Length; i += 3)
        {
            var (whole, pair) = (NfcTable.Composed[i], (NfcTable.Composed[i + 1], NfcTable.Composed[i + 2]));
            s_parts[whole] = pair;
            s_whole[pair] = whole;
        }
    }

    /// <summary>The text, composed.</summary>
    public static string Compose(string text)
    {
        if (!text.AsSpan().ContainsAnyInRange(FirstMark, char.MaxValue)) return text;
        var apart = new StringBuilder(text.Length + 16);
        foreach (var c in text) TakeApart(c, apart);
        var marks = SortMarks(apart);
        return Join(apart, marks);
    }

    private static void TakeApart(char c, StringBuilder result)
    {
        var syllable = c - HangulBase;
        if (syllable is >= 0 and < Syllables)
        {
            result.Append((char)(LeadBase + syllable / (Vowels * Tails))).Append((char)(VowelBase + syllable / Tails % Vowels));
            if (syllable % Tails > 0) result.Append((char)(TailBase + syllable % Tails));
            return;
        }

        if (!s_parts.TryGetValue(c, out var parts))
        {
            result.Append(c);
            return;
        }

        TakeApart(parts.First, result);
        if (parts.Second != '\0') TakeApart(parts.Second, result);
    }

    // Sorts each run of marks by class; marks of one class keep their order.
    private static byte[] SortMarks(StringBuilder text)
    {
        var classes = new byte[text.Length];
        for (var i = 0; i < classes.Length; i++)
        {
            var (c, order) = (text[i], Class(text[i]));
            var to = i;
            for (; order > 0 && to > 0 && classes[to - 1] > order; to--)
            {
                (text[to], classes[to]) = (text[to - 1], classes[to - 1]);
            }

            (text[to], classes[to]) = (c, order);
        }

        return classes;
    }

    private static string Join(StringBuilder text, byte[] classes)
    {
        var result = new StringBuilder(text.Length);
        var (starter, last) = (-1, 0);
        for (var i = 0; i < text.Length; i++)
        {
            var (c, order) = (text[i], classes[i]);
            // A mark of the same or a higher class in between blocks composition.
            var adjoins = starter >= 0 && (result.Length == starter + 1 || (last < order && last > 0));
            if (adjoins && Whole(result[starter], c) is { } whole)
            {
                result[starter] = whole;
                continue;
            }

            if (order == 0) starter = result.Length;
            last = order;
            result.Append(c);
        }

        return result.ToString();
    }

    private static char? Whole(char first, char second)
    {
        var (lead, vowel) = (first - LeadBase, second - VowelBase);
        if (lead is >= 0 and < Leads && vowel is >= 0 and < Vowels) return (char)(HangulBase + (lead * Vowels + vowel) * Tails);
        var (syllable, tail) = (first - HangulBase, second - TailBase);
        if (syllable is >= 0 and < Syllables && syllable % Tails == 0 && tail is > 0 and < Tails) return (char)(first + tail);
        return s_whole.TryGetValue((first, second), out var whole) ? whole : null;
    }

    private static byte Class(char c)
    {
        var (low, high) = (0, NfcTable.Marks.Length / 3 - 1);
        while (low <= high)
        {
            var middle = (low + high) / 2;
            if (c < NfcTable.Marks[3 * middle]) high = middle - 1;
            else if (c > NfcTable.Marks[3 * middle + 1]) low = middle + 1;
            else return (byte)NfcTable.Marks[3 * middle + 2];
        }

        return 0;
    }
}
