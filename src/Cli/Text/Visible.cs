using System.Buffers;
using System.Globalization;
using System.Text;
using Engine.Plots.Report;

namespace Engine.Cli.Text;

/// <summary>
/// Makes text safe to display. Names of files, genres, labels and recipes are untrusted: a terminal obeys control characters,
/// and direction marks change what a reader sees. Both are escaped as in JSON, such as <c>\u001b</c>, so that JSON keeps its
/// meaning.
/// </summary>
internal static class Visible
{
    // Characters that never need an escape; most texts have no others.
    private static readonly SearchValues<char> s_plain =
        SearchValues.Create([.. Enumerable.Range(' ', 0x7f - ' ').Select(c => (char)c)]);

    /// <summary>Text of several lines: line feeds and tabs stay.</summary>
    public static string Text(string text) => Escape(text, oneLine: false);

    /// <summary>A name or message within a line: line feeds and tabs are escaped, too.</summary>
    public static string Line(string text) => Escape(text, oneLine: true);

    /// <summary>A name quoted as a shell argument, for command lines to copy.</summary>
    public static string Argument(string text) => ShellWord.Of(text);

    private static string Escape(string text, bool oneLine)
    {
        if (!text.AsSpan().ContainsAnyExcept(s_plain)) return text;
        var safe = new StringBuilder(text.Length + 16);
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (char.IsHighSurrogate(c) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
            {
                var pair = text.AsSpan(i++, 2);
                if (CharUnicodeInfo.GetUnicodeCategory(char.ConvertToUtf32(pair[0], pair[1])) == UnicodeCategory.Format)
                    AppendCode(safe, pair);
                else safe.Append(pair);
            }
            else if (char.IsSurrogate(c))
            {
                safe.Append('\ufffd');
            }
            else if (c == '\n' || c == '\t' || (c == '\r' && i + 1 < text.Length && text[i + 1] == '\n'))
            {
                if (oneLine) safe.Append(c switch { '\n' => "\\n", '\t' => "\\t", _ => "\\r" });
                else safe.Append(c);
            }
            else if (IsDangerous(c))
            {
                AppendCode(safe, [c]);
            }
            else
            {
                safe.Append(c);
            }
        }

        return safe.ToString();
    }

    private static void AppendCode(StringBuilder safe, ReadOnlySpan<char> units)
    {
        foreach (var unit in units) safe.Append(CultureInfo.InvariantCulture, $"\\u{(int)unit:x4}");
    }

    // Some scripts and emoji need joiners.
    private static bool IsDangerous(char c) => c is not ('\u200c' or '\u200d') && char.GetUnicodeCategory(c)
        is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator
        or UnicodeCategory.ParagraphSeparator;
}
