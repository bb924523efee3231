using Engine.Cli.Text;
using Engine.Pipeline.Runs;
using static Engine.Cli.Reports.ReportText;

namespace Engine.Cli.Reports;

/// <summary>A comparison as text for people: one table of figures, one of intervals and tests.</summary>
internal static class ComparisonReport
{
    /// <summary>The report.</summary>
    public static string Of(Comparison comparison, Layout layout)
    {
        var text = new ReportText(layout);
        text.Field("data", comparison.Data);
        text.Field("protocol", comparison.Systems[0].Protocol);
        if (comparison.Leaky) text.Field("", RunReport.LeakyLine);
        text.Field("device", Devices(comparison));
        text.Line();
        text.Table(Figures(comparison)).Line();
        text.Table(Tests(comparison)).Line();
        text.Field("figures", char.ToLowerInvariant(comparison.Figures[0]) + comparison.Figures[1..]);
        text.Field("interval", comparison.Interval);
        text.Field("p", $"against {comparison.Best}: {comparison.Test}");
        foreach (var note in comparison.Notes) text.Field("note", note);
        return text.ToString();
    }

    private static TextTable Figures(Comparison comparison)
    {
        var table = new TextTable(Leading(comparison), "by", ">train", ">test", ">mean recall", ">macro F1", ">AUROC", ">AUPRC");
        foreach (var s in comparison.Systems)
        {
            table.Add(s.Name, s.Unit, Spread(s.TrainAccuracy), Spread(s.Accuracy),
                s.RecallMacro is { } recall ? Spread(recall) : "-", Spread(s.F1Macro), Spread(s.RocAucOvrMacro),
                Spread(s.AveragePrecisionMacro));
        }

        return table;
    }

    private static TextTable Tests(Comparison comparison)
    {
        var counted = comparison.Pairs.Any(p => p.OnlyFirst is not null);
        string[] headings = [Leading(comparison), "by", ">test", ">95 % interval", ">below best", ">p"];
        var table = new TextTable(counted ? [.. headings, ">only it right", ">only best right"] : headings);
        foreach (var s in comparison.Systems)
        {
            var pair = comparison.IsRanked(s) ? comparison.AgainstBest(s.Name) : null;
            var (own, best) = pair?.First == s.Name ? (pair.OnlyFirst, pair.OnlySecond) : (pair?.OnlySecond, pair?.OnlyFirst);
            string[] cells =
            [
                s.Name, s.Unit, Number(s.Accuracy.Mean), $"{Number(s.AccuracyCi95[0])} to {Number(s.AccuracyCi95[1])}",
                pair is null ? "" : Number(Math.Abs(pair.Difference)), pair?.PValueText ?? "",
            ];
            table.Add(counted ? [.. cells, $"{own}", $"{best}"] : cells);
        }

        return table;
    }

    private static string Devices(Comparison comparison)
    {
        var systems = comparison.Systems.DistinctBy(s => s.Name).ToArray();
        return systems.Select(s => s.Device).Distinct().Count() == 1
            ? systems[0].Device : string.Join("; ", systems.Select(s => $"{s.Name} on {s.Device}"));
    }

    private static string Leading(Comparison comparison) => comparison.Leaky ? "LEAKY" : "system";
}
