using System.Globalization;
using Engine.Classifiers.Evaluation;
using Engine.Plots.Report.Html;
using static Engine.Plots.Report.Html.Tags;

namespace Engine.Plots.Report.Sections;

/// <summary>Precision, recall, F1, support and AUROC of each genre, in a table that can be sorted.</summary>
internal static class GenresSection
{
    private static readonly (string Title, Func<LabelMetrics, double?> Value)[] s_columns =
    [
        ("Precision", m => m.Precision), ("Recall", m => m.Recall), ("F1", m => m.F1), ("Support", m => m.Support),
        ("AUROC", m => m.RocAuc),
    ];

    // More would make the page larger than a page should be.
    private const int Most = 300;

    // Longer tables may be cut between two pages.
    private const int Long = 25;

    /// <summary>The section.</summary>
    public static Section Of(RunView view)
    {
        var labels = view.Figures.Labels.Where(view.Figures.PerLabel.ContainsKey).ToArray();
        var shown = labels.Length <= Most ? labels
            : [.. labels.OrderByDescending(l => view.Figures.PerLabel[l].Support).Take(Most).Order(StringComparer.Ordinal)];
        var caption = shown.Length == labels.Length ? $"Figures of each genre, by {view.Unit}"
            : $"Figures of the {Most} genres tested most of {Numbers.Text(labels.Length)}, by {view.Unit}";
        var table = new Element("table", new Element("caption", caption))
            .Class(shown.Length > Long ? "sortable long" : "sortable").Id("genre-table");
        table.Add(new Element("thead", Tr([Column("Genre").With("aria-sort", "ascending"),
            .. s_columns.Select(c => Column(c.Title).Class("number"))])));
        table.Add(new Element("tbody", shown.Select(label => Line(label, view.Figures.PerLabel[label]))));
        table.Add(new Element("tfoot", Average("Macro average", view.Figures.MacroAvg),
            Average("Weighted average", view.Figures.WeightedAvg)));
        return new("genres", "Genres", P("Precision: the share of what was called this genre that is. Recall: the share of "
            + "this genre that was called so. AUROC: the chance that a song of the genre is ranked before one that is not."),
            Div(table).Class("scroll"));
    }

    private static Element Line(string label, LabelMetrics metrics) =>
        Tr([Row(label).Auto(), .. s_columns.Select(c => Cell(c.Value(metrics), c.Title))]);

    private static Element Average(string name, LabelMetrics metrics) =>
        Tr([Row(name), .. s_columns.Select(c => Cell(c.Value(metrics), c.Title))]);

    private static Element Cell(double? value, string title)
    {
        var cell = Td(title == "Support" ? Numbers.Text((int)value!.Value) : Numbers.Figure(value)).Class("number");
        return value is { } v ? cell.With("data-value", v.ToString("R", CultureInfo.InvariantCulture)) : cell;
    }
}
