using Engine.Classifiers.Evaluation;
using Engine.Plots.Report.Html;
using static Engine.Plots.Report.Html.Tags;

namespace Engine.Plots.Report.Sections;

/// <summary>How good the run is: accuracy with its interval, beside what listens to nothing and what was published.</summary>
internal static class ResultSection
{
    private static readonly string[] s_top = ["2", "3"], s_units = ["By track", "By window"];

    /// <summary>The section.</summary>
    public static Section Of(RunView view) =>
        new("result", "Result", Lead(view), Strip(view), References(view), Figures(view));

    private static IReadOnlyList<double>? Interval(MetricsReport metrics) => metrics.AccuracyCi95 ?? metrics.Folds?.AccuracyCi95;

    private static Element Lead(RunView view)
    {
        var figures = view.Figures;
        var lead = P(Span(Numbers.Figure(figures.Pooled?.Accuracy.Mean ?? figures.Accuracy)).Class("big"), " ",
            view.Run.Metrics.Leaky ? Strong("LEAKY ").Class("mark") : "", "accuracy");
        if (Interval(figures) is { } interval) lead.Add($", 95 % interval {Numbers.Interval(interval)}");
        lead.Add($", on {Numbers.Count(figures.NTest, $"tested {view.Unit}")}");
        if (figures.Folds is { } folds)
        {
            lead.Add($", {Numbers.Count(folds.Accuracies.Count, "round")} with a standard deviation of "
                + Numbers.Figure(folds.Accuracy.Sd));
        }

        if (view.Run.CountsTracks) lead.Add(". Each track by the mean of its windows’ scores.");
        return lead.Class("lead");
    }

    private static Element Strip(RunView view)
    {
        List<(string, double)> marks = [];
        if (view.Baseline is { } baseline) marks.Add(("baseline", baseline));
        if (view.Run.Record.Recipe.Published?.Accuracy is { } published) marks.Add(("published", published));
        var figures = view.Figures;
        return Div(IntervalStrip.Of(figures.Pooled?.Accuracy.Mean ?? figures.Accuracy, Interval(figures), marks),
            IntervalStrip.Scale()).Class("strips");
    }

    private static Element References(RunView view)
    {
        var list = new Element("ul").Class("legend");
        list.Add(new Element("li", Span().Class("key dot").With("aria-hidden", "true"), "this run, with its interval"));
        if (view.Baseline is { } baseline)
        {
            list.Add(new Element("li", Span().Class("key baseline").With("aria-hidden", "true"),
                Strong(Numbers.Figure(baseline)), " always naming the genre most frequent in training"));
        }

        if (view.Run.Record.Recipe.Published is { } published)
        {
            list.Add(published.Accuracy is { } accuracy
                ? new Element("li", Span().Class("key published").With("aria-hidden", "true"), Strong(Numbers.Figure(accuracy)),
                    $" published: {published.Source}{(published.Protocol.Length > 0 ? $"; {published.Protocol}" : "")}")
                : new Element("li", $"published without an accuracy: {published.Source}"));
        }

        return list;
    }

    private static Element Figures(RunView view)
    {
        var (rows, tracks) = (view.Run.Metrics, view.Run.Metrics.Tracks);
        MetricsReport[] shown = tracks is null ? [rows] : [tracks, rows];
        var table = new Element("table", new Element("caption", "Figures")).Class("figures");
        table.Add(new Element("thead", Tr([Column("Measure"),
            .. (tracks is null ? ["Value"] : s_units).Select(t => Column(t).Class("number"))])));
        var body = new Element("tbody");
        foreach (var (name, value) in Measures(view))
        {
            string[] cells = [.. shown.Select(value)];
            if (cells.Any(c => c != Numbers.Figure(null)))
                body.Add(Tr([Row(name), .. cells.Select(c => Td(c).Class("number"))]));
        }

        return Div(table.Add(body)).Class("scroll");
    }

    private static IEnumerable<(string Name, Func<MetricsReport, string> Value)> Measures(RunView view)
    {
        yield return ("Accuracy", m => m.Pooled is { } f ? Numbers.Spread(f.Accuracy) : Numbers.Figure(m.Accuracy));
        yield return ("95 % interval", m => Interval(m) is { } interval ? Numbers.Interval(interval) : Numbers.Figure(null));
        yield return ("Mean recall", m => m.Pooled?.RecallMacro is { } f
            ? Numbers.Spread(f) : Numbers.Figure(m.MacroAvg.Recall));
        yield return ("Macro F1", m => m.Pooled is { } f ? Numbers.Spread(f.F1Macro) : Numbers.Figure(m.MacroAvg.F1));
        yield return ("AUROC, one against the rest",
            m => m.Pooled is { } f ? Numbers.Spread(f.RocAucOvrMacro) : Numbers.Figure(m.RocAucOvrMacro));
        yield return ("AUPRC", m => m.Pooled?.AveragePrecisionMacro is { } f
            ? Numbers.Spread(f) : Numbers.Figure(m.AveragePrecisionMacro));
        foreach (var k in s_top)
            yield return ($"Top-{k} accuracy", m => Numbers.Figure(m.TopKAccuracy.TryGetValue(k, out var top) ? top : null));
        yield return ("Log loss", m => Numbers.Figure(m.LogLoss));
        yield return (view.Run.Metrics.Calibrated ? "Calibration error (ECE)" : "Calibration error (ECE) of the scores",
            m => Numbers.Figure(m.ExpectedCalibrationError));
        yield return ("Matthews’ correlation", m => Numbers.Figure(m.Mcc));
        yield return ("Accuracy on the training set", m => Numbers.Figure(m.TrainAccuracy));
        yield return ("Trained on", m => m.NTrain is { } n ? Numbers.Text(n) : Numbers.Figure(null));
        yield return ("Tested", m => Numbers.Text(m.NTest));
    }
}
