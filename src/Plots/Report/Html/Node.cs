using System.Globalization;
using System.Text;

namespace Engine.Plots.Report.Html;

/// <summary>A piece of a page. Text becomes one by being escaped; there is no other way from text to markup.</summary>
internal abstract class Node
{
    /// <summary>Text, escaped.</summary>
    public static implicit operator Node(string text) => new TextNode(text);

    /// <summary>Writes the piece as HTML.</summary>
    public abstract void Write(StringBuilder html);

    /// <summary>
    /// Text that a browser shows as it is: control characters, which HTML forbids, and direction marks, which change how what
    /// follows reads, become U+FFFD. Some scripts and emoji need joiners.
    /// </summary>
    internal static string Visible(string text)
    {
        if (!text.Any(IsDangerous)) return text;
        return string.Create(text.Length, text, static (span, from) =>
        {
            for (var i = 0; i < span.Length; i++) span[i] = IsDangerous(from[i]) ? '\ufffd' : from[i];
        });
    }

    /// <summary>Writes text so that it is neither markup nor the end of an attribute.</summary>
    internal static void Escape(StringBuilder html, string text)
    {
        foreach (var c in Visible(text))
        {
            _ = c switch
            {
                '&' => html.Append("&amp;"),
                '<' => html.Append("&lt;"),
                '>' => html.Append("&gt;"),
                '"' => html.Append("&quot;"),
                '\'' => html.Append("&#39;"),
                _ => html.Append(c),
            };
        }
    }

    private static bool IsDangerous(char c) => c is not ('\n' or '\t' or '\u200c' or '\u200d') && char.GetUnicodeCategory(c)
        is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator
        or UnicodeCategory.ParagraphSeparator;

    private sealed class TextNode(string text) : Node
    {
        public override void Write(StringBuilder html) => Escape(html, text);
    }
}
