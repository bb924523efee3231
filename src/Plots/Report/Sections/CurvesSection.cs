using Engine.Pipeline.Recipes;
using Engine.Plots.Report.Html;
using Engine.Plots.Runs;
using static Engine.Plots.Report.Html.Tags;

namespace Engine.Plots.Report.Sections;

/// <summary>The learning curves of a network.</summary>
internal static class CurvesSection
{
    /// <summary>The section; null without a network.</summary>
    public static Section? Of(RunView view)
    {
        var history = view.Run.History;
        if (history.Count == 0 || view.Run.IsOtherData) return null;
        var stopping = (view.Run.Record.Recipe.Classifier as NetworkSpec)?.Training.EarlyStopping;
        var figure = HistoryPlot.Draw(view.Heading, history, stopping);
        return new("curves", "Learning curves", Picture(figure, "history"), Ends(view));
    }

    private static Element Ends(RunView view)
    {
        var table = new Element("table", new Element("caption", "The last epoch of each round"));
        string[] columns = ["Epochs", "Loss", "Accuracy", "Validation loss", "Validation accuracy", "Time"];
        table.Add(new Element("thead", Tr([Column("Round"), .. columns.Select(c => Column(c).Class("number"))])));
        var rounds = view.Run.History.GroupBy(e => e.Round).Select(g => (Round: g.Key, Epochs: g.ToArray()));
        table.Add(new Element("tbody", rounds.Select(r =>
        {
            var last = r.Epochs[^1].Record;
            string[] cells =
            [
                Numbers.Text(last.Epoch), Numbers.Figure(last.Loss), Numbers.Figure(last.Accuracy),
                Numbers.Figure(last.ValidLoss), Numbers.Figure(last.ValidAccuracy),
                Numbers.Seconds(r.Epochs.Sum(e => e.Record.Seconds)),
            ];
            return Tr([Row(Numbers.Text(r.Round)), .. cells.Select(c => Td(c).Class("number"))]);
        })));
        return new Element("details", new Element("summary", "The last epochs in numbers"), Div(table).Class("scroll"));
    }
}
