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
        metrics.ConfusionMatrix is { } counts && counts.Count <= MostColumns ? Matrix(metrics, counts) : Pairs(metrics);

    private static string Matrix(MetricsReport metrics, IReadOnlyList<IReadOnlyList<int>> counts)
    {
        var labels = metrics.Labels;
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

    private static string Pairs(MetricsReport metrics)
    {
        var labels = metrics.Labels;
        var pairs = metrics.ConfusedPairs ?? (
            from t in Enumerable.Range(0, labels.Count)
            from p in Enumerable.Range(0, labels.Count)
            let count = metrics.ConfusionMatrix![t][p]
            where t != p && count > 0
            orderby count descending, t, p
            select new ConfusedPair(labels[t], labels[p], count));
        var table = new TextTable("true", "predicted", ">times");
        foreach (var pair in pairs.Take(MostPairs)) table.Add(pair.Label, pair.Predicted, Text(pair.Count));
        var rest = metrics.ConfusionMatrix is null ? "all pairs are" : "the whole matrix is";
        return $"most often confused ({labels.Count} genres; {rest} in metrics.json)\n{table.ToString(2)}";
    }

    // Never cuts a surrogate pair in half.
    private static string Beginning(string label, int width)
    {
        var shown = Visible.Line(label);
        if (shown.Length <= width) return shown;
        return shown[..(char.IsHighSurrogate(shown[width - 1]) ? width - 1 : width)];
    }

    private static string Text(int count) => count.ToString(CultureInfo.InvariantCulture);

    private static string Share(double? share) => share?.ToString("0.00", CultureInfo.InvariantCulture) ?? "-";
}
