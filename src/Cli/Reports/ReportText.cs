using System.Globalization;
using System.Text;
using Engine.Classifiers.Evaluation;
using Engine.Cli.Text;

namespace Engine.Cli.Reports;

/// <summary>The layout of a report: named fields wrapped to a fixed width, and figures with three decimals.</summary>
internal static class ReportText
{
    private const int Width = 96;
    private const string Indent = "            ";

    /// <summary>Writes one field; continuation lines are indented.</summary>
    public static void Field(StringBuilder text, string name, string value)
    {
        var line = new StringBuilder(name.PadRight(Indent.Length));
        foreach (var word in Visible.Line(value).Split(' '))
        {
            if (line.Length + word.Length + 1 > Width && line.Length > Indent.Length)
            {
                text.AppendLine(line.ToString().TrimEnd());
                line.Clear().Append(Indent);
            }

            line.Append(word).Append(' ');
        }

        text.AppendLine(line.ToString().TrimEnd());
    }

    /// <summary>Mean ± deviation, or the mean alone.</summary>
    public static string Spread(MeanSd value) => value.Sd is { } sd ? $"{Number(value.Mean)} ± {Number(sd)}" : Number(value.Mean);

    /// <summary>A figure.</summary>
    public static string Number(double? value) => value?.ToString("0.000", CultureInfo.InvariantCulture) ?? "undefined";
}
