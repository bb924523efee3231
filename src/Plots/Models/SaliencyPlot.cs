using System.Globalization;
using Engine.Pipeline.Explaining;
using Engine.Plots.Figures;
using Engine.Plots.Images;
using Engine.Plots.Runs;
using Engine.Plots.Songs;
using Engine.Plots.Subjects;
using OxyPlot;
using OxyPlot.Annotations;
using OxyPlot.Axes;
using OxyPlot.Series;

namespace Engine.Plots.Models;

/// <summary>Which seconds and bands of a window spoke for a label: what the model reads, and the drop beneath each.</summary>
internal static class SaliencyPlot
{
    private const int Width = 960;
    private const string Unit = "drop";

    /// <summary>Draws the maps of a window.</summary>
    /// <param name="heading">The model.</param>
    /// <param name="path">The recording.</param>
    /// <param name="maps">A map for each input, or one of the audio.</param>
    /// <param name="isCalibrated">Whether the model gives probabilities.</param>
    /// <param name="request">Size and warnings.</param>
    public static Figure Draw(
        RunHeading heading, string path, IReadOnlyList<Occlusion> maps, bool isCalibrated, PlotRequest request)
    {
        var (first, width) = (maps[0], request.Size?.Width ?? Width);
        var number = isCalibrated ? "probability" : "score";
        var stack = new PanelStack(
            heading.Title(string.Create(CultureInfo.InvariantCulture,
                $"What spoke for {Names.Short(first.Label)}, {number} {first.Probability:0.000}"), width),
            TimeAxis.Create(first.Start, first.End));
        foreach (var map in maps)
        {
            if (map.Input is { } picture) stack.Add(InputPanel.Of(picture, isWide: true));
            else stack.Add(Spectrogram(path, map, request));
            stack.Add(map.Rows.Count > 1 ? Map(map) : Curve(map, number));
        }

        return stack.Build(request.Size, Description(maps, number), heading.Subtitle(width,
            string.Create(CultureInfo.InvariantCulture, $"{FileName.Of(path)}, {first.Start:0.##} to {first.End:0.##} s; "
                + $"{Unit}: fall of the {number} with {Patches(maps)} "
                + $"{(first.Input is null ? "cut out" : "covered by the mean")}; above 0, they spoke for the label")));
    }

    /// <summary>
    /// The drop at each value of the picture: the mean over the patches that cover it, <c>[height, width]</c>.
    /// </summary>
    internal static float[] Spread(Occlusion map)
    {
        var picture = map.Input!;
        var width = (int)Math.Round(map.PatchSeconds / InputPanel.Step(picture));
        var (rows, columns) = (Patch.Starts(picture.Height, map.PatchRows), Patch.Starts(picture.Width, width));
        var (sums, counts) = (new double[picture.Height * picture.Width], new int[picture.Height * picture.Width]);
        for (var r = 0; r < rows.Length; r++)
        {
            for (var c = 0; c < columns.Length; c++)
            {
                for (var y = rows[r]; y < rows[r] + map.PatchRows; y++)
                {
                    for (var x = columns[c]; x < columns[c] + width; x++)
                    {
                        sums[y * picture.Width + x] += map.Drops[r * columns.Length + c];
                        counts[y * picture.Width + x]++;
                    }
                }
            }
        }

        return [.. sums.Zip(counts, (sum, count) => (float)(sum / count))];
    }

    private static Panel Map(Occlusion map)
    {
        var picture = map.Input!;
        var panel = new Panel(WindowRowsAxis.Of(picture));
        var values = InputPanel.Upwards(Spread(map), picture.Height, WindowRowsAxis.FirstIsTop(picture));
        var limit = Limit(values);
        panel.Add(new HeatMap(values, picture.Height, picture.Width)
        {
            Across = InputPanel.Across(picture),
            Up = (0, picture.Height),
            Palette = Style.Signed,
            Minimum = -limit,
            Maximum = limit,
        }, Unit);
        return panel;
    }

    private static Panel Curve(Occlusion map, string number)
    {
        var limit = Limit(map.Drops) * 1.08;
        var panel = new Panel(Style.Dress(new LinearAxis
        {
            Title = $"{Unit} of the {number}",
            Minimum = -limit,
            Maximum = limit,
            MajorGridlineStyle = LineStyle.Solid,
        }));
        var line = new LineSeries
        {
            Color = Style.Series[0],
            StrokeThickness = 1.5,
            MarkerType = MarkerType.Circle,
            MarkerSize = 2.5,
        };
        foreach (var (seconds, drop) in map.Seconds.Zip(map.Drops)) line.Points.Add(new(seconds, drop));
        panel.Add(line);
        panel.Add(new LineAnnotation
        {
            Type = LineAnnotationType.Horizontal,
            Y = 0,
            Color = Style.Ink,
            LineStyle = LineStyle.Solid,
        });
        return panel;
    }

    // The largest drop or rise; nothing moved: some range that has 0 in its middle.
    private static double Limit(float[] drops)
    {
        var largest = drops.Max(Math.Abs);
        return largest > 0 ? largest : 1;
    }

    // Plain columns have no picture; the part of the song stands in its place.
    private static Panel Spectrogram(string path, Occlusion map, PlotRequest request)
    {
        using var song = Song.Open(path, new()
        {
            From = map.Start,
            To = map.End,
            MaxHours = request.MaxHours,
            Warn = request.Warn,
            Cancel = request.Cancel,
        });
        var panel = new Panel(MelPicture.Axis(song, "mel scale (Hz)"));
        panel.Add(MelPicture.Of(song), "dB");
        return panel;
    }

    private static string Patches(IReadOnlyList<Occlusion> maps) => string.Join(" or ", maps.Select(m =>
        string.Create(CultureInfo.InvariantCulture, $"{m.PatchSeconds:0.###} s")
            + (m.Rows.Count > 1 ? $" and {m.PatchRows} rows" : "")).Distinct());

    private static string Description(IReadOnlyList<Occlusion> maps, string number)
    {
        var map = maps[0];
        var most = Array.IndexOf(map.Drops, map.Drops.Max());
        return string.Create(CultureInfo.InvariantCulture,
            $"Drop of the {number} of {map.Label} when a part is covered; the largest, {map.Drops[most]:0.000}, is at "
                + $"{map.Seconds[most % map.Seconds.Count]:0.##} s.");
    }
}
