using System.Globalization;
using Engine.Classifiers.Evaluation;
using Engine.Cli.Text;

namespace Engine.Cli.Reports;

/// <summary>A confusion matrix in plain text: a row per true genre, a column per predicted one, dots for zeros.</summary>
internal static class ConfusionTable
{
    // More genres would not fit into 100 columns.
    private const int MostColumns = 13;
    private const int MostPairs = 15;

    /// <summary>The matrix with recall and precision, or for many genres the pairs most often confused.</summary>
    public static string Format(MetricsReport metrics) =>
        metrics.Labels.Count <= MostColumns ? Matrix(metrics) : Pairs(metrics.Labels, metrics.ConfusionMatrix);

    private static string Matrix(MetricsReport metrics)
    {
        var (labels, counts) = (metrics.Labels, metrics.ConfusionMatrix);
        var width = Math.Max(4, Text(counts.Max(row => row.Max())).Length);
        string[] headings = ["true", .. labels.Select(l => ">" + Beginning(l, width)), ">recall", ">precision"];
        var table = new TextTable(headings);
        for (var t = 0; t < labels.Count; t++)
        {
            var own = metrics.PerLabel[labels[t]];
            table.Add([labels[t], .. counts[t].Select(c => c == 0 ? "." : Text(c)), Share(own.Recall), Share(own.Precision)]);
        }

        return $"predicted (columns) for each true genre (rows)\n{table.ToString(2)}";
    }

    private static string Pairs(IReadOnlyList<string> labels, IReadOnlyList<IReadOnlyList<int>> counts)
    {
        var pairs =
            from t in Enumerable.Range(0, labels.Count)
            from p in Enumerable.Range(0, labels.Count)
            where t != p && counts[t][p] > 0
            orderby counts[t][p] descending, t, p
            select (True: labels[t], Predicted: labels[p], Count: counts[t][p]);
        var table = new TextTable("true", "predicted", ">times");
        foreach (var pair in pairs.Take(MostPairs)) table.Add(pair.True, pair.Predicted, Text(pair.Count));
        return $"most often confused ({labels.Count} genres; the whole matrix is in metrics.json)\n{table.ToString(2)}";
    }

    // Half of a pair of surrogates is no letter.
    private static string Beginning(string label, int width)
    {
        var shown = Visible.Line(label);
        if (shown.Length <= width) return shown;
        return shown[..(char.IsHighSurrogate(shown[width - 1]) ? width - 1 : width)];
    }

    private static string Text(int count) => count.ToString(CultureInfo.InvariantCulture);

    private static string Share(double? share) => share?.ToString("0.00", CultureInfo.InvariantCulture) ?? "-";
}
