using System.Globalization;
using Engine.Classifiers;
using Engine.Classifiers.Evaluation;
using Engine.Plots.Figures;
using Engine.Plots.Images;
using OxyPlot;
using OxyPlot.Annotations;
using OxyPlot.Axes;

namespace Engine.Plots.Runs;

/// <summary>The confusion matrix: counts, and each true genre's shares as colours.</summary>
internal static class ConfusionPlot
{
    // Up to so many genres, cells hold the share below the count; up to so many, the count.
    private const int MostShares = 15, MostCounts = 60;

    // The least width and height of cells that hold both, or the count, in pixels.
    private const int LeastWithShares = 32, LeastWithCounts = 18;

    // Heading, colour bar, titles and ticks beside the cells, in pixels.
    private const int Above = 110, Beside = 170;

    /// <summary>Draws the matrix of a report.</summary>
    /// <param name="heading">The run.</param>
    /// <param name="report">Its figures, by track or by window.</param>
    /// <param name="unit">What was counted: "tracks".</param>
    /// <param name="size">The size in pixels; null: large enough for every number.</param>
    /// <exception cref="EngineException">There are too many genres for a matrix.</exception>
    public static Figure Draw(RunHeading heading, MetricsReport report, string unit, FigureSize? size = null)
    {
        var count = report.Labels.Count;
        var matrix = report.ConfusionMatrix ?? throw new EngineException(
            $"{heading.System}: {count} genres are too many for a confusion matrix; a run keeps one for up to "
                + $"{Metrics.MostMatrixLabels}.");
        var cell = count <= 4 ? 90 : count <= MostShares ? 50 : count <= MostCounts ? 30 : 14;
        var fontSize = count <= MostCounts ? Style.FontSize : 10;
        string[] down = [.. report.Labels.Select((l, i) => Names.With(l, $"({matrix[i].Sum()})"))];
        string[] across = [.. report.Labels.Select(Names.Short)];
        var least = count <= MostShares ? LeastWithShares : count <= MostCounts ? LeastWithCounts : fontSize + 2;
        var (left, below) = ((int)Names.Widest(down, fontSize) + Beside, (int)(0.75 * Names.Widest(across, fontSize)) + Above);
        var given = size?.AtLeast((int)(count * least) + left, (int)(count * least) + below) ?? new(
            Math.Clamp(count * cell + left, 520, FigureSize.Largest), Math.Clamp(count * cell + below, 360, FigureSize.Largest));

        var horizontal = Names.Axis(across, fontSize);
        (horizontal.Position, horizontal.Title) = (AxisPosition.Bottom, "predicted genre");
        horizontal.Angle = count <= MostCounts ? -45 : -90;
        var vertical = Names.Axis([.. down.Reverse()], fontSize);
        vertical.Title = $"true genre ({unit})";
        var panel = new Panel(vertical);
        var map = Shares(matrix);
        panel.Add(map, "share of the true genre");
        if (count <= MostCounts) AddNumbers(panel, matrix, map, count <= MostShares);
        var stack = new PanelStack(heading.Title("Confusion matrix", given.Width), horizontal);
        stack.Add(panel);
        var accuracy = $"accuracy {Names.Percent(report.Accuracy)}, {report.NTest} {unit} tested";
        return stack.Build(given, Description(report, unit), heading.Subtitle(given.Width, accuracy));
    }

    // The first genre is the top row; a genre that was not tested has no shares.
    private static HeatMap Shares(IReadOnlyList<IReadOnlyList<int>> matrix)
    {
        var count = matrix.Count;
        var shares = new float[count * count];
        for (var r = 0; r < count; r++)
        {
            var total = matrix[r].Sum();
            for (var c = 0; c < count; c++)
                shares[(count - 1 - r) * count + c] = total == 0 ? float.NaN : (float)matrix[r][c] / total;
        }

        return new(shares, count, count)
        {
            Across = (0, count),
            Up = (0, count),
            Palette = Style.Shares,
            Minimum = 0,
            Maximum = 1,
        };
    }

    private static void AddNumbers(Panel panel, IReadOnlyList<IReadOnlyList<int>> matrix, HeatMap map, bool hasShares)
    {
        for (var r = 0; r < matrix.Count; r++)
        {
            var total = matrix[r].Sum();
            for (var c = 0; c < matrix.Count; c++)
            {
                if (matrix[r][c] is not (> 0 and var number)) continue;
                var share = (double)number / total;
                var text = number.ToString(CultureInfo.InvariantCulture);
                panel.Add(new TextAnnotation
                {
                    Text = hasShares ? $"{text}\n{share * 100:0} %" : text,
                    TextPosition = new(c + 0.5, matrix.Count - r - 0.5),
                    TextHorizontalAlignment = HorizontalAlignment.Center,
                    TextVerticalAlignment = VerticalAlignment.Middle,
                    TextColor = Style.TextOn(map.ColorOf(share)),
                    FontSize = text.Length > 3 ? 9 : hasShares ? 11 : 10,
                    StrokeThickness = 0,
                });
            }
        }
    }

    private static string Description(MetricsReport report, string unit)
    {
        var pairs =
            from t in Enumerable.Range(0, report.Labels.Count)
            from p in Enumerable.Range(0, report.Labels.Count)
            where t != p
            select (True: report.Labels[t], Predicted: report.Labels[p], Count: report.ConfusionMatrix![t][p]);
        var (truth, predicted, count) = pairs.DefaultIfEmpty((True: "", Predicted: "", Count: 0)).MaxBy(p => p.Count);
        var confused = count == 0 ? "none was confused" : $"most often, {truth} was taken for {predicted}: {count} times";
        return $"Confusion matrix of {report.Labels.Count} genres over {report.NTest} {unit}; {confused}.";
    }
}
