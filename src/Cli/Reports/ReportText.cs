using System.Globalization;
using System.Text;
using Engine.Classifiers.Evaluation;
using Engine.Cli.Text;

namespace Engine.Cli.Reports;

/// <summary>The text of a report: named fields, paragraphs and tables that fit its layout.</summary>
/// <param name="layout">How much room there is.</param>
internal sealed class ReportText(Layout layout)
{
    // Longer lines are hard to read.
    private const int MostColumns = 96;
    private const string Indent = "            ";

    private readonly StringBuilder _text = new();

    /// <summary>How much room there is.</summary>
    public Layout Layout => layout;

    private int Columns => Math.Min(MostColumns, layout.Columns);

    /// <summary>Adds a field; continuation lines are indented.</summary>
    public ReportText Field(string name, string value)
    {
        var before = name.PadRight(Indent.Length);
        foreach (var line in Wrapped(Visible.Line(value), Columns - Indent.Length))
        {
            _text.AppendLine((before + line).TrimEnd());
            before = Indent;
        }

        return this;
    }

    /// <summary>Adds a paragraph.</summary>
    public ReportText Paragraph(string text)
    {
        foreach (var line in Wrapped(Visible.Line(text), Columns)) _text.AppendLine(line);
        return this;
    }

    /// <summary>Adds an empty line.</summary>
    public ReportText Line()
    {
        _text.AppendLine();
        return this;
    }

    /// <summary>Adds a line as it is.</summary>
    public ReportText Raw(string line)
    {
        _text.AppendLine(line.TrimEnd());
        return this;
    }

    /// <summary>Adds a table.</summary>
    public ReportText Table(TextTable table, int indent = 0)
    {
        _text.Append(table.ToString(layout, indent));
        return this;
    }

    /// <inheritdoc/>
    public override string ToString() => _text.ToString();

    /// <summary>Mean ± deviation, or the mean alone.</summary>
    public static string Spread(MeanSd value) => value.Sd is { } sd ? $"{Number(value.Mean)} ± {Number(sd)}" : Number(value.Mean);

    /// <summary>A figure.</summary>
    public static string Number(double? value) => value?.ToString("0.000", CultureInfo.InvariantCulture) ?? "undefined";

    // At spaces alone: a path stays whole, to be copied.
    private static List<string> Wrapped(string text, int columns)
    {
        var lines = new List<string>();
        var line = "";
        foreach (var word in text.Split(' '))
        {
            if (line.Length > 0 && DisplayWidth.Of(line) + DisplayWidth.Of(word) + 1 > columns)
            {
                lines.Add(line);
                line = word;
            }
            else
            {
                line = line.Length == 0 ? word : $"{line} {word}";
            }
        }

        lines.Add(line);
        return lines;
    }
}
