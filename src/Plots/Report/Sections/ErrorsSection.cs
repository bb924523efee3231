using Engine.Plots.Report.Html;
using static Engine.Plots.Report.Html.Tags;

namespace Engine.Plots.Report.Sections;

/// <summary>The errors that the model was surest of: wrong labels of the data are often among them.</summary>
internal static class ErrorsSection
{
    private const int Most = 25;

    /// <summary>The section; null if nothing is wrong.</summary>
    public static Section? Of(RunView view)
    {
        var wrong = view.Songs.Where(s => !s.IsRight).OrderByDescending(s => s.Confidence)
            .ThenBy(s => s.Name, StringComparer.Ordinal).ThenBy(s => s.Round).ToArray();
        if (wrong.Length == 0) return null;
        var shown = wrong.Take(Most).ToArray();
        var table = new Element("table", new Element("caption", wrong.Length > shown.Length
            ? $"The {shown.Length} of {Numbers.Count(wrong.Length, "error")} with the highest {view.Confidence}"
            : Numbers.Count(wrong.Length, "error"))).Class("songs");
        var isPlayed = shown.Any(s => view.Links.Of(s) is not null);
        table.Add(new Element("thead", Tr([Column("Song"), Column("True genre"), Column("Taken for"),
            Column(view.ConfidenceTitle).Class("number"), Column("Of the true genre").Class("number"),
            .. isPlayed ? new[] { Column("Listen") } : []])));
        table.Add(new Element("tbody", shown.Select(s => Tr([
            Row(view.Links.Named(s), view.Run.Rounds > 1 ? Span($" round {s.Round}").Class("minor") : ""),
            Td(Name(s.Label)), Td(Name(s.Predicted)), Td(Numbers.Figure(s.Confidence)).Class("number"),
            Td(Numbers.Figure(s.OfLabel)).Class("number"), .. isPlayed ? new[] { Td(view.Links.Player(s)) } : []]))));
        return new("errors", "Most confident errors",
            P("Where the model is surest and wrong, look first: at what it confuses, and at the labels of the data."),
            Div(table).Class("scroll"));
    }
}
