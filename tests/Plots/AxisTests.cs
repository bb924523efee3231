using Engine.Plots.Figures;
using Engine.Plots.Output;
using OxyPlot.Axes;

namespace Engine.Tests.Plots;

public class AxisTests
{
    [Theory]
    [InlineData(0, 1, "0.0 0.1 0.2 0.3 0.4 0.5 0.6 0.7 0.8 0.9 1.0")]
    [InlineData(0, 30, "0 5 10 15 20 25 30")]
    [InlineData(0, 200, "0:00 0:30 1:00 1:30 2:00 2:30 3:00")]
    [InlineData(0, 10_800, "0:00:00 0:30:00 1:00:00 1:30:00 2:00:00 2:30:00 3:00:00")]
    [InlineData(130, 131, "2:10.0 2:10.2 2:10.4 2:10.6 2:10.8 2:11.0")]
    [InlineData(0, 180_000, "0:00:00 8:00:00 16:00:00 24:00:00 32:00:00 40:00:00 48:00:00")]
    public void TimeAxis_Labels_AreEvenAndFitTheWidth(double from, double to, string labels)
    {
        var axis = Drawn(TimeAxis.Create(from, to), new(800, 300));
        axis.GetTickValues(out var values, out _, out _);
        Assert.Equal(labels, string.Join(' ', values.Select(axis.FormatValue)));
    }

    [Fact]
    public void TickAxis_LabelsCloserThanALine_AreThinned()
    {
        TickAxis Axis() => new(Enumerable.Range(0, 30).Select(n => (n + 0.5, $"genre {n}"))) { Minimum = 0, Maximum = 30 };
        var high = Axis();
        Figure(new(400, 600), TimeAxis.Create(0, 1), high);
        high.GetTickValues(out var all, out _, out _);
        Assert.Equal(30, all.Count);
        var low = Axis();
        Figure(new(400, 300), TimeAxis.Create(0, 1), low);
        low.GetTickValues(out var labels, out var ticks, out _);
        Assert.Equal((10, 30), (labels.Count, ticks.Count));
    }

    private static Axis Drawn(Axis axis, FigureSize size)
    {
        Figure(size, axis, new LinearAxis { Minimum = 0, Maximum = 1 });
        return axis;
    }

    private static void Figure(FigureSize size, Axis horizontal, Axis vertical)
    {
        var stack = new PanelStack("title", horizontal);
        stack.Add(new Panel(vertical));
        SvgText.Document(stack.Build(size, "description"));
    }
}
