using Engine.Pipeline;
using Engine.Plots.Figures;
using Engine.Plots.Models;
using Engine.Plots.Runs;
using Engine.Plots.Songs;
using Engine.Plots.Subjects;
using Engine.Tests.Classifiers;
using OxyPlot.Annotations;
using OxyPlot.Series;
using static Engine.Tests.Plots.Runs.PlotSamples;
using static Engine.Tests.Plots.SongFigures;

namespace Engine.Tests.Plots.Models;

public sealed class TimelinePlotTests : IDisposable
{
    private readonly ModelPictures _pictures = new();

    public void Dispose() => _pictures.Dispose();

    [Fact]
    public void Timeline_Model_IsDrawnUnderItsSong()
    {
        _pictures.OneBand(2);
        // A tone that ends: noise would make the picture large.
        float[] tones = [.. Enumerable.Range(0, 2 * Rate).Select(i => (float)(i < Rate ? Tone(i, 600) : Tone(i, 600, 1e-5)))];
        PipelineCorpus.WriteWav(_pictures.Song, tones);
        var figure = _pictures.Draw("timeline", new() { Hop = 0.25, NoCache = true });
        using var model = _pictures.Load();
        var timeline = model.Timeline(_pictures.Song, 0.25);
        Assert.Equal(7, timeline.Windows.Count);
        Assert.Equal("Scores along time, by-hand", figure.Model.Title);
        Assert.Equal("song.wav; 7 windows of 0.5 s, one every 0.25 s; below, the segments", figure.Model.Subtitle);
        Assert.Equal((0, 2), (figure.Model.Axes[0].Minimum, figure.Model.Axes[0].Maximum));
        var strongest = TimelinePlot.Strongest(timeline)[0];
        var area = SeriesOf<AreaSeries>(figure, 1)[0];
        Assert.Equal(
            timeline.Windows.SelectMany(w => Enumerable.Repeat(w.Probabilities[strongest], 2)), area.Points.Select(p => p.Y));
        // Each window is its middle and halfway to the next; the first and the last reach to the ends.
        Assert.All(new[] { 0, 0.375, 0.375, 0.625 }.Zip(area.Points), p => Assert.Equal(p.First, p.Second.X, 1e-4));
        Assert.Equal(timeline.Windows[^1].End, area.Points[^1].X);
        var segments = figure.Model.Annotations.OfType<RectangleAnnotation>().ToArray();
        Assert.Equal(timeline.Segments.Select(s => (s.Start, s.End)), segments.Select(s => (s.MinimumX, s.MaximumX)));
        Assert.Equal(timeline.Segments.Select(s => s.Label), segments.Select(s => s.Text));
        Golden.Check("model-timeline", figure);
    }

    [Fact]
    public void Timeline_ManyGenres_AreEightAndTheOthers()
    {
        string[] labels = [.. Enumerable.Range(0, 12).Select(l => l == 11 ? "موسيقى" : $"genre {l}")];
        // The last is the strongest; the others have the same.
        double[] shares = [.. Enumerable.Range(0, 12).Select(l => l == 11 ? 0.45 : 0.05)];
        var figure = Draw(labels, shares, isCalibrated: true);
        Assert.Equal("Probabilities along time, gtzan57-svm", figure.Model.Title);
        var areas = SeriesOf<AreaSeries>(figure, 1);
        Assert.Equal(9, areas.Count);
        double[] tops = [0.45, 0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 1];
        Assert.All(areas.Zip(tops), a => Assert.All(a.First.Points, p => Assert.Equal(a.Second, p.Y, 9)));
        var named = SeriesOf<ScatterSeries>(figure, 1);
        Assert.Equal(["موسيقى", .. labels[..7], "others"], named.Select(s => s.Title));
        Assert.Equal(areas.Select(a => a.Fill), named.Select(s => s.MarkerFill));
        Assert.Equal("probability", Axis(figure, 1).Title);
    }

    [Fact]
    public void Timeline_MoreWindowsThanColumns_AreAveraged()
    {
        var figure = Draw(["a", "b"], [0.75, 0.25], isCalibrated: false, windows: 4000);
        var area = SeriesOf<AreaSeries>(figure, 1)[0];
        Assert.Equal(2 * ColumnGrid.Most, area.Points.Count);
        Assert.All(area.Points, p => Assert.Equal(0.75, p.Y, 9));
        Assert.True(area.Points.Zip(area.Points.Skip(1)).All(p => p.First.X <= p.Second.X));
    }

    [Fact]
    public void Timeline_BriefSegment_HasNoName()
    {
        var timeline = Made(["a", "long name"], [0.75, 0.25], 4) with
        {
            Segments = [new(0, 0.01, "long name", 0.5), new(0.01, 2, "a", 0.5)],
        };
        var figure = Draw(timeline);
        Assert.Equal([null, "a"], figure.Model.Annotations.OfType<RectangleAnnotation>().Select(s => s.Text));
    }

    [Fact]
    public void Timeline_BadInput_SaysWhat()
    {
        _pictures.OneBand(2);
        Assert.Contains("trained on windows of 0.5 s", _pictures.Error("timeline", new() { Window = 1, NoCache = true }));
        Assert.Contains("timeline's hop is 0 s", _pictures.Error("timeline", new() { Hop = 0, NoCache = true }));
        Assert.Contains("give at least 960x",
            _pictures.Error("timeline", new() { Size = new FigureSize(960, 220), NoCache = true }));
    }

    private static GenreTimeline Made(string[] labels, double[] shares, int windows)
    {
        var length = 2.0 / windows;
        return new(labels,
            [.. Enumerable.Range(0, windows).Select(w => new TimelineWindow(w * length, (w + 1) * length, labels[0], shares))],
            [new(0, 2, labels[0], shares[0])]);
    }

    private Figure Draw(string[] labels, double[] shares, bool isCalibrated, int windows = 3) =>
        Draw(Made(labels, shares, windows) with { IsCalibrated = isCalibrated });

    private Figure Draw(GenreTimeline timeline)
    {
        using var song = Song.Open(_pictures.Song, new PlotRequest());
        var figure = TimelinePlot.Draw(new RunHeading("gtzan57-svm", "", Leaky: false), song, timeline, null);
        Drawn(figure);
        return figure;
    }
}
