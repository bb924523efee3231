using Engine.Classifiers;
using Engine.Classifiers.Clustering;
using Engine.Pipeline.Runs;
using Engine.Plots.Figures;
using Engine.Plots.Runs;
using OxyPlot.Annotations;
using OxyPlot.Axes;
using static Engine.Tests.Plots.Runs.PlotSamples;

namespace Engine.Tests.Plots.Runs;

public class CorrelationPlotTests
{
    // Columns 0 and 2, and 1 and 3, are alike; NumPy's correlations of them are below.
    private static RunColumns Five(int constant = -1)
    {
        var values = new FeatureMatrix(24, 5);
        for (var i = 0; i < 24; i++)
        {
            double[] row =
            [
                Math.Sin(i * .5), Math.Cos(i * .9), Math.Sin(i * .5) + .1 * Math.Cos(i * 1.7),
                Math.Cos(i * .9) + .2 * Math.Sin(i * 2.3), Math.Sin(i * 1.1),
            ];
            if (constant >= 0) row[constant] = 7;
            row.CopyTo(values.Row(i));
        }

        return new("f.csv", ["a", "b", "c", "d", "e"], values, [.. Enumerable.Repeat("", 24)]);
    }

    private static Dictionary<(double, double), string?> Cells(Figure figure) => figure.Model.Annotations.OfType<TextAnnotation>()
        .ToDictionary(t => (t.TextPosition.X, t.TextPosition.Y), t => (string?)t.Text);

    private static string[] Names(Figure figure) =>
        [.. Enumerable.Range(0, 5).Select(i => figure.Model.Axes[0].FormatValue(i + 0.5))];

    [Fact]
    public void Correlation_InFileOrder_HasTheNumbersOfNumPy()
    {
        var figure = CorrelationPlot.Draw("f.csv", Five(), ColumnOrder.File);
        Assert.Equal(["a", "b", "c", "d", "e"], Names(figure));
        var cells = Cells(figure);
        Assert.Equal(25, cells.Count);
        Assert.Equal("1.00", cells[(0.5, 4.5)]);
        Assert.Equal("-0.19", cells[(1.5, 4.5)]);
        Assert.Equal("0.98", cells[(3.5, 3.5)]);
        Assert.Equal("0.25", cells[(4.5, 1.5)]);
        var colors = Assert.Single(figure.Model.Axes.OfType<LinearColorAxis>());
        Assert.Equal((-1, 1), (colors.Minimum, colors.Maximum));
        Golden.Check("table-correlation", figure);
    }

    [Fact]
    public void Correlation_Clustered_PutsLikeColumnsSideBySide()
    {
        // SciPy's average linkage joins a and c, then b and d, then e to those.
        var names = string.Concat(Names(CorrelationPlot.Draw("f.csv", Five())));
        Assert.True(names.Contains("ac") || names.Contains("ca"), names);
        Assert.True(names.Contains("bd") || names.Contains("db"), names);
        Assert.DoesNotContain(names[2], "ac");
    }

    [Fact]
    public void Correlation_ConstantColumn_IsLastAndEmpty()
    {
        var figure = CorrelationPlot.Draw("f.csv", Five(constant: 1));
        Assert.Equal("b", Names(figure)[4]);
        Assert.Equal(16, Cells(figure).Count);
        Assert.Contains("1 constant columns have no correlation", figure.Model.Subtitle.Replace('\n', ' '));
    }

    [Fact]
    public void Correlation_57Columns_AreAllNamed()
    {
        var values = new FeatureMatrix(30, 57);
        for (var i = 0; i < values.Data.Length; i++) values.Data[i] = Math.Sin(i * 1.37 + i % 57);
        string[] names = [.. Enumerable.Range(0, 57).Select(c => $"spectral_bandwidth_var{c}")];
        var figure = CorrelationPlot.Draw("f.csv", new("f.csv", names, values, [.. Enumerable.Repeat("", 30)]));
        Drawn(figure);
        foreach (var axis in figure.Model.Axes.OfType<TickAxis>())
        {
            axis.GetTickValues(out var labels, out _, out _);
            Assert.Equal(57, labels.Count);
        }
    }

    [Fact]
    public void Correlation_TooMuchOrTooLittle_IsRefused()
    {
        string[] Many(int count) => [.. Enumerable.Range(0, count).Select(c => $"c{c}")];
        Assert.Contains("has 501 columns", ErrorOf(() => CorrelationPlot.Draw("f.csv",
            new("f.csv", Many(501), new FeatureMatrix(3, 501), ["", "", ""]))));
        Assert.Contains("has 3 rows and 0 columns that are not constant", ErrorOf(() => CorrelationPlot.Draw("f.csv",
            new("f.csv", Many(4), new FeatureMatrix(3, 4), ["", "", ""]))));
        Assert.Contains("too small for this picture",
            ErrorOf(() => CorrelationPlot.Draw("f.csv", Five(), ColumnOrder.File, new FigureSize(200, 200))));
    }

    [Fact]
    public void AverageLinkage_Line_KeepsItsOrder()
    {
        double[] places = [5, 0, 1, 9, 2];
        var distances = new FeatureMatrix(5, 5, [.. places.SelectMany(a => places.Select(b => Math.Abs(a - b)))]);
        double[] ordered = [.. AverageLinkage.Order(distances).Select(i => places[i])];
        if (ordered[0] > ordered[^1]) Array.Reverse(ordered);
        Assert.Equal([0, 1, 2, 5, 9], ordered);
    }
}
