using Engine.Dsp;
using Engine.Plots.Figures;
using Engine.Plots.Output;
using Engine.Plots.Subjects;
using OxyPlot.Series;
using static Engine.Tests.Plots.SongFigures;

namespace Engine.Tests.Plots;

public sealed class SongPictureTests : IDisposable
{
    private const string All = "wave,stft,mel,mfcc,chroma,rolloff,centroid,zcr,rms,onset,tempogram,hpss";

    private readonly SongFigures _songs = new();

    public void Dispose() => _songs.Dispose();

    [Fact]
    public void Wave_FewSamples_AreTheLine()
    {
        var figure = _songs.Draw("wave", 400, i => Tone(i, 441, 0.3));
        var line = Assert.Single(SeriesOf<LineSeries>(figure, 0));
        Assert.Equal(400, line.Points.Count);
        Assert.Equal(0.3, line.Points[62].Y, 3);
        Assert.Equal(62.0 / Rate, line.Points[62].X, 9);
        Assert.Equal((-0.5, 0.5), (Axis(figure, 0).Minimum, Axis(figure, 0).Maximum));
    }

    [Fact]
    public void Wave_ManySamples_IsTheirRangePerColumn()
    {
        // 32,000 samples in 1,600 columns of 20.
        var figure = _songs.Draw("wave", 32_000, i => i == 10_005 ? 0.9 : i == 20_010 ? -0.7 : 0);
        var area = Assert.Single(SeriesOf<AreaSeries>(figure, 0));
        Assert.Equal((1600, 1600), (area.Points.Count, area.Points2.Count));
        Assert.Equal(0.9, area.Points[500].Y, 6);
        Assert.Equal(-0.7, area.Points2[1000].Y, 6);
        Assert.Equal(0, area.Points[501].Y);
        Assert.Equal(10_009.5 / Rate, area.Points[500].X, 9);
        Assert.Equal(1, Axis(figure, 0).Maximum);
    }

    [Fact]
    public void Stft_Tone_IsAtItsFrequency()
    {
        var figure = _songs.Draw("stft", Rate, i => Tone(i, 1000));
        Assert.Equal(Math.Log2(1000), Brightest(figure, 0), 1.0 / 36);
        Assert.Equal((5, Math.Log2(Rate / 2.0)), (Axis(figure, 0).Minimum, Axis(figure, 0).Maximum));
        Assert.Equal((-80, 0), (Colors(figure, 0).Minimum, Colors(figure, 0).Maximum));
        Assert.Equal("dB", Colors(figure, 0).Title);
        Axis(figure, 0).GetTickValues(out var labels, out _, out _);
        Assert.Equal([5, 6, 7, 8, 9, 10, 11, 12, 13], labels);
        Assert.Equal("8,192", Axis(figure, 0).FormatValue(13));
    }

    [Fact]
    public void Mel_Tone_IsAtItsFrequencyOnTheAxisOfMels()
    {
        var figure = _songs.Draw("mel", Rate, i => Tone(i, 3000));
        Assert.Equal(Mel.FromHertz(3000), Brightest(figure, 0), 0.3);
        Assert.Equal((0, Mel.FromHertz(11025)), (Axis(figure, 0).Minimum, Axis(figure, 0).Maximum));
        // 44 frames, centred on their times.
        var (pixels, place) = Image(figure, 0);
        Assert.Equal(0, pixels.Width % 44);
        Assert.Equal(44 * 512.0 / Rate, place.Width.Value, 9);
        Assert.Equal(21.5 * 512 / Rate, place.X.Value, 9);
    }

    [Fact]
    public void Mfcc_RowsAreCoefficients_WithLimitsBothSidesOfZero()
    {
        var figure = _songs.Draw("mfcc", Rate, i => Tone(i, 700) + Tone(i, 3000, 0.1));
        Assert.Equal((0, 20), (Axis(figure, 0).Minimum, Axis(figure, 0).Maximum));
        Assert.Equal(-Colors(figure, 0).Minimum, Colors(figure, 0).Maximum);
        var (pixels, _) = Image(figure, 0);
        Assert.Equal(0, pixels.Height % 20);
    }

    [Fact]
    public void Chroma_A440_IsTheRowOfA()
    {
        var figure = _songs.Draw("chroma", Rate, i => Tone(i, 440));
        Assert.Equal(9.5, Brightest(figure, 0), 1e-9);
        Assert.Equal("A", Axis(figure, 0).FormatValue(9.5));
        Assert.Equal("C♯", Axis(figure, 0).FormatValue(1.5));
        Assert.Equal((0, 1), (Colors(figure, 0).Minimum, Colors(figure, 0).Maximum));
    }

    [Fact]
    public void Curves_Tone_HaveTheValuesOfAnalysis()
    {
        var figure = _songs.Draw("rolloff,centroid,zcr,rms", Rate, i => Tone(i, 1000));
        var middle = Enumerable.Range(0, 4).Select(p => SeriesOf<LineSeries>(figure, p).Single().Points[20]).ToArray();
        Assert.All(middle, p => Assert.Equal(20 * 512.0 / Rate, p.X, 9));
        Assert.Equal(1000, Mel.ToHertz(middle[0].Y), 25.0);
        Assert.Equal(1000, Mel.ToHertz(middle[1].Y), 10.0);
        Assert.Equal(2000.0 / Rate, middle[2].Y, 1e-3);
        Assert.Equal(0.5 / Math.Sqrt(2), middle[3].Y, 2e-3);
        Assert.Equal(["rolloff (Hz)", "centroid (Hz)", "crossings/sample", "RMS amplitude"],
            Enumerable.Range(0, 4).Select(p => Axis(figure, p).Title));
        Assert.Equal((0, Mel.FromHertz(11025)), (Axis(figure, 0).Minimum, Axis(figure, 0).Maximum));
    }

    [Fact]
    public void OnsetAndTempogram_Beats_AreAtTheirTimesAndTempo()
    {
        var figure = _songs.Draw("onset,tempogram", 12 * Rate, i => Beats(i, 120));
        var points = SeriesOf<LineSeries>(figure, 0).Single().Points;
        var strongest = points.Where(p => p.X is > 4.8 and < 5.2).MaxBy(p => p.Y);
        Assert.Equal(5, strongest.X, 2.1 * 512 / Rate);
        var (pixels, place) = Image(figure, 1);
        // 120 BPM and its halves and doubles correlate; between 100 and 140 it is the best.
        byte At(double bpm) => pixels[pixels.Width / 2,
            (int)((1 - (Math.Log2(bpm) - place.Y.Value + place.Height.Value / 2) / place.Height.Value) * pixels.Height)];
        Assert.True(At(120) > 200 && At(120) > At(105) + 60 && At(120) > At(137) + 60, $"{At(105)} {At(120)} {At(137)}");
        Assert.Equal((Math.Log2(30), Math.Log2(320)), (Axis(figure, 1).Minimum, Axis(figure, 1).Maximum));
    }

    [Fact]
    public void Hpss_ToneAndStrokes_GoIntoTwoPanels()
    {
        var figure = _songs.Draw("hpss", 3 * Rate, i => Tone(i, 440, 0.2) + Beats(i, 60));
        Assert.Equal("harmonic (Hz)", Axis(figure, 0).Title);
        Assert.Equal("percussive (Hz)", Axis(figure, 1).Title);
        Assert.Equal(Math.Log2(440), Brightest(figure, 0), 1.0 / 36);
        var (pixels, place) = Image(figure, 1);
        // At 4 kHz, where the tone has nothing: the columns of the strokes.
        var row = (int)((1 - (12 - place.Y.Value + place.Height.Value / 2) / place.Height.Value) * pixels.Height);
        int Column(double seconds) =>
            (int)((seconds - place.X.Value + place.Width.Value / 2) / place.Width.Value * pixels.Width);
        Assert.True(pixels[Column(1), row] > pixels[Column(1.5), row] + 80);
        Assert.True(pixels[Column(2), row] > pixels[Column(2.5), row] + 80);
    }

    [Fact]
    public void Part_AxesAndSeries_AreInTheRecordingsTime()
    {
        var figure = _songs.Draw("wave,rms", 3 * Rate, i => i < Rate ? 0 : Tone(i, 100),
            new PlotRequest { From = 1.5, To = 2.25 });
        var time = figure.Model.Axes.OfType<TimeAxis>().Single();
        Assert.Equal((1.5, 2.25), (time.Minimum, time.Maximum, 1e-4) switch { var (a, b, _) => (a, Math.Round(b, 3)) });
        Assert.InRange(SeriesOf<AreaSeries>(figure, 0).Single().Points[0].X, 1.5, 1.501);
        Assert.True(SeriesOf<LineSeries>(figure, 1).Single().Points[10].Y > 0.3);
        Assert.Equal("750 ms from 1.5 s on · 22,050 Hz · mono", figure.Model.Subtitle);
    }

    [Fact]
    public void Rate_Resampled_IsSaid()
    {
        var figure = _songs.Draw("stft", Rate, i => Tone(i, 440), new PlotRequest { SampleRate = 8000 });
        Assert.Equal("1 s · 22,050 Hz, drawn at 8,000 Hz · mono", figure.Model.Subtitle);
        Assert.Equal(Math.Log2(4000), Axis(figure, 0).Maximum);
    }

    [Fact]
    public void Silence_AllKinds_AreFlatOrOfTheLowestColour()
    {
        var figure = _songs.Draw(All, Rate, _ => 0);
        Assert.All(figure.Model.Series.OfType<LineSeries>().SelectMany(s => s.Points), p => Assert.Equal(0, p.Y));
        foreach (var panel in new[] { 1, 2, 4, 10, 11, 12 }) Assert.All(Image(figure, panel).Pixels.Pixels, p => Assert.Equal(0, p));
        Assert.EndsWith("silent", figure.Model.Subtitle);
        Assert.DoesNotContain("NaN", SvgText.Document(figure));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(600)]
    [InlineData(2048)]
    public void Short_AllKinds_AreDrawn(int samples)
    {
        var figure = _songs.Draw(All, samples, i => Tone(i, 3000));
        Assert.Equal(13, figure.Model.Axes.Count(a => a.Key.StartsWith("panel-", StringComparison.Ordinal)
            && !a.Key.EndsWith("colors", StringComparison.Ordinal)));
        Assert.DoesNotContain("NaN", SvgText.Document(figure));
    }

    [Fact]
    public void Long_Curves_AreTheMeanWithinTheRangeOfEachColumn()
    {
        // 3,201 frames in 1,600 columns.
        var figure = _songs.Draw("rms", 3200 * 512, i => i / 512 % 2 == 0 ? 0.5 : 0.1);
        var line = SeriesOf<LineSeries>(figure, 0).Single();
        var band = SeriesOf<AreaSeries>(figure, 0).Single();
        Assert.Equal((1600, 1600), (line.Points.Count, band.Points.Count));
        // A frame of 2,048 samples has two runs of each.
        Assert.Equal(Math.Sqrt((0.25 + 0.01) / 2), line.Points[800].Y, 4);
        Assert.All(Enumerable.Range(0, 1600), c => Assert.InRange(line.Points[c].Y, band.Points[c].Y, band.Points2[c].Y));
    }

    [Fact]
    public void Title_LongName_IsCutToTheWidth()
    {
        var name = new string('w', 200) + ".wav";
        var figure = _songs.Draw("wave", 400, i => 0, new PlotRequest { Size = new(400, 300) }, name);
        Assert.EndsWith("…", figure.Model.Title);
        Assert.True(TextWidths.Width(figure.Model.Title) * Style.TitleSize * 1.1 <= 400);
    }

    [Fact]
    public void Size_TooLowForThePanels_SaysWhatIsEnough()
    {
        var error = Assert.Throws<Engine.Classifiers.EngineException>(
            () => _songs.Draw("mel,chroma", 4000, i => 0, new PlotRequest { Size = new(900, 300) }));
        Assert.Equal("900x300 pixels are too low for 2 panels; give at least 900x410.", error.Message);
        Assert.Equal(410, _songs.Draw("mel,chroma", 4000, i => 0, new PlotRequest { Size = new(900, 410) }).Height);
    }

    [Fact]
    public void Golden_Wave() => Golden.Check("song-wave", _songs.Draw("wave", 300, i => Tone(i, 441, 0.4) * (1 - i / 300.0)));

    [Fact]
    public void Golden_Spectra() => Golden.Check("song-spectra", _songs.Draw("stft,mel", 6000, Melody));

    [Fact]
    public void Golden_Pitches() => Golden.Check("song-pitches", _songs.Draw("mfcc,chroma", 6000, Melody));

    [Fact]
    public void Golden_Curves() => Golden.Check("song-curves", _songs.Draw("rolloff,centroid", 6000, Melody));

    [Fact]
    public void Golden_Levels() => Golden.Check("song-levels", _songs.Draw("zcr,rms,onset", 2 * Rate, i => Beats(i, 120) + Melody(i)));

    [Fact]
    public void Golden_Tempogram() => Golden.Check("song-tempogram", _songs.Draw("tempogram", 2 * Rate, i => Beats(i, 160)));

    [Fact]
    public void Golden_Separation() => Golden.Check("song-hpss", _songs.Draw("hpss", 6000, i => Melody(i) + Beats(i, 600)));

    private static double Melody(int i) => Tone(i, i < 3000 ? 440 : 659.3, 0.4) + Tone(i, 2000, 0.05);
}
