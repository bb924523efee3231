namespace Engine.Cli.Text;

/// <summary>Breaks text into lines that fit into a number of columns.</summary>
internal static class Folding
{
    /// <summary>
    /// The lines, broken at spaces, after slashes and after the dots of keys; a piece that is longer than a line is cut, after a
    /// hyphen if it can be.
    /// </summary>
    public static IReadOnlyList<string> Lines(string text, int columns)
    {
        if (DisplayWidth.Of(text) <= columns) return [text];
        var lines = new List<string>();
        var line = "";
        foreach (var piece in Pieces(text))
        {
            if (DisplayWidth.Of(line) + DisplayWidth.Of(piece.TrimEnd(' ')) <= columns)
            {
                line += piece;
                continue;
            }

            if (line.Length > 0) lines.Add(line.TrimEnd(' '));
            line = piece;
            while (DisplayWidth.Of(line.TrimEnd(' ')) > columns)
            {
                // At least one character a line, so that it ends.
                var part = DisplayWidth.Beginning(line, Math.Max(2, columns));
                if (part.LastIndexOf('-') is > 0 and var hyphen) part = part[..(hyphen + 1)];
                lines.Add(part);
                line = line[part.Length..];
            }
        }

        if (line.Length > 0) lines.Add(line.TrimEnd(' '));
        return lines;
    }

    /// <summary>The width of the longest piece that need not be cut.</summary>
    public static int LongestPiece(string text) => Pieces(text).Max(piece => DisplayWidth.Of(piece.TrimEnd(' ')));

    private static List<string> Pieces(string text)
    {
        var pieces = new List<string>();
        var start = 0;
        var isPath = text.AsSpan().ContainsAny('/', '\\');
        for (var i = 0; i + 1 < text.Length; i++)
        {
            var breaks = text[i] switch
            {
                // A deviation stays with its sign, a unit with its number.
                ' ' => text[i + 1] != ' ' && text[i + 1] != '%' && (i == 0 || text[i - 1] != '±'),
                '/' or '\\' => true,
                '.' => !isPath && char.IsLetter(text[i + 1]),
                _ => false,
            };
            if (!breaks) continue;
            pieces.Add(text[start..(i + 1)]);
            start = i + 1;
        }

        pieces.Add(text[start..]);
        return pieces;
    }
}
