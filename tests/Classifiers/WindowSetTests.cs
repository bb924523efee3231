using Engine.Dsp;
using Engine.Pipeline.FrontEnds;
using Engine.Tests.Support;

namespace Engine.Tests.Classifiers;

public class WindowSetTests
{
    private static readonly float[] s_clip = PipelineCorpus.Clip("pulse", 1, 1.3);

    private static float[] First => s_clip[..WindowSets.Samples];

    [Fact]
    public void Extract_EverySet_HasTheSizesKnownFromTheSpec()
    {
        foreach (var (spec, sizes) in WindowSets.Sets)
        {
            var frontEnd = WindowSets.FrontEnd(spec);
            Assert.Equal([sizes], frontEnd.WindowSizes);
            var rows = frontEnd.Extract(s_clip, PipelineCorpus.Rate);
            Assert.Equal((WindowSets.Samples, 3, 0), (rows.Length, rows.Rows.Rows, rows.Rows.Columns));
            Assert.Equal(sizes, rows.Only().Sizes);
            Assert.Equal(3 * sizes.Aggregate((a, b) => a * b), rows.Only().Values.Length);
            Assert.True(rows.Only().Values.Distinct().Count() > 50, spec.ToString());
            Assert.Empty(frontEnd.Columns);
        }
    }

    [Fact]
    public void Extract_EachWindow_IsThatOfItsPartAlone()
    {
        foreach (var (spec, _) in WindowSets.Sets)
        {
            var all = WindowSets.Extract(spec, s_clip, hop: 0.3);
            var hop = (int)(0.3 * PipelineCorpus.Rate);
            Assert.Equal(1 + (s_clip.Length - WindowSets.Samples) / hop, all.Values.Length / all.RowLength);
            for (var r = 0; r < 4; r++)
            {
                Assert.Equal(WindowSets.Extract(spec, s_clip.AsSpan(r * hop, WindowSets.Samples)).Values, all.Row(r).ToArray());
            }
        }
    }

    [Fact]
    public void Extract_HopLongerThanTheSegment_LeavesGaps()
    {
        var windows = WindowSets.Extract(new Wave(), s_clip, 0.1, 0.5);
        Assert.Equal(3, windows.Values.Length / 2205);
        Assert.Equal(s_clip.AsSpan(2 * 11025, 2205).ToArray(), windows.Row(2).ToArray());
    }

    [Fact]
    public void Wave_IsTheSamples() => Assert.Equal(First, WindowSets.Extract(new Wave(), First).Values);

    [Theory]
    [InlineData(2, DecibelReference.One)]
    [InlineData(2, DecibelReference.Max)]
    [InlineData(1, DecibelReference.One)]
    public void MelFrames_Decibels_MatchTheDefinition(int power, DecibelReference reference)
    {
        var spec = new MelFrames(256, 400, 12, 100, 6000, power, LogScale.Db, reference, 60, Htk: true, Norm: MelNorm.None);
        var options = new MelOptions
        {
            Bands = 12,
            MinFrequency = 100,
            MaxFrequency = 6000,
            Scale = MelScale.Htk,
            Norm = MelNorm.None
        };
        var mel = WindowSets.MelPower(First, new StftOptions { FftSize = 256, HopLength = 400 }, options, power);
        if (power == 1) mel = [.. mel.Select(row => row.Select(v => v * v).ToArray())];
        var expected = WindowSets.ToDecibels(mel, reference == DecibelReference.Max ? mel.Max(row => row.Max()) : 1, 60);
        Close.Assert(WindowSets.Flat(expected), Widen(WindowSets.Extract(spec, First).Values), 2e-3);
    }

    [Theory]
    [InlineData(LogScale.None, 2)]
    [InlineData(LogScale.Ln, 2)]
    [InlineData(LogScale.Ln, 1)]
    public void MelFrames_OtherScales_MatchTheDefinition(LogScale log, int power)
    {
        var mel = WindowSets.MelPower(First, new StftOptions { FftSize = 256, HopLength = 400, Center = false },
            new MelOptions { Bands = 12 }, power);
        var floor = power == 1 ? 1e-5 : 1e-10;
        var expected = WindowSets.Flat(mel).Select(v => log == LogScale.Ln ? Math.Log(Math.Max(v, floor)) : v).ToArray();
        var actual = WindowSets.Extract(new MelFrames(256, 400, 12, Power: power, Log: log, Center: false), First).Values;
        Close.Assert(expected, Widen(actual), log == LogScale.Ln ? 1e-3 : 1e-6 * expected.Max());
    }

    [Theory]
    [InlineData(LogScale.None)]
    [InlineData(LogScale.Db)]
    public void StftFrames_MatchTheDefinition(LogScale log)
    {
        var spectra = ReferenceStft.Forward(First, new StftOptions { FftSize = 200, HopLength = 500 });
        var power = Enumerable.Range(0, 101).Select(k => spectra.Select(s => s[k].Power).ToArray()).ToArray();
        double[] expected = log == LogScale.Db
            ? WindowSets.Flat(WindowSets.ToDecibels(power)) : [.. WindowSets.Flat(power).Select(Math.Sqrt)];
        Close.Assert(expected, Widen(WindowSets.Extract(new StftFrames(200, 500, log), First).Values),
            log == LogScale.Db ? 1e-2 : 1e-6 * expected.Max());
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(5, true)]
    [InlineData(5, false)]
    public void MfccFrames_AreTheCoefficientsTransposed(int cmvn, bool variance)
    {
        var options = new MfccOptions
        {
            Coefficients = 7,
            Stft = new() { FftSize = 256, HopLength = 400 },
            Mel = new() { Bands = 20 }
        };
        var frames = new Mfcc(options).Compute(First);
        if (cmvn > 0) frames = CepstralNormalization.Speechpy(frames, cmvn, variance);
        AssertTransposed(frames, WindowSets.Extract(new MfccFrames(7, 256, 400, 20, cmvn, variance), First));
    }

    [Fact]
    public void PsfLogMelFrames_AreTheLogFilterBankTransposed()
    {
        var options = new PythonSpeechFeaturesOptions
        {
            SampleRate = 22050,
            WindowSeconds = 512 / 22050.0,
            StepSeconds = 256 / 22050.0,
            FftSize = 512,
            Filters = 64,
            Coefficients = 1
        };
        AssertTransposed(new PythonSpeechFeatures(options).LogFilterBank(First),
            WindowSets.Extract(new PsfLogMelFrames(), First));
    }

    [Fact]
    public void Extract_SilentWindowInARecording_IsAtTheFloor()
    {
        var samples = new float[2 * WindowSets.Samples];
        First.CopyTo(samples, 0);
        foreach (var (spec, _) in WindowSets.Sets) Assert.All(WindowSets.Extract(spec, samples).Row(1).ToArray(),
            v => Assert.True(float.IsFinite(v)));
        Assert.All(WindowSets.Extract(new MelFrames(256, 400, 12), samples).Row(1).ToArray(), v => Assert.Equal(-100, v));
        Assert.All(WindowSets.Extract(new MelFrames(256, 400, 12, Reference: DecibelReference.Max, TopDecibels: 70), samples)
            .Row(1).ToArray(), v => Assert.Equal(-70, v));
        Assert.Contains("silent recording",
            PipelineCorpus.ErrorOf(() => WindowSets.Extract(new Wave(), new float[WindowSets.Samples])));
    }

    [Fact]
    public void Extract_ValueNotFinite_NamesRecordingAndWindow()
    {
        var samples = new float[2 * WindowSets.Samples];
        First.CopyTo(samples, 0);
        samples.AsSpan(WindowSets.Samples).Fill(3e38f);
        foreach (var spec in (FeatureSpec[])[new MelFrames(256, 400, 12, Log: LogScale.None),
            new MelPicture(256, 400, 12, 30, 20)])
        {
            var message = PipelineCorpus.ErrorOf(
                () => WindowSets.FrontEnd(spec).Extract(samples, PipelineCorpus.Rate, "loud.wav"));
            Assert.StartsWith("loud.wav, segment 1: value ", message);
            Assert.Contains(spec.GetType().Name, message);
        }
    }

    [Fact]
    public void Joined_GivesWindowsInOrderThenColumns()
    {
        var spec = new JoinedFeatures([new MfccFeatures(5), new Wave(), new ChromaFeatures(), new MelFrames(256, 400, 12)]);
        var frontEnd = WindowSets.FrontEnd(spec);
        Assert.Equal([[1, WindowSets.Samples], [1, 12, 23]], frontEnd.WindowSizes);
        Assert.Equal([.. WindowSets.FrontEnd(new MfccFeatures(5)).Columns, .. WindowSets.FrontEnd(new ChromaFeatures()).Columns],
            frontEnd.Columns);
        var rows = frontEnd.Extract(s_clip, PipelineCorpus.Rate);
        Assert.Equal((3, 34), (rows.Rows.Rows, rows.Rows.Columns));
        Assert.Equal(WindowSets.Extract(new Wave(), s_clip).Values, rows.Windows[0].Values);
        Assert.Equal(WindowSets.Extract(new MelFrames(256, 400, 12), s_clip).Values, rows.Windows[1].Values);
        Assert.Equal(WindowSets.FrontEnd(new MfccFeatures(5)).Extract(s_clip, PipelineCorpus.Rate).Rows.Row(2).ToArray(),
            rows.Rows.Row(2)[..10].ToArray());
    }

    private static void AssertTransposed(Frames<float> frames, WindowArray window)
    {
        Assert.Equal([1, frames.Bins, frames.Count], window.Sizes);
        for (var t = 0; t < frames.Count; t++)
        {
            for (var b = 0; b < frames.Bins; b++) Assert.Equal(frames[t][b], window.Values[b * frames.Count + t]);
        }
    }

    private static double[] Widen(float[] values) => Array.ConvertAll(values, v => (double)v);
}
