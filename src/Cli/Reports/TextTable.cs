using System.Text;
using Engine.Cli.Text;

namespace Engine.Cli.Reports;

/// <summary>A plain-text table: columns as wide as their content, numbers right-aligned, no borders.</summary>
/// <param name="headings">The column headings; a column whose heading starts with '&gt;' is right-aligned.</param>
internal sealed class TextTable(params string[] headings)
{
    // A longer cell overflows its column instead of widening every row.
    private const int MostWidth = 100;

    private readonly List<string[]> _rows = [[.. headings.Select(h => Visible.Line(h.StartsWith('>') ? h[1..] : h))]];

    /// <summary>Adds a row, one cell per column.</summary>
    public void Add(params string[] cells)
    {
        if (cells.Length != headings.Length)
            throw new ArgumentException($"TextTable: {cells.Length} cells, but {headings.Length} columns.");
        _rows.Add([.. cells.Select(Visible.Line)]);
    }

    /// <summary>The table, each line indented by <paramref name="indent"/> spaces.</summary>
    public string ToString(int indent)
    {
        var widths = headings.Select((_, c) => _rows.Max(row => row[c].Length > MostWidth ? 0 : row[c].Length)).ToArray();
        var text = new StringBuilder();
        foreach (var row in _rows)
        {
            var cells = row.Select((cell, c) => headings[c].StartsWith('>') ? cell.PadLeft(widths[c]) : cell.PadRight(widths[c]));
            text.AppendLine((new string(' ', indent) + string.Join("  ", cells)).TrimEnd());
        }

        return text.ToString();
    }

    /// <inheritdoc/>
    public override string ToString() => ToString(0);
}
