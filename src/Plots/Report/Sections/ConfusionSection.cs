using Engine.Classifiers.Evaluation;
using Engine.Plots.Report.Html;
using static Engine.Plots.Report.Html.Tags;

namespace Engine.Plots.Report.Sections;

/// <summary>
/// The confusion matrix as a table. Each cell that counts something is a button, which shows its songs beside the table.
/// </summary>
internal static class ConfusionSection
{
    // Wider tables cannot be read on a page; beyond that, the pairs that are confused most.
    private const int MostLabels = 60, MostPairs = 60, Wide = 14, Vast = 32;

    /// <summary>The section.</summary>
    public static Section Of(RunView view)
    {
        var figures = view.Figures;
        const string Id = "confusion", Title = "Confusion matrix";
        if (figures.ConfusionMatrix is not { } matrix || figures.Labels.Count > MostLabels)
            return new(Id, "Most confused genres", Pairs(figures));
        var places = figures.Labels.Select((l, i) => (l, i)).ToDictionary(p => p.l, p => p.i);
        return new(Id, Title,
            P("Rows are the true genres, columns what the model made of them. Each cell holds a count and its share of the row; "
                + "blue is right, orange is wrong. Point at a cell, or move between them with the arrow keys, to see its songs; "
                + "press Enter or click to keep them."),
            Div(Div(Table(view, matrix)).Class("scroll matrix-place"), Songs()).Class("matrix-and-songs"),
            new SongData(view, places));
    }

    private static Element Table(RunView view, IReadOnlyList<IReadOnlyList<int>> matrix)
    {
        var labels = view.Figures.Labels;
        var caption = $"Confusion matrix, {Numbers.Count(view.Figures.NTest, view.Unit)}";
        var table = new Element("table", new Element("caption", caption))
            .Id("matrix").Class(labels.Count > Vast ? "matrix wide vast" : labels.Count > Wide ? "matrix wide" : "matrix")
            .With("style", $"--labels:{labels.Count}");
        table.Add(new Element("thead", Tr([new Element("td", Span("taken for →"), Span("true ↓")).Class("corner"),
            .. labels.Select(l => Column(Div(Name(l)).Class("turned")))])));
        return table.Add(new Element("tbody", labels.Select((label, r) => Tr([Row(Name(label)),
            .. matrix[r].Select((count, c) => Cell(count, matrix[r].Sum(), label, labels[c]))]))));
    }

    private static Element Cell(int count, int total, string label, string predicted)
    {
        var isRight = label == predicted;
        if (count == 0) return isRight ? Td(Span("0").Class("minor")).Class("none hit") : Td().Class("none");
        var share = (double)count / total;
        // What is read aloud holds what is seen.
        var words = $"{label} {(isRight ? "recognised" : $"taken for {predicted}")}: ";
        return Td(new Element("button", Span(words).Class("unseen"), $"{count}", Span($" of {total}, ").Class("unseen"),
                new Element("small", Numbers.Percent(share))).With("type", "button"))
            .Class($"{(isRight ? "hit" : "miss")} rate{Math.Clamp((int)Math.Ceiling(share * 10), 1, 10)}");
    }

    private static Element Songs() => Div(
            new Element("h3", "Songs of the cell").Id("songs-title"),
            P("None is chosen.").Id("songs-note").Class("minor"),
            new Element("ul").Id("songs-list"))
        .Id("songs").Class("songs-of-cell").With("role", "region").With("aria-labelledby", "songs-title").With("tabindex", -1);

    private static Element Pairs(MetricsReport figures)
    {
        var pairs = figures.ConfusedPairs ?? [.. Counted(figures)];
        var caption = $"The {Math.Min(MostPairs, pairs.Count)} most frequent of {Numbers.Count(pairs.Count, "pair")}";
        var table = new Element("table", new Element("caption", caption));
        table.Add(new Element("thead", Tr(Column("Genre"), Column("Taken for"), Column("Times").Class("number"))));
        return Div(table.Add(new Element("tbody", pairs.Take(MostPairs).Select(p =>
            Tr(Row(Name(p.Label)), Td(Name(p.Predicted)), Td(Numbers.Text(p.Count)).Class("number")))))).Class("scroll");
    }

    private static IEnumerable<ConfusedPair> Counted(MetricsReport figures) =>
        from pair in (from r in Enumerable.Range(0, figures.Labels.Count)
                      from c in Enumerable.Range(0, figures.Labels.Count)
                      where r != c && figures.ConfusionMatrix![r][c] > 0
                      select new ConfusedPair(figures.Labels[r], figures.Labels[c], figures.ConfusionMatrix![r][c]))
        orderby pair.Count descending
        select pair;
}
