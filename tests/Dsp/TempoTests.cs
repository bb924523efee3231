using Engine.Dsp;
using Engine.Tests.Support;

namespace Engine.Tests.Dsp;

public class TempoTests
{
    [Theory]
    [InlineData("music")]
    [InlineData("noise")]
    [InlineData("chirp")]
    [InlineData("silence")]
    public void Tempo_EqualsLibrosa(string signal)
    {
        var arrays = Vectors.Load("dsp_features_" + signal);
        Assert.Equal(arrays["tempo"].ToSingles()[0], (float)Tempo.Estimate(arrays["onset_strength"].ToSingles(), Spectra.Rate));
        Assert.Equal(arrays["tempo"].ToSingles()[0], (float)Tempo.OfSignal(Vectors.Signal(signal), Spectra.Rate));
    }

    [Theory]
    [InlineData(60)]
    [InlineData(100)]
    [InlineData(140)]
    public void Tempo_ClickTrack_IsFoundWithinOneLag(double bpm)
    {
        var clicks = new float[1300];
        for (var beat = 0; ; beat++)
        {
            var frame = (int)Math.Round(beat * 60 / bpm * Spectra.Rate / 512);
            if (frame >= clicks.Length) break;
            clicks[frame] = 1;
        }

        var tempo = Tempo.Estimate(clicks, Spectra.Rate, options: new() { StartBpm = bpm });
        var lag = 60.0 * Spectra.Rate / (512 * bpm);
        Assert.InRange(60.0 * Spectra.Rate / (512 * tempo), lag - 1, lag + 1);
    }

    [Theory]
    [InlineData(1, 16)]
    [InlineData(2, 1)]
    [InlineData(7, 16)]
    [InlineData(60, 31)]
    [InlineData(61, 30)]
    [InlineData(32_769, 8)]
    [InlineData(16_384, 9)]
    public void Tempogram_MatchesNaiveAutocorrelation(int frames, int window)
    {
        var random = new Random(frames + window);
        var envelope = Enumerable.Range(0, frames).Select(t => t is > 20 and < 45 ? 0 : random.NextSingle()).ToArray();
        Close.Assert(NaiveTempogram(envelope, window), Tempogram.Mean(envelope, window), 1e-12);
    }

    [Fact]
    public void Tempo_LouderEnvelope_IsTheSame()
    {
        var onset = Vectors.Load("dsp_features_music")["onset_strength"].ToSingles();
        Assert.Equal(Tempo.Estimate(onset, Spectra.Rate), Tempo.Estimate(Array.ConvertAll(onset, x => 1000 * x), Spectra.Rate));
    }

    [Fact]
    public void Tempo_EmptyEnvelope_IsThePriors() => Assert.Equal(117.45383522727273, Tempo.Estimate([], 22050), 1e-9);

    [Fact]
    public void Tempo_MaxBpm_ExcludesFasterTempi()
    {
        var onset = Vectors.Load("dsp_features_music")["onset_strength"].ToSingles();
        Assert.InRange(Tempo.Estimate(onset, Spectra.Rate, options: new() { MaxBpm = 100 }), 1, 99.9999);
    }

    [Fact]
    public void Tempo_BadParameter_NamesTheValue()
    {
        Assert.Contains("hopLength 0", Assert.Throws<ArgumentOutOfRangeException>(() => Tempo.Estimate([1], 22050, 0)).Message);
        Assert.Contains("sampleRate is -1", Assert.Throws<ArgumentOutOfRangeException>(() => Tempo.Estimate([1], -1)).Message);
        Assert.Contains("startBpm is 0",
            Assert.Throws<ArgumentOutOfRangeException>(() => Tempo.Estimate([1], 22050, options: new() { StartBpm = 0 }))
                .Message);
        Assert.Contains("windowSeconds is 0.1, 4 frames",
            Assert.Throws<ArgumentOutOfRangeException>(() => Tempo.Estimate([1], 22050, options: new() { WindowSeconds = 0.1 }))
                .Message);
        Assert.Contains("windowLength is 0", Assert.Throws<ArgumentOutOfRangeException>(() => Tempogram.Mean([1], 0)).Message);
    }

    private static double[] NaiveTempogram(float[] envelope, int window)
    {
        var half = window / 2;
        var mean = new double[window];
        for (var t = 0; t < envelope.Length; t++)
        {
            var x = new double[window];
            for (var i = 0; i < window; i++)
            {
                var at = t + i - half;
                var ramp = at < 0 ? (double)envelope[0] * (at + half) / half
                    : at >= envelope.Length ? (double)envelope[^1] * (envelope.Length + half - 1 - at) / half
                    : envelope[at];
                x[i] = (float)ramp * (window == 1 ? 1 : 0.5 - 0.5 * Math.Cos(2 * Math.PI * i / window));
            }

            var energy = x.Sum(v => v * v);
            for (var lag = 0; lag < window && energy > 0; lag++)
                for (var i = lag; i < window; i++) mean[lag] += x[i] * x[i - lag] / energy / envelope.Length;
        }

        return mean;
    }
}
