using System.Globalization;
using Engine.Classifiers.Evaluation;

namespace Engine.Cli.Reports;

/// <summary>
/// Precision, recall, F1 and support of every genre, and their averages, as in scikit-learn's classification report.
/// </summary>
internal static class ClassificationTable
{
    // More genres would fill the screen.
    private const int MostGenres = 50, Worst = 15;
    private const int Indent = 2;

    /// <summary>The table; of many genres those with the lowest F1, and where all are.</summary>
    public static void Add(ReportText text, MetricsReport metrics, string all)
    {
        var labels = metrics.Labels.AsEnumerable();
        if (metrics.Labels.Count > MostGenres)
        {
            labels = labels.OrderBy(l => metrics.PerLabel[l].F1 ?? double.MaxValue).Take(Worst);
            text.Paragraph($"lowest F1 ({metrics.Labels.Count} genres; all are in {all})");
        }

        var table = new TextTable("genre", ">precision", ">recall", ">f1-score", ">support");
        foreach (var label in labels) Row(table, label, metrics.PerLabel[label]);
        table.Add("", "", "", "", "");
        table.Add("accuracy", "", "", Share(metrics.Accuracy), Count(metrics.WeightedAvg.Support));
        Row(table, "macro avg", metrics.MacroAvg);
        Row(table, "weighted avg", metrics.WeightedAvg);
        text.Table(table, Indent);
    }

    private static void Row(TextTable table, string name, LabelMetrics figures) =>
        table.Add(name, Share(figures.Precision), Share(figures.Recall), Share(figures.F1), Count(figures.Support));

    private static string Share(double? share) => share?.ToString("0.00", CultureInfo.InvariantCulture) ?? "-";

    private static string Count(int count) => count.ToString(CultureInfo.InvariantCulture);
}
