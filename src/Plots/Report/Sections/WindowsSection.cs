using Engine.Pipeline.Runs;
using Engine.Plots.Report.Html;
using static Engine.Plots.Report.Html.Tags;

namespace Engine.Plots.Report.Sections;

/// <summary>Tracks whose windows were given several genres.</summary>
internal static class WindowsSection
{
    private const int Most = 25, MostVotes = 4;

    /// <summary>The section; null if every row is a track, or all windows agree.</summary>
    public static Section? Of(RunView view)
    {
        var split = view.Songs.Where(s => s.Votes.Count > 1).OrderBy(s => s.Agreement)
            .ThenBy(s => s.Name, StringComparer.Ordinal).ThenBy(s => s.Round).ToArray();
        if (split.Length == 0) return null;
        var shown = split.Take(Most).ToArray();
        var isPlayed = shown.Any(s => view.Links.Of(s) is not null);
        var table = new Element("table", new Element("caption", split.Length > shown.Length
            ? $"The {shown.Length} of {Numbers.Count(split.Length, "track")} whose windows agree least"
            : $"{Numbers.Count(split.Length, "track")} whose windows disagree")).Class("songs");
        table.Add(new Element("thead", Tr([Column("Song"), Column("True genre"), Column("Taken for"), Column("Windows"),
            Column("Agree").Class("number"), .. isPlayed ? new[] { Column("Listen") } : []])));
        table.Add(new Element("tbody", shown.Select(s => Tr([
            Row(view.Links.Named(s)), Td(Name(s.Label)), Td(Name(s.Predicted)).Class(s.IsRight ? "is-right" : "wrong"),
            Td(Votes(s)).Class("votes"), Td(Numbers.Percent(s.Agreement)).Class("number"),
            .. isPlayed ? new[] { Td(view.Links.Player(s)) } : []]))));
        return new("windows", "Tracks whose windows disagree",
            P("A song that changes its genre, or lies between two, is cut into windows that are heard differently."),
            Div(table).Class("scroll"));
    }

    private static IEnumerable<Node> Votes(TestedSong song)
    {
        foreach (var (vote, v) in song.Votes.Take(MostVotes).Select((vote, v) => (vote, v)))
        {
            if (v > 0) yield return ", ";
            yield return Name(vote.Label);
            yield return $" {vote.Windows}";
        }

        if (song.Votes.Count > MostVotes) yield return $", {song.Votes.Count - MostVotes} more";
    }
}
