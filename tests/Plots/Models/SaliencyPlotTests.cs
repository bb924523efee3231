using Engine.Pipeline;
using Engine.Pipeline.Explaining;
using Engine.Pipeline.FrontEnds;
using Engine.Pipeline.Runs;
using Engine.Plots.Figures;
using Engine.Plots.Models;
using Engine.Tests.Classifiers;
using OxyPlot.Series;
using static Engine.Tests.Plots.Models.ModelPictures;
using static Engine.Tests.Plots.SongFigures;

namespace Engine.Tests.Plots.Models;

public sealed class SaliencyPlotTests : IDisposable
{
    private readonly ModelPictures _pictures = new();

    public void Dispose() => _pictures.Dispose();

    [Fact]
    public void Saliency_NetworkOfOneBand_ShowsTheBand()
    {
        const int band = 5;
        _pictures.OneBand(band);
        var figure = _pictures.Draw("saliency", new() { At = 0.75, Label = "a" });
        using var model = _pictures.Load();
        var map = Assert.Single(Occlusion.Of(model, _pictures.Song, new() { At = 0.75, Label = "a" }));
        Assert.Equal(
            FormattableString.Invariant($"What spoke for a, score {map.Probability:0.000}, by-hand"), figure.Model.Title);
        Assert.Contains("song.wav, 0.5 to 1 s", figure.Model.Subtitle);

        var largest = SaliencyPlot.Spread(map).Max(Math.Abs);
        Assert.Equal((-largest, largest), (Colors(figure, 1).Minimum, Colors(figure, 1).Maximum));
        // The same axis of bands, and the same place, for the input and the drops.
        Assert.Equal(["mel band (Hz)", "mel band (Hz)"], new[] { Axis(figure, 0).Title, Axis(figure, 1).Title });
        var ((_, above), (drops, below)) = (Image(figure, 0), Image(figure, 1));
        Assert.Equal((above.X.Value, above.Width.Value), (below.X.Value, below.Width.Value));
        Assert.Equal(above.Height.Value, below.Height.Value);
        // A patch is two rows high: the band and its neighbours moved, the others are grey, the middle of the palette.
        for (var b = 0; b < Bands; b++)
        {
            var y = (int)((Bands - b - 0.5) * drops.Height / Bands);
            var row = Enumerable.Range(0, drops.Width).Select(x => drops[x, y]);
            Assert.Equal(b is band - 1 or band or band + 1, row.Any(i => Math.Abs(i - 127.5) > 1));
        }

        Golden.Check("model-saliency", figure);
    }

    [Fact]
    public void Spread_IsTheMeanOverThePatches()
    {
        // Columns of patches: 0-1, 1-2, 2-3; rows 0-1 and 1-2.
        var axes = new WindowAxes(WindowRows.Coefficients, [0, 1, 2, 3], null, "coefficient");
        var picture = new WindowPicture("x", 1, 3, 4, new float[12], axes);
        var map = new Occlusion("a", 0.5, 0, 4, picture, [0.5, 1.5, 2.5], [0.5, 1.5], 2, 2, [1, 2, 3, 5, 6, 7]);
        Assert.Equal([1, 1.5f, 2.5f, 3, 3, 3.5f, 4.5f, 5, 5, 5.5f, 6.5f, 7], SaliencyPlot.Spread(map));
    }

    [Fact]
    public void Saliency_HighestFrequencyFirst_IsDrawnUpwards()
    {
        var axes = new WindowAxes(WindowRows.MelBands, [0, 1], [2000, 1000, 500], "colour");
        var picture = new WindowPicture("x", 3, 3, 2, new float[18], axes);
        Assert.True(WindowRowsAxis.FirstIsTop(picture));
        Assert.Equal([4, 5, 2, 3, 0, 1], InputPanel.Upwards([0, 1, 2, 3, 4, 5], 3, firstIsTop: true));
        var axis = WindowRowsAxis.Of(picture);
        axis.GetTickValues(out _, out var ticks, out _);
        Assert.Equal("512", axis.FormatValue(0.5 + 12 / 500.0));
        Assert.Equal("1,024", axis.FormatValue(1.5 + 24 / 1000.0));
    }

    [Fact]
    public void Axis_OfBins_HasRoundFrequencies()
    {
        double[] bins = [.. Enumerable.Range(0, 513).Select(k => k * 22050 / 1024.0)];
        var axis = WindowRowsAxis.Of(new("x", 1, 513, 1, new float[513], new(WindowRows.Bins, [0], bins, "dB")));
        Assert.Equal("frequency (Hz)", axis.Title);
        Assert.Equal("0", axis.FormatValue(0.5));
        Assert.Equal("2,000", axis.FormatValue(0.5 + 2000 * 1024 / 22050.0));
        Assert.Equal("10,000", axis.FormatValue(0.5 + 10000 * 1024 / 22050.0));
    }

    [Fact]
    public void Saliency_PlainColumns_IsACurveBelowTheSpectrogram()
    {
        Training.Run(PipelineCorpus.Options(PipelineCorpus.WriteAudio(_pictures.Folder["audio"]), _pictures.Folder["run"])
            with
        { Extraction = new() });
        var figure = new ModelSongSubject().Draw([_pictures.Folder["run"], _pictures.Song], ["saliency"], new() { At = 0.5 });
        Runs.PlotSamples.Drawn(figure);
        using var model = GenreModel.Load(_pictures.Folder["run"]);
        var map = Assert.Single(Occlusion.Of(model, _pictures.Song, new() { At = 0.5 }));
        var line = Assert.Single(SeriesOf<LineSeries>(figure, 1));
        Assert.Equal(map.Seconds.Zip(map.Drops, (s, d) => (s, (double)d)), line.Points.Select(p => (p.X, p.Y)));
        Assert.Equal(Axis(figure, 1).Minimum, -Axis(figure, 1).Maximum);
        Assert.Equal("mel scale (Hz)", Axis(figure, 0).Title);
        Assert.Contains("with 0.062 s cut out", figure.Model.Subtitle.Replace('\n', ' '));
        Assert.Contains(model.IsCalibrated ? "probability" : "score", figure.Model.Title);
    }

    [Fact]
    public void Saliency_NothingMoves_IsDrawn()
    {
        _pictures.Convolution(); // all weights of the output are 0
        var figure = _pictures.Draw("saliency", new() { At = 0 });
        Assert.Equal((-1, 1), (Colors(figure, 1).Minimum, Colors(figure, 1).Maximum));
        Assert.Equal("What spoke for a, score 0.500, by-hand", figure.Model.Title);
    }

    [Fact]
    public void Saliency_BadInput_SaysWhat()
    {
        _pictures.OneBand(3);
        Assert.Contains("no label 'c'; its labels are a, b", _pictures.Error("saliency", new() { Label = "c" }));
        Assert.Contains("trained on windows of 0.5 s; leave the window's length out",
            _pictures.Error("saliency", new() { Window = 1 }));
        Assert.Contains("give at least 960x", _pictures.Error("saliency", new() { Size = new FigureSize(960, 200) }));
    }
}
