using System.Globalization;
using Engine.Classifiers.Evaluation;
using Engine.Cli.Text;

namespace Engine.Cli.Reports;

/// <summary>A confusion matrix in plain text: a row per true genre, a column per predicted one, dots for zeros.</summary>
internal static class ConfusionTable
{
    private const int MostPairs = 15;
    private const int Indent = 2;

    // A longer name is cut; the table of the genres' figures has it in full.
    private const int LongestName = 24;

    /// <summary>
    /// The matrix if it fits, its columns headed by the beginnings of the genres or by letters; else the pairs most often
    /// confused, and where the whole matrix is.
    /// </summary>
    public static void Add(ReportText text, MetricsReport metrics, string whole)
    {
        if (metrics.ConfusionMatrix is { } counts && Headings(metrics.Labels, counts, text.Layout) is { } headings)
            AddMatrix(text, metrics.Labels, counts, headings);
        else AddPairs(text, metrics, whole);
    }

    private static void AddMatrix(
        ReportText text, IReadOnlyList<string> labels, IReadOnlyList<IReadOnlyList<int>> counts, MatrixHeadings headings)
    {
        text.Paragraph("predicted (columns) for each true genre (rows)");
        var widths = Widths(headings.Columns, counts);
        var names = labels.Select((l, i) => headings.AreLetters ? $"{headings.Columns[i]} {Name(l)}" : Name(l)).ToArray();
        var first = names.Append("true").Max(name => DisplayWidth.Of(name));
        var gap = new string(' ', headings.Gap);
        text.Raw(Row("true", headings.Columns));
        for (var t = 0; t < names.Length; t++)
            text.Raw(Row(names[t], [.. counts[t].Select(c => c == 0 ? "." : Text(c))]));

        string Row(string name, IReadOnlyList<string> cells) => new string(' ', Indent) + DisplayWidth.Pad(name, first, false)
            + "  " + string.Join(gap, cells.Select((c, i) => DisplayWidth.Pad(c, widths[i], true)));
    }

    // The longest headings that fit and differ: two columns apart, or one and at least three characters, or letters.
    private static MatrixHeadings? Headings(
        IReadOnlyList<string> labels, IReadOnlyList<IReadOnlyList<int>> counts, Layout layout)
    {
        string[] names = [.. labels.Select(Name)];
        var room = layout.Columns - Indent - 2 - names.Append("true").Max(name => DisplayWidth.Of(name));
        foreach (var (gap, shortest) in new[] { (2, 4), (1, 3) })
        {
            for (var length = LongestName; length >= shortest; length--)
            {
                string[] columns = [.. names.Select(n => DisplayWidth.Beginning(n, length))];
                if (columns.Distinct().Count() == columns.Length && Fits(columns, gap, room))
                    return new(columns, gap, AreLetters: false);
            }
        }

        if (labels.Count > 26) return null;
        string[] letters = [.. labels.Select((_, i) => ((char)('a' + i)).ToString())];
        return Fits(letters, 1, room - 2) ? new(letters, Fits(letters, 2, room - 2) ? 2 : 1, AreLetters: true) : null;

        bool Fits(string[] columns, int gap, int space) => Widths(columns, counts).Sum(w => w + gap) - gap <= space;
    }

    private static int[] Widths(IReadOnlyList<string> columns, IReadOnlyList<IReadOnlyList<int>> counts) =>
        [.. columns.Select((c, i) => Math.Max(DisplayWidth.Of(c), counts.Max(row => Text(row[i]).Length)))];

    private static void AddPairs(ReportText text, MetricsReport metrics, string whole)
    {
        var labels = metrics.Labels;
        var pairs = metrics.ConfusedPairs ?? (
            from t in Enumerable.Range(0, labels.Count)
            from p in Enumerable.Range(0, labels.Count)
            let count = metrics.ConfusionMatrix![t][p]
            where t != p && count > 0
            orderby count descending, t, p
            select new ConfusedPair(labels[t], labels[p], count));
        var table = new TextTable("true", "predicted", ">times", ">of");
        foreach (var pair in pairs.Take(MostPairs))
            table.Add(pair.Label, pair.Predicted, Text(pair.Count), Text(metrics.PerLabel[pair.Label].Support));
        var rest = metrics.ConfusionMatrix is null ? "all pairs are" : "the whole matrix is";
        text.Paragraph($"most often confused ({labels.Count} genres; {rest} in {whole})").Table(table, Indent);
    }

    private static string Name(string label) => DisplayWidth.Shortened(Visible.Line(label), LongestName);

    private static string Text(int count) => count.ToString(CultureInfo.InvariantCulture);

    private sealed record MatrixHeadings(IReadOnlyList<string> Columns, int Gap, bool AreLetters);
}
