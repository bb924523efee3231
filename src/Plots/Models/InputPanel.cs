using Engine.Pipeline.Explaining;
using Engine.Pipeline.FrontEnds;
using Engine.Plots.Figures;
using Engine.Plots.Images;
using Engine.Plots.Songs.Kinds;
using OxyPlot;
using OxyPlot.Axes;

namespace Engine.Plots.Models;

/// <summary>What a model reads of a window, on the times of the recording.</summary>
internal static class InputPanel
{
    private const int Columns = 800;

    /// <summary>The picture or wave.</summary>
    /// <param name="picture">The input.</param>
    /// <param name="isWide">Whether it is as wide as the plot: then it has grid lines or a colour bar at the right.</param>
    public static Panel Of(WindowPicture picture, bool isWide)
    {
        if (picture.Axes.Rows == WindowRows.Samples) return Wave(picture, isWide);
        var panel = new Panel(WindowRowsAxis.Of(picture));
        if (picture.Channels == 3)
        {
            panel.Add(ColorImage.Of(picture.Values, picture.Height, picture.Width, Across(picture), (0, picture.Height)));
            return panel;
        }

        var map = Map(picture);
        if (isWide) panel.Add(map, picture.Axes.Unit);
        else panel.Add(map.ToAnnotation());
        return panel;
    }

    /// <summary>Where the first column begins and the last one ends, in seconds; each is centred on its time.</summary>
    public static (double From, double To) Across(WindowPicture picture)
    {
        var half = Step(picture) / 2;
        return (picture.Axes.Seconds[0] - half, picture.Axes.Seconds[^1] + half);
    }

    /// <summary>The values with the lowest frequency as the first row.</summary>
    /// <param name="values">Rows of the picture, or of a map made of it.</param>
    /// <param name="rows">How many.</param>
    /// <param name="firstIsTop">Whether the first is the highest.</param>
    public static float[] Upwards(ReadOnlySpan<float> values, int rows, bool firstIsTop)
    {
        var upwards = values.ToArray();
        if (!firstIsTop) return upwards;
        var width = values.Length / rows;
        for (var r = 0; r < rows; r++) values.Slice(r * width, width).CopyTo(upwards.AsSpan((rows - 1 - r) * width));
        return upwards;
    }

    /// <summary>The seconds between two columns.</summary>
    public static double Step(WindowPicture picture)
    {
        var times = picture.Axes.Seconds;
        return times.Count > 1 ? (times[^1] - times[0]) / (times.Count - 1) : 2 * times[0];
    }

    private static HeatMap Map(WindowPicture picture)
    {
        var values = Upwards(picture.Values, picture.Height, WindowRowsAxis.FirstIsTop(picture));
        var (across, up) = (Across(picture), (0, picture.Height));
        if (picture.Axes.Rows != WindowRows.Coefficients)
            return new(values, picture.Height, picture.Width) { Across = across, Up = up, Palette = Style.Levels };
        var limit = MfccKind.Limit(values, picture.Height);
        return new(values, picture.Height, picture.Width)
        {
            Across = across,
            Up = up,
            Palette = Style.Signed,
            Minimum = -limit,
            Maximum = limit,
        };
    }

    private static Panel Wave(WindowPicture picture, bool isWide)
    {
        LinearAxis axis = WindowRowsAxis.OfValues(picture.Values, picture.Axes.Unit);
        if (isWide) axis.MajorGridlineStyle = LineStyle.Solid;
        var panel = new Panel(axis);
        panel.Add(SeriesLine.Of(picture.Values, Across(picture), Columns, v => v));
        return panel;
    }
}
