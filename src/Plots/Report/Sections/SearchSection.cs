using Engine.Classifiers.Tuning;
using Engine.Pipeline.Runs;
using Engine.Plots.Report.Html;
using Engine.Plots.Runs;
using static Engine.Plots.Report.Html.Tags;

namespace Engine.Plots.Report.Sections;

/// <summary>The search that chose the run's values: its trials, what matters, and the best.</summary>
internal static class SearchSection
{
    private const int MostTrials = 10;

    private const string Meaning = "The share of the variance of the trials’ ranks that the parameter explains alone (adjusted "
        + "R²): a parabola through the ranks of a number, the mean of each value of a category. It says nothing of what "
        + "parameters do together, and a search that soon stays near the best values tries too little elsewhere to tell more.";

    /// <summary>The section; null if nothing was searched.</summary>
    public static Section? Of(RunView view)
    {
        if (view.Run.Search is not { } search || view.Run.IsOtherData) return null;
        var (header, trials) = search;
        var failed = trials.Count(t => t.Accuracy is null);
        var parameters = header.Recipe.Search ?? [];
        return new("search", "Search",
            P($"{Numbers.Count(trials.Count, "trial")} chosen by {Method(header.Method)}, {Numbers.Text(failed)} failed; each "
                + $"measured by {header.Folds} inner folds of the training rows, so that the tested songs took no part."),
            Picture(TrialsPlot.Draw(view.Heading, trials), "trials"),
            Picture(ParametersPlot.Draw(view.Heading, parameters, trials), "parameters"),
            Importance(parameters, trials), Best(parameters, trials));
    }

    private static string Method(TuningMethod method) => method switch
    {
        TuningMethod.Bayes => "a Gaussian process fitted to earlier trials",
        TuningMethod.Random => "chance",
        TuningMethod.Grid => "a grid",
        _ => throw new ArgumentOutOfRangeException(nameof(method), method, "no name"),
    };

    private static Element Importance(IReadOnlyList<SearchParameter> parameters, IReadOnlyList<Trial> trials)
    {
        var table = new Element("table", new Element("caption", "What each parameter explains")).Class("top");
        table.Add(new Element("thead", Tr(Column("Parameter"), Column("Explains").Class("number"), Column("From 0 to 1"))));
        var shares = parameters.Select(p => (p.Path, Share: SearchImportance.Of(p.Path, trials)))
            .OrderByDescending(p => p.Share ?? -1);
        table.Add(new Element("tbody", shares.Select(p => Tr(Row(Code(p.Path)), Td(Numbers.Figure(p.Share)).Class("number"),
            Td(ShareBar.Of(p.Share ?? 0))))));
        return Div(Div(table).Class("scroll"), P(Meaning).Class("minor"));
    }

    private static Element Best(IReadOnlyList<SearchParameter> parameters, IReadOnlyList<Trial> trials)
    {
        var table = new Element("table", new Element("caption", "The best trials by inner accuracy"));
        table.Add(new Element("thead", Tr([Column("Trial"), Column("Accuracy").Class("number"),
            .. parameters.Select(p => Column(Code(p.Path)).Class("number"))])));
        var best = trials.Where(t => t.Accuracy is not null).OrderByDescending(t => t.Accuracy).ThenBy(t => t.Number)
            .Take(MostTrials);
        table.Add(new Element("tbody", best.Select(t => Tr([
            Row(Numbers.Text(t.Number)), Td(Numbers.Figure(t.Accuracy)).Class("number"),
            .. parameters.Select(p => Td(t.Values.TryGetValue(p.Path, out var v) ? v.ToString() : "").Class("number"))]))));
        return Div(table).Class("scroll");
    }
}
