using System.Globalization;
using Engine.Pipeline;
using Engine.Plots.Figures;
using Engine.Plots.Runs;
using Engine.Plots.Songs;
using OxyPlot;
using OxyPlot.Annotations;
using OxyPlot.Axes;
using OxyPlot.Legends;
using OxyPlot.Series;

namespace Engine.Plots.Models;

/// <summary>The genres of a recording along time: their probabilities as stacked areas, and the segments.</summary>
internal static class TimelinePlot
{
    private const int Width = 960;

    // A segment's name is drawn if it fits; what the panel has beside axis, legend and colour bar, in pixels.
    private const int Beside = 290;

    private static readonly OxyColor s_other = OxyColor.FromRgb(0xD0, 0xD3, 0xD6);

    /// <summary>How many genres have an area of their own.</summary>
    public static int Most => Style.Series.Length;

    /// <summary>Draws a timeline beneath the mel spectrogram of its recording.</summary>
    public static Figure Draw(RunHeading heading, Song song, GenreTimeline timeline, FigureSize? size)
    {
        var width = size?.Width ?? Width;
        var number = timeline.IsCalibrated ? "probability" : "score";
        var drawn = Strongest(timeline);
        var stack = new PanelStack(
            heading.Title(timeline.IsCalibrated ? "Probabilities along time" : "Scores along time", width),
            TimeAxis.Create(song.From, song.To));
        var mel = new Panel(MelPicture.Axis(song, "mel scale (Hz)"));
        mel.Add(MelPicture.Of(song), "dB");
        stack.Add(mel);
        stack.Add(Areas(timeline, drawn, number));
        stack.Add(Segments(timeline, drawn, (width - Beside) / (song.To - song.From)));
        var (first, windows) = (timeline.Windows[0], timeline.Windows.Count);
        var figure = stack.Build(size, Description(timeline), heading.Subtitle(width, string.Create(CultureInfo.InvariantCulture,
            $"{song.Name}; {windows} window{(windows == 1 ? "" : "s")} of {first.End - first.Start:0.##} s"
                + $"{(windows > 1 ? $", one every {timeline.Windows[1].Start - first.Start:0.##} s" : "")}; "
                + $"below, the segments")));
        var legend = Marks.Legend();
        // From top to bottom as the areas.
        legend.LegendItemOrder = LegendItemOrder.Reverse;
        figure.Model.Legends.Add(legend);
        return figure;
    }

    /// <summary>The genres that are drawn, by their mean, highest first.</summary>
    internal static int[] Strongest(GenreTimeline timeline) => [.. Enumerable.Range(0, timeline.Labels.Count)
        .OrderByDescending(l => timeline.Windows.Average(w => w.Probabilities[l])).Take(Most)];

    // Each window stands for the time around its middle, halfway to the next.
    private static Panel Areas(GenreTimeline timeline, int[] drawn, string number)
    {
        var columns = new ColumnGrid(timeline.Windows.Count);
        var means = new double[timeline.Labels.Count * columns.Count];
        var edges = new double[columns.Count + 1];
        (edges[0], edges[^1]) = (timeline.Windows[0].Start, timeline.Windows[^1].End);
        for (var w = 0; w < timeline.Windows.Count; w++)
        {
            var c = columns.Of(w);
            for (var l = 0; l < timeline.Labels.Count; l++)
                means[l * columns.Count + c] += timeline.Windows[w].Probabilities[l] / columns.FramesOf(c);
            if (w > 0 && columns.Of(w - 1) < c) edges[c] = (timeline.Windows[w - 1].Start + timeline.Windows[w].End) / 2;
        }

        var panel = new Panel(Style.Dress(new LinearAxis { Title = number, Minimum = 0, Maximum = 1, MajorStep = 0.25 }));
        var below = new double[columns.Count];
        foreach (var l in drawn) Add(Names.Short(timeline.Labels[l]), Marks.Color(Array.IndexOf(drawn, l)), [l]);
        if (drawn.Length < timeline.Labels.Count)
            Add("others", s_other, [.. Enumerable.Range(0, timeline.Labels.Count).Except(drawn)]);
        return panel;

        void Add(string name, OxyColor color, int[] labels)
        {
            var area = new AreaSeries { Color = color, Fill = color, StrokeThickness = 0, MinimumSegmentLength = 0 };
            for (var c = 0; c < columns.Count; c++)
            {
                var above = below[c] + labels.Sum(l => means[l * columns.Count + c]);
                area.Points.AddRange([new(edges[c], above), new(edges[c + 1], above)]);
                area.Points2.AddRange([new(edges[c], below[c]), new(edges[c + 1], below[c])]);
                below[c] = above;
            }

            panel.Add(area);
            // The legend draws an area as a wedge; this is its square.
            panel.Add(new ScatterSeries { Title = name, MarkerType = MarkerType.Square, MarkerFill = color, MarkerSize = 6 });
        }
    }

    private static Panel Segments(GenreTimeline timeline, int[] drawn, double pixels)
    {
        var panel = new Panel(new TickAxis([]) { Minimum = 0, Maximum = 1, MajorTickSize = 0 }, 0.25);
        foreach (var segment in timeline.Segments)
        {
            var genre = Array.IndexOf(drawn, timeline.Labels.ToList().IndexOf(segment.Label));
            var color = genre < 0 ? s_other : Marks.Color(genre);
            var name = TextWidths.Cut(Names.Short(segment.Label), (segment.End - segment.Start) * pixels / Style.FontSize);
            panel.Add(new RectangleAnnotation
            {
                MinimumX = segment.Start,
                MaximumX = segment.End,
                MinimumY = 0,
                MaximumY = 1,
                Fill = color,
                Stroke = Style.Paper,
                StrokeThickness = 1,
                Text = name == "…" ? null : name,
                TextColor = Style.TextOn(color),
            });
        }

        return panel;
    }

    private static string Description(GenreTimeline timeline)
    {
        var longest = timeline.Segments.MaxBy(s => s.End - s.Start)!;
        return string.Create(CultureInfo.InvariantCulture,
            $"{timeline.Segments.Count} segment{(timeline.Segments.Count == 1 ? "" : "s")}; the longest is {longest.Label}, from "
                + $"{longest.Start:0.##} to {longest.End:0.##} s.");
    }
}
