using System.Text;

namespace Engine.Plots.Figures;

/// <summary>Breaks text into lines.</summary>
internal static class Lines
{
    /// <summary>
    /// Breaks text at spaces so that no line is wider than this many em; what does not fit into the last line ends with an
    /// ellipsis.
    /// </summary>
    public static string Wrap(string text, double width, int most = 3)
    {
        var (lines, line) = (new List<string>(), new StringBuilder());
        var words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        for (var w = 0; w < words.Length; w++)
        {
            var longer = line.Length == 0 ? words[w] : $"{line} {words[w]}";
            if (line.Length > 0 && TextWidths.Width(longer) > width)
            {
                if (lines.Count == most - 1)
                {
                    line.Append(' ').AppendJoin(' ', words[w..]);
                    break;
                }

                lines.Add(TextWidths.Cut(line.ToString(), width));
                line.Clear();
            }

            if (line.Length > 0) line.Append(' ');
            line.Append(words[w]);
        }

        lines.Add(TextWidths.Cut(line.ToString(), width));
        return string.Join('\n', lines);
    }
}
