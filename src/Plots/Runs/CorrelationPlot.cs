using System.Globalization;
using Engine.Classifiers;
using Engine.Classifiers.Clustering;
using Engine.Classifiers.Selection;
using Engine.Pipeline.Runs;
using Engine.Plots.Figures;
using Engine.Plots.Images;
using OxyPlot;
using OxyPlot.Annotations;
using OxyPlot.Axes;

namespace Engine.Plots.Runs;

/// <summary>How the columns of a correlation matrix are ordered.</summary>
internal enum ColumnOrder
{
    /// <summary>Correlated columns beside each other.</summary>
    Clustered,

    /// <summary>As in the table.</summary>
    File,
}

/// <summary>The correlation of every pair of columns as a matrix of colours.</summary>
internal static class CorrelationPlot
{
    /// <summary>A larger picture could not be opened, let alone read.</summary>
    public const int MostColumns = 500;

    // Up to so many columns, cells hold their number.
    private const int MostNumbers = 14, Above = 110, Beside = 150;

    /// <summary>Draws the columns of a table or a run.</summary>
    /// <param name="system">The run's recipe, or the table's name.</param>
    /// <param name="columns">The columns.</param>
    /// <param name="order">How they are ordered.</param>
    /// <param name="size">The size in pixels; null: large enough for every name.</param>
    /// <exception cref="EngineException">There are too many columns, or too few that vary, or too few rows.</exception>
    public static Figure Draw(
        string system, RunColumns columns, ColumnOrder order = ColumnOrder.Clustered, FigureSize? size = null)
    {
        var varying = Require(columns);
        var correlations = Correlation.Pearson(columns.Values);
        int[] places = order == ColumnOrder.File ? [.. Enumerable.Range(0, columns.Names.Count)]
            : [.. Clustered(correlations, varying), .. Enumerable.Range(0, columns.Names.Count).Except(varying)];
        var isFew = places.Length <= MostNumbers;
        var fontSize = places.Length <= 30 ? Style.FontSize : 11;
        string[] names = [.. places.Select(p => Names.Short(columns.Names[p]))];
        var (cell, label) = (isFew ? 46 : places.Length <= 30 ? 24 : 15, Names.Widest(names, fontSize));
        var (least, cells) = (places.Length * (isFew ? 32 : 13) + (int)label, places.Length * cell + (int)label);
        var given = size?.AtLeast(least + Beside, least + Above) ?? new(
            Math.Clamp(cells + Beside, 480, FigureSize.Largest), Math.Clamp(cells + Above, 360, FigureSize.Largest));

        var (horizontal, vertical) = (Names.Axis(names, fontSize), Names.Axis([.. names.Reverse()], fontSize));
        (horizontal.Position, horizontal.Angle) = (AxisPosition.Bottom, -90);
        var panel = new Panel(vertical);
        var map = Matrix(correlations, places, varying);
        panel.Add(map, "Pearson's r");
        if (isFew) AddNumbers(panel, correlations, places, varying, map);
        var heading = new RunHeading(system, "", Leaky: false);
        var stack = new PanelStack(heading.Title("Correlation of columns", given.Width), horizontal);
        stack.Add(panel);
        var constant = columns.Names.Count - varying.Length;
        var ordered = order == ColumnOrder.File ? "in the order of the table" : "correlated columns beside each other";
        var remark = $"{columns.Values.Rows} rows; {ordered}"
            + (constant > 0 ? $"; {constant} constant columns have no correlation" : "");
        return stack.Build(given, Description(columns, correlations, varying), heading.Subtitle(given.Width, remark));
    }

    private static int[] Require(RunColumns columns)
    {
        var (rows, count) = (columns.Values.Rows, columns.Names.Count);
        if (count > MostColumns)
        {
            throw new EngineException($"{columns.Source}: has {count} columns; a correlation matrix that can be read has at most "
                + $"{MostColumns}.");
        }

        var varying = Standardized.Varying(columns.Values);
        if (rows >= 3 && varying.Length >= 2) return varying;
        throw new EngineException($"{columns.Source}: has {rows} rows and {varying.Length} columns that are not constant; "
            + "correlation needs at least 3 rows and 2 such columns.");
    }

    private static IEnumerable<int> Clustered(FeatureMatrix correlations, int[] varying)
    {
        var distances = new FeatureMatrix(varying.Length, varying.Length);
        for (var i = 0; i < varying.Length; i++)
        {
            for (var j = 0; j < varying.Length; j++) distances.Row(i)[j] = 1 - Math.Abs(correlations[varying[i], varying[j]]);
        }

        return AverageLinkage.Order(distances).Select(i => varying[i]);
    }

    private static HeatMap Matrix(FeatureMatrix correlations, int[] places, int[] varying)
    {
        var (count, known) = (places.Length, varying.ToHashSet());
        var values = new float[count * count];
        for (var r = 0; r < count; r++)
        {
            for (var c = 0; c < count; c++)
            {
                values[(count - 1 - r) * count + c] = known.Contains(places[r]) && known.Contains(places[c])
                    ? (float)correlations[places[r], places[c]] : float.NaN;
            }
        }

        return new(values, count, count)
        {
            Across = (0, count),
            Up = (0, count),
            Palette = Style.Signed,
            Minimum = -1,
            Maximum = 1,
        };
    }

    private static void AddNumbers(Panel panel, FeatureMatrix correlations, int[] places, int[] varying, HeatMap map)
    {
        for (var r = 0; r < places.Length; r++)
        {
            for (var c = 0; c < places.Length; c++)
            {
                if (!varying.Contains(places[r]) || !varying.Contains(places[c])) continue;
                var value = correlations[places[r], places[c]];
                panel.Add(new TextAnnotation
                {
                    Text = value.ToString("0.00", CultureInfo.InvariantCulture),
                    TextPosition = new(c + 0.5, places.Length - r - 0.5),
                    TextHorizontalAlignment = HorizontalAlignment.Center,
                    TextVerticalAlignment = VerticalAlignment.Middle,
                    TextColor = Style.TextOn(map.ColorOf(value)),
                    FontSize = 11,
                    StrokeThickness = 0,
                });
            }
        }
    }

    private static string Description(RunColumns columns, FeatureMatrix correlations, int[] varying)
    {
        var pairs = from i in varying from j in varying where i < j select (i, j);
        var (first, second) = pairs.MaxBy(p => Math.Abs(correlations[p.i, p.j]));
        return string.Create(CultureInfo.InvariantCulture,
            $"Correlations of {columns.Names.Count} columns; the strongest is {correlations[first, second]:0.00}, of "
                + $"{columns.Names[first]} and {columns.Names[second]}.");
    }
}
