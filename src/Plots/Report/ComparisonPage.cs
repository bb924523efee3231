using Engine.Pipeline.Runs;
using Engine.Plots.Report.Html;
using Engine.Plots.Runs;
using static Engine.Plots.Report.Html.Tags;

namespace Engine.Plots.Report;

/// <summary>The page of a comparison: which system is best, by how much, and whether that could be chance.</summary>
internal static class ComparisonPage
{
    private const double Significant = 0.05;

    /// <summary>The page as HTML.</summary>
    /// <param name="comparison">The comparison.</param>
    /// <param name="folder">The folder of the comparison.</param>
    public static string Of(Comparison comparison, string folder)
    {
        Section[] sections = [Result(comparison), Pairs(comparison), Method(comparison, folder)];
        return PageFrame.Write("Comparison – Engine", Several(
                P("Comparison").Class("kind"),
                new Element("h1", $"{Numbers.Text(comparison.Systems.DistinctBy(s => s.Name).Count())} systems"),
                P("on ", Name(comparison.Data)).Class("data"),
                comparison.Leaky ? LeakyBanner.Of() : ""),
            [.. sections.Where(s => s.Content.Any(c => c is not null))], comparison.EngineVersion);
    }

    private static Section Result(Comparison comparison)
    {
        var best = comparison.Systems.First(s => s.Name == comparison.Best && comparison.IsRanked(s));
        return new("result", "Result",
            P(Span(Numbers.Figure(best.Accuracy.Mean)).Class("big"), " accuracy of ", Name(best.Name),
                $", 95 % interval {Numbers.Interval(best.AccuracyCi95)}, on {Numbers.Count(best.NTest, $"tested {best.Unit}")}"
                    + (comparison.Rounds > 1 ? $" of {Numbers.Count(comparison.Rounds, "round")}" : "")).Class("lead"),
            Picture(BarsPlot.Draw(comparison), "bars", "Accuracy with its 95 % interval"
                + (comparison.MajorityAccuracy is { } most
                    ? $"; dashed: always naming the genre tested most, {Numbers.Figure(most)}" : "")),
            Table(comparison));
    }

    private static Element Table(Comparison comparison)
    {
        var table = new Element("table", new Element("caption", comparison.Figures))
            .Class("sortable compared");
        string[] columns = ["Accuracy", "95 % interval", "Mean recall", "Macro F1", "AUROC", "AUPRC", "On training", "Training"];
        table.Add(new Element("thead", Tr([Column("System"), Column("By"), .. columns.Select(c => Column(c).Class("number"))])));
        table.Add(new Element("tbody", comparison.Systems.Select(s => Tr(Row(Name(s.Name)), Td(s.Unit),
            Cell(Numbers.Spread(s.Accuracy), s.Accuracy.Mean), Cell(Numbers.Interval(s.AccuracyCi95), s.AccuracyCi95[0]),
            Cell(s.RecallMacro is { } recall ? Numbers.Spread(recall) : Numbers.Figure(null), s.RecallMacro?.Mean),
            Cell(Numbers.Spread(s.F1Macro), s.F1Macro.Mean), Cell(Numbers.Spread(s.RocAucOvrMacro), s.RocAucOvrMacro.Mean),
            Cell(Numbers.Spread(s.AveragePrecisionMacro), s.AveragePrecisionMacro.Mean),
            Cell(Numbers.Spread(s.TrainAccuracy), s.TrainAccuracy.Mean),
            Cell(Numbers.Seconds(s.FitSeconds), s.FitSeconds)))));
        return Div(table).Class("scroll");
    }

    private static Element Cell(string text, double? value) => value is { } v
        ? Td(text).Class("number").With("data-value", Numbers.Text(v)) : Td(text).Class("number");

    private static Section Pairs(Comparison comparison)
    {
        string[] names = [.. comparison.Systems.Select(s => s.Name).Distinct()];
        if (comparison.Pairs.Count == 0) return new("pairs", "Pairs");
        var table = new Element("table", new Element("caption", "Accuracy of the row’s system minus the column’s, and p"))
            .Class("pairs");
        table.Add(new Element("thead", Tr([Td("").Class("corner"),
            .. names.Select(n => Column(Name(n)).Class("number"))])));
        table.Add(new Element("tbody", names.Select(row => Tr([Row(Name(row)),
            .. names.Select(column => row == column ? Td("").Class("none") : Pair(comparison, row, column))]))));
        return new("pairs", "Paired tests",
            P($"{Sentence(comparison.Test)}. Each pair is tested on the same songs, which cancels how hard they are; "
                + $"bold where p is below {Numbers.Text(Significant)}."),
            Div(table).Class("scroll"));
    }

    private static Element Pair(Comparison comparison, string row, string column)
    {
        var found = comparison.Pairs.FirstOrDefault(
            p => (p.First == row && p.Second == column) || (p.First == column && p.Second == row));
        if (found is null) return Td("not tested").Class("number minor");
        var isFirst = found.First == row;
        var difference = (isFirst ? found.Difference : -found.Difference).ToString("+0.000;−0.000;0.000",
            System.Globalization.CultureInfo.InvariantCulture);
        var (own, other) = isFirst ? (found.OnlyFirst, found.OnlySecond) : (found.OnlySecond, found.OnlyFirst);
        var p = $"p {(found.PValueText.StartsWith('<') ? found.PValueText : "= " + found.PValueText)}";
        return Td(found.PValue < Significant ? Strong(difference) : Span(difference), new Element("br"), new Element("small", p),
            own is null ? "" : Several(new Element("br"), new Element("small", $"only it {own}, only other {other}")))
            .Class("number");
    }

    private static Section Method(Comparison comparison, string folder)
    {
        var list = new Element("dl");
        void Add(string term, params IEnumerable<Node> text) => list.Add(new Element("dt", term), new Element("dd", text));
        Add("Protocol", comparison.Systems[0].Protocol + ".");
        Add("Tested", string.Join(", ", comparison.Systems.Select(s => Numbers.Count(s.NTest, s.Unit)).Distinct()) + ".");
        Add("Interval", Sentence(comparison.Interval) + ".");
        Add("Test", Sentence(comparison.Test) + ".");
        Add("Engine", comparison.EngineVersion);
        Add("Device", string.Join(", ", comparison.Systems.Select(s => s.Device).Distinct()));
        Add("Seed", Code($"{comparison.Seed}"));
        Add("Split", Code(comparison.Split));
        return new("again", "Method and command", list,
            comparison.Notes.Count == 0
                ? null : new Element("ul", comparison.Notes.Select(n => new Element("li", n))).Class("notes"),
            new Element("h3", "Run it again"), AgainCommand.Shown(AgainCommand.OfComparison(comparison, folder)));
    }

    private static string Sentence(string text) => text.Length == 0 ? text : char.ToUpperInvariant(text[0]) + text[1..];
}
