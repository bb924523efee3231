using Engine.Pipeline.Runs;
using Engine.Plots.Report.Html;
using Engine.Plots.Report.Sections;
using static Engine.Plots.Report.Html.Tags;

namespace Engine.Plots.Report;

/// <summary>The page of a run: how good it is, what it confuses, how it was made, and how to make it again.</summary>
internal static class RunPage
{
    /// <summary>The page as HTML.</summary>
    /// <param name="run">The run.</param>
    /// <param name="folder">The folder that the page will lie in.</param>
    public static string Of(FinishedRun run, string folder)
    {
        var view = new RunView(run, new SongLinks(run.Data, folder));
        Section?[] sections =
        [
            ResultSection.Of(view),
            DataSection.Of(view),
            SearchSection.Of(view),
            CurvesSection.Of(view),
            ConfusionSection.Of(view),
            GenresSection.Of(view),
            ErrorsSection.Of(view),
            WindowsSection.Of(view),
            CalibrationSection.Of(view),
            SettingsSection.Of(view),
            EnvironmentSection.Of(view),
        ];
        return PageFrame.Write($"{run.Record.Recipe.Name} – Engine", Heading(view), [.. sections.OfType<Section>()],
            run.Record.EngineVersion);
    }

    private static Node Heading(RunView view) => Several(
        P(Kind(view)).Class("kind"),
        new Element("h1", Name(view.Run.Record.Recipe.Name)),
        P("on ", Name(view.Run.Data)).Class("data"),
        view.Run.Metrics.Leaky ? LeakyBanner.Of() : "");

    private static string Kind(RunView view) => view.Run.IsOtherData ? "Test on other data"
        : view.Run.TestOf is not null ? "Test" : view.Run.Search is not null ? "Search, training and test" : "Training and test";
}
