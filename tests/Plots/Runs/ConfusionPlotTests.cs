using Engine.Classifiers;
using Engine.Classifiers.Evaluation;
using Engine.Plots.Figures;
using Engine.Plots.Output;
using Engine.Plots.Runs;
using OxyPlot;
using OxyPlot.Annotations;
using OxyPlot.Axes;
using static Engine.Tests.Plots.Runs.PlotSamples;

namespace Engine.Tests.Plots.Runs;

public class ConfusionPlotTests
{
    private static MetricsReport ReportOf(int count)
    {
        var (probabilities, labels) = (new FeatureMatrix(count * 4, count), new int[count * 4]);
        for (var r = 0; r < labels.Length; r++)
        {
            labels[r] = r % count;
            // Every fourth row is taken for the next genre.
            probabilities.Row(r)[r < count ? (r + 1) % count : r % count] = 1;
        }

        return Metrics.Compute(probabilities, labels, [.. Enumerable.Range(0, count).Select(g => $"genre {g:00} & <x>")]);
    }

    [Fact]
    public void Confusion_ThreeGenres_HasCountsAndSharesInTheirCells()
    {
        var figure = ConfusionPlot.Draw(Heading, Report, "tracks");
        var cells = figure.Model.Annotations.OfType<TextAnnotation>()
            .ToDictionary(t => (t.TextPosition.X, t.TextPosition.Y), t => t.Text);
        // True jazz is the top row: two right, one taken for the second genre.
        Assert.Equal("2\n67 %", cells[(0.5, 2.5)]);
        Assert.Equal("1\n33 %", cells[(1.5, 2.5)]);
        Assert.Equal("2\n67 %", cells[(1.5, 1.5)]);
        Assert.Equal("1\n33 %", cells[(0.5, 1.5)]);
        Assert.Equal("2\n67 %", cells[(2.5, 0.5)]);
        Assert.Equal("1\n33 %", cells[(0.5, 0.5)]);
        Assert.Equal(6, cells.Count);
        var colors = Assert.Single(figure.Model.Axes.OfType<LinearColorAxis>());
        Assert.Equal((0, 1), (colors.Minimum, colors.Maximum));
        var rows = AxisOf(figure, "true genre (tracks)");
        Assert.Equal("jazz (3)", rows.FormatValue(2.5));
        Assert.Equal("موسيقى\u200E (3)", rows.FormatValue(0.5));
        Assert.Equal("演歌", AxisOf(figure, "predicted genre").FormatValue(1.5));
        Assert.Contains("accuracy 66.7 %, 9 tracks tested", figure.Model.Subtitle);
        Golden.Check("run-confusion", figure);
    }

    [Fact]
    public void Confusion_Leaky_SaysSoInTheTitle() =>
        Assert.StartsWith("LEAKY: ", ConfusionPlot.Draw(Heading with { Leaky = true }, Report, "windows").Model.Title);

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 4)]
    [InlineData(30, 60)]
    public void Confusion_AnyNumberOfGenres_HasANumberInEveryFilledCell(int genres, int cells)
    {
        var figure = ConfusionPlot.Draw(Heading, ReportOf(genres), "tracks");
        Assert.Equal(cells, figure.Model.Annotations.OfType<TextAnnotation>().Count());
        Drawn(figure);
        // Every label has room: the axes' names are neither thinned nor smaller than the other labels.
        var axis = AxisOf(figure, "true genre (tracks)");
        axis.GetTickValues(out var labels, out _, out _);
        Assert.Equal(genres, labels.Count);
    }

    [Fact]
    public void Confusion_Names_StayText() =>
        Assert.Contains("&lt;x&gt;", SvgText.Document(ConfusionPlot.Draw(Heading, ReportOf(2), "tracks")));

    [Fact]
    public void Confusion_TextOnColours_IsReadable()
    {
        Assert.Equal(OxyColors.Black, Style.TextOn(Style.Shares.Colors[0]));
        Assert.Equal(OxyColors.White, Style.TextOn(Style.Shares.Colors[255]));
    }

    [Fact]
    public void Confusion_TooManyGenres_IsRefused()
    {
        var error = ErrorOf(() => ConfusionPlot.Draw(Heading, ReportOf(201), "tracks"));
        Assert.Contains("201 genres are too many", error);
    }

    [Fact]
    public void Confusion_SizeTooSmall_IsRefused() => Assert.Contains(
        "400x300 pixels are too small for this picture",
        ErrorOf(() => ConfusionPlot.Draw(Heading, ReportOf(30), "tracks", new FigureSize(400, 300))));
}
