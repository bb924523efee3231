using System.Globalization;
using System.Text;

namespace Engine.Plots.Report;

/// <summary>Quotes names for a command line that is copied into a shell.</summary>
internal static class ShellWord
{
    private const string Harmless = "_-./:@%+=,~";

    /// <summary>The name as one word; characters that cannot be seen become codes, which Bash and Zsh understand.</summary>
    public static string Of(string text)
    {
        if (text.Length > 0 && text[0] != '~' && text.All(c => char.IsLetterOrDigit(c) || Harmless.Contains(c))) return text;
        if (!text.Any(IsHidden)) return $"'{text.Replace("'", "'\\''", StringComparison.Ordinal)}'";
        var word = new StringBuilder("$'");
        foreach (var c in text)
        {
            if (c is '\n' or '\t') word.Append(c == '\n' ? "\\n" : "\\t");
            else if (IsHidden(c)) word.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
            else if (c is '\\' or '\'') word.Append('\\').Append(c);
            else word.Append(c);
        }

        return word.Append('\'').ToString();
    }

    private static bool IsHidden(char c) => c is not ('\u200c' or '\u200d') && char.GetUnicodeCategory(c)
        is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator
        or UnicodeCategory.ParagraphSeparator;
}
