using Engine.Plots.Report.Html;
using static Engine.Plots.Report.Html.Tags;

namespace Engine.Plots.Report.Sections;

/// <summary>Where the run was made, and the command that makes it again.</summary>
internal static class EnvironmentSection
{
    /// <summary>The section.</summary>
    public static Section Of(RunView view)
    {
        var (record, metrics) = (view.Run.Record, view.Run.Metrics);
        var list = new Element("dl");
        void Add(string term, Node text) => list.Add(new Element("dt", term), new Element("dd", text));
        Add("Engine", record.EngineVersion);
        Add("Device", metrics.Device ?? record.Device);
        Add("Seed", Code($"{record.Seed}"));
        Add("Split", Code(record.Split));
        Add("Stored model", record.StoredModel);
        if (metrics.FitSeconds is { } fit) Add("Training", Numbers.Seconds(fit));
        if (metrics.PredictSeconds is { } predict) Add("Predicting", Numbers.Seconds(predict));
        var (command, note) = AgainCommand.Of(view.Run);
        return new("again", "Environment and command", list,
            new Element("h3", "Run it again"), AgainCommand.Shown(command),
            note is null ? null : P(note).Class("minor"));
    }
}
