using Engine.Classifiers;
using Engine.Classifiers.Evaluation;
using Engine.Plots.Report.Html;
using Engine.Plots.Runs;
using static Engine.Plots.Report.Html.Tags;

namespace Engine.Plots.Report.Sections;

/// <summary>Whether 0.7 means seven in ten, and how often the right genre is among the best.</summary>
internal static class CalibrationSection
{
    /// <summary>The section.</summary>
    public static Section Of(RunView view) => new("calibration", "Calibration and top-k", Words(view), Curve(view), TopK(view));

    private static Element Words(RunView view)
    {
        var error = Numbers.Figure(view.Figures.ExpectedCalibrationError);
        return P(view.Run.Metrics.Calibrated
            ? "The model gives probabilities, calibrated on tracks it had not learned from. The expected calibration error is "
                + $"{error}: the mean gap, over 15 bins, between the probability of the predicted genre and how "
                + "often it is right."
            : "The model is not calibrated: its numbers are scores, and 0.7 need not mean seven in ten. Taken as probabilities, "
                + $"they would be wrong by {error} on average (ECE, 15 bins).");
    }

    private static Node? Curve(RunView view)
    {
        var labels = view.Run.Record.Labels;
        if (labels.Count > Metrics.MostMatrixLabels || view.Songs.Count == 0) return null;
        var places = labels.Select((l, i) => (l, i)).ToDictionary(p => p.l, p => p.i);
        var values = new FeatureMatrix(view.Songs.Count, labels.Count, [.. view.Songs.SelectMany(s => s.Values)]);
        var curve = new CalibrationCurve(
            values, [.. view.Songs.Select(s => places[s.Label])], [.. view.Songs.Select(s => places[s.Predicted])]);
        var figure = ReliabilityPlot.Draw(view.Heading, curve, view.Run.Metrics.Calibrated, view.Unit + "s");
        return Several(Picture(figure, "reliability"), Bins(view, curve));
    }

    private static Element Bins(RunView view, CalibrationCurve curve)
    {
        var table = new Element("table", new Element("caption", "The reliability curve in numbers"));
        table.Add(new Element("thead", Tr(Column(view.ConfidenceTitle), Column($"{view.Unit}s").Class("number"),
            Column($"Mean {view.Confidence}").Class("number"), Column("Right").Class("number"))));
        table.Add(new Element("tbody", curve.Bins.Where(b => b.Count > 0).Select(b => Tr(
            Row($"{b.From:0.00} to {b.To:0.00}"), Td(Numbers.Text(b.Count)).Class("number"),
            Td(Numbers.Figure(b.Share)).Class("number"), Td(Numbers.Figure(b.Accuracy)).Class("number")))));
        return new Element("details", new Element("summary", "The curve in numbers"), Div(table).Class("scroll"));
    }

    private static Element TopK(RunView view)
    {
        var table = new Element("table", new Element("caption", "How often the right genre is among the best k")).Class("top");
        table.Add(new Element("thead", Tr(Column("k").Class("number"), Column("Accuracy").Class("number"),
            Column("From 0 to 1"))));
        return Div(table.Add(new Element("tbody", view.Figures.TopKAccuracy.Select(top => Tr(
            Row(top.Key).Class("number"), Td(Numbers.Figure(top.Value)).Class("number"),
            Td(ShareBar.Of(top.Value))))))).Class("scroll");
    }
}
