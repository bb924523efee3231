using System.Text;
using Engine.Cli.Text;

namespace Engine.Cli.Reports;

/// <summary>
/// A plain-text table: columns as wide as their content, numbers right-aligned, no borders. On a terminal it fits: headings and
/// text fold onto more lines, and columns for which there is still no room follow below, after the first column again.
/// </summary>
/// <param name="headings">The column headings; a column whose heading starts with '&gt;' is right-aligned.</param>
internal sealed class TextTable(params string[] headings)
{
    // A longer cell overflows its column instead of widening every row.
    private const int MostWidth = 100;

    // Text folds into no narrower column, and a longer word is cut.
    private const int LeastText = 10, LongestWord = 24;
    private const string Gap = "  ";

    private readonly string[] _headings = [.. headings.Select(h => Visible.Line(h.StartsWith('>') ? h[1..] : h))];
    private readonly List<string[]> _rows = [];
    private List<string[]>? _measured;
    private int[]? _widths;

    /// <summary>Adds a row, one cell per column.</summary>
    public void Add(params string[] cells)
    {
        if (cells.Length != headings.Length)
            throw new ArgumentException($"TextTable: {cells.Length} cells, but {headings.Length} columns.");
        _rows.Add([.. cells.Select(Visible.Line)]);
    }

    /// <summary>Lets the columns have room for such cells, if rows are to be written one by one.</summary>
    public void Measure(params string[] cells) => (_measured ??= []).Add([.. cells.Select(Visible.Line)]);

    /// <summary>Whether a row can be written before the next is known: none is broken into parts below each other.</summary>
    public bool CanStream(Layout layout) =>
        !layout.IsTerminal || Blocks([.. Enumerable.Range(0, headings.Length)], layout.Columns, headings.Length).Count == 1;

    /// <summary>The headings, above rows to come.</summary>
    public string Headings(Layout layout) => Part(layout, (text, columns, widths) =>
        AppendHeadings(text, columns, widths, indent: 0, layout.IsTerminal));

    /// <summary>One row, below those before.</summary>
    public string Row(Layout layout, string[] cells) => Part(layout, (text, columns, widths) =>
        AppendRow(text, [.. cells.Select(Visible.Line)], columns, widths, indent: 0, layout.IsTerminal));

    /// <summary>The table, each line indented by <paramref name="indent"/> spaces.</summary>
    public string ToString(Layout layout, int indent = 0)
    {
        var text = new StringBuilder();
        var columns = Enumerable.Range(0, headings.Length).ToArray();
        if (!layout.IsTerminal)
        {
            Append(text, columns, [.. columns.Select(Natural)], indent, folds: false);
            return text.ToString();
        }

        var room = layout.Columns - indent;
        var blocks = Blocks(columns, room, columns.Length);
        // No lone column at the end, if as few blocks can be filled evenly.
        var even = Blocks(columns, room, (columns.Length - 2) / blocks.Count + 1);
        foreach (var block in even.Count == blocks.Count ? even : blocks)
        {
            if (text.Length > 0) text.AppendLine();
            Append(text, block, Narrowed(block, room), indent, folds: true);
        }

        return text.ToString();
    }

    private void Append(StringBuilder text, int[] columns, int[] widths, int indent, bool folds)
    {
        AppendHeadings(text, columns, widths, indent, folds);
        foreach (var row in _rows) AppendRow(text, row, columns, widths, indent, folds);
    }

    private void AppendHeadings(StringBuilder text, int[] columns, int[] widths, int indent, bool folds)
    {
        var heading = columns.Select((c, i) => Fold(_headings[c], widths[i], folds)).ToArray();
        var height = heading.Max(lines => lines.Count);
        // The last lines of the headings stand directly above their columns.
        AppendLines(text, Array.ConvertAll(heading, lines => (IReadOnlyList<string>)
            [.. Enumerable.Repeat("", height - lines.Count), .. lines]), columns, widths, indent);
    }

    private void AppendRow(StringBuilder text, string[] row, int[] columns, int[] widths, int indent, bool folds) =>
        AppendLines(text, [.. columns.Select((c, i) => Fold(row[c], widths[i], folds))], columns, widths, indent);

    private static IReadOnlyList<string> Fold(string cell, int width, bool folds) => folds ? Folding.Lines(cell, width) : [cell];

    private void AppendLines(StringBuilder text, IReadOnlyList<string>[] cells, int[] columns, int[] widths, int indent)
    {
        for (var line = 0; line < cells.Max(c => c.Count); line++)
        {
            var parts = cells.Select((lines, i) =>
                DisplayWidth.Pad(line < lines.Count ? lines[line] : "", widths[i], IsRight(columns[i])));
            text.AppendLine((new string(' ', indent) + string.Join(Gap, parts)).TrimEnd());
        }
    }

    private string Part(Layout layout, Action<StringBuilder, int[], int[]> append)
    {
        var columns = Enumerable.Range(0, headings.Length).ToArray();
        _widths ??= layout.IsTerminal ? Narrowed(columns, layout.Columns) : [.. columns.Select(Natural)];
        var text = new StringBuilder();
        append(text, columns, _widths);
        return text.ToString();
    }

    // As many columns as there is room for when they are narrow, but no more than `most`; every block starts with the first.
    private List<int[]> Blocks(int[] columns, int room, int most)
    {
        var blocks = new List<int[]>();
        List<int> block = [columns[0]];
        foreach (var column in columns.Skip(1))
        {
            if (block.Count > 1 && (block.Count > most || Total([.. block.Append(column).Select(Least)]) > room))
            {
                blocks.Add([.. block]);
                block = [columns[0]];
            }

            block.Add(column);
        }

        blocks.Add([.. block]);
        return blocks;
    }

    // The widest columns give way first.
    private int[] Narrowed(int[] columns, int room)
    {
        var widths = Array.ConvertAll(columns, Widest);
        var least = Array.ConvertAll(columns, Least);
        while (Total(widths) > room)
        {
            var (widest, width) = (-1, 0);
            for (var i = 0; i < widths.Length; i++)
                if (widths[i] > least[i] && widths[i] > width) (widest, width) = (i, widths[i]);
            if (widest < 0) break;
            widths[widest]--;
        }

        return widths;
    }

    private int Least(int column)
    {
        var heading = Folding.LongestPiece(_headings[column]);
        if (IsRight(column)) return Math.Max(heading, Cells(column).Max(DisplayWidthOf));
        var word = Cells(column).Append(_headings[column]).Max(Folding.LongestPiece);
        return Math.Min(Widest(column), Math.Max(LeastText, Math.Min(word, LongestWord)));
    }

    private int Widest(int column) => Cells(column).Append(_headings[column]).Max(DisplayWidthOf);

    private int Natural(int column) =>
        Cells(column).Append(_headings[column]).Select(DisplayWidthOf).Where(w => w <= MostWidth).DefaultIfEmpty(0).Max();

    private IEnumerable<string> Cells(int column) =>
        _rows.Concat(_measured ?? []).Select(row => row[column]).DefaultIfEmpty("");

    private bool IsRight(int column) => headings[column].StartsWith('>');

    private static int Total(int[] widths) => widths.Sum() + Gap.Length * (widths.Length - 1);

    private static int DisplayWidthOf(string text) => DisplayWidth.Of(text);
}
