using Engine.Cli.Text;
using Engine.Pipeline.Runs;

namespace Engine.Cli.Reports;

/// <summary>A search as text for people: the best trials, then the run trained with the chosen one.</summary>
internal static class TuningReport
{
    private const int Shown = 10;

    /// <summary>The report.</summary>
    public static string Of(TuningResult result, Layout layout)
    {
        var failed = result.Trials.Count(t => t.Accuracy is null);
        var text = new ReportText(layout);
        text.Field("trials",
            $"{result.Trials.Count}, {failed} of them failed; the best by mean accuracy over inner folds of the training rows:");
        text.Line();
        var table = new TextTable([">trial", ">accuracy", .. result.Best.Values.Keys.Select(path => $">{path}")]);
        foreach (var trial in result.Trials.Where(t => t.Accuracy is not null).OrderByDescending(t => t.Accuracy).Take(Shown))
        {
            table.Add([$"{trial.Number}", ReportText.Number(trial.Accuracy), .. trial.Values.Values.Select(v => v.GetRawText())]);
        }

        text.Table(table, 2).Line();
        text.Field("chosen", $"trial {result.Best.Number}, {ReportText.Number(result.Best.Accuracy)}");
        return text + RunReport.Of(result.Training, layout);
    }
}
