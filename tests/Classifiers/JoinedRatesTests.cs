using Engine.Dsp.Audio;
using Engine.Pipeline.FrontEnds;
using Engine.Pipeline.FrontEnds.Needs;
using Engine.Tests.Support;

namespace Engine.Tests.Classifiers;

/// <summary>Joined sets that have sample rates of their own.</summary>
public class JoinedRatesTests
{
    private const int Source = 44100, Main = 22050, Other = 16000, Low = 8000;

    private static readonly float[] s_samples = PretrainedFrontEnds.Signal(Source, 2 * Source);

    private static readonly MelFrames s_frames = new(256, 400, 12);

    private static readonly JoinedFeatures s_joined = new([new MfccFeatures(5), s_frames with { SampleRate = Other },
        new MelFeatures(512, 256, 8) { SampleRate = Low }, new Wave()]);

    [Fact]
    public void Extract_EachSet_IsThatOfAFrontEndOfItsRate()
    {
        var rows = FrontEnd(s_joined, 0.4).Extract(s_samples, Source);
        var (mfcc, frames, mel, wave) = (Of(Main, new MfccFeatures(5)), Of(Other, s_frames),
            Of(Low, new MelFeatures(512, 256, 8)), Of(Main, new Wave()));
        Assert.Equal((5, 8820), (rows.Rows.Rows, rows.Length));
        Assert.Equal(frames.Only().Values, rows.Windows[0].Values);
        Assert.Equal(wave.Only().Values, rows.Windows[1].Values);
        for (var r = 0; r < 5; r++)
            Assert.Equal([.. mfcc.Rows.Row(r), .. mel.Rows.Row(r)], rows.Rows.Row(r).ToArray());

        static FeatureRows Of(int rate, FeatureSpec spec) =>
            new FrontEnd(new(rate, spec, 0.4)).Extract(s_samples, Source);
    }

    [Fact]
    public void ExtractFile_IsExtractOfItsSamples_AndCached()
    {
        using var folder = new TemporaryFolder();
        var path = folder["song.wav"];
        WavWriter.Write(path, new AudioSignal(s_samples, Source));
        var frontEnd = FrontEnd(s_joined, 0.4);
        var expected = frontEnd.Extract(AudioFile.Read(path).Samples, Source);
        var cache = new FeatureCache(folder["cache"]);
        for (var read = 0; read < 2; read++)
        {
            var rows = frontEnd.ExtractFile(path, cache).Features;
            Assert.Equal(expected.Windows[0].Values, rows.Windows[0].Values);
            Assert.Equal(expected.Windows[1].Values, rows.Windows[1].Values);
            for (var r = 0; r < 5; r++) Assert.Equal(expected.Rows.Row(r).ToArray(), rows.Rows.Row(r).ToArray());
        }
    }

    [Fact]
    public void Extract_WholeRecording_HasAllSamplesOfEachRate()
    {
        var rows = FrontEnd(new JoinedFeatures([new MfccFeatures(5), new MelFeatures(512, 256, 8) { SampleRate = Low }]), null)
            .Extract(s_samples, Source);
        var alone = new FrontEnd(new(Low, new MelFeatures(512, 256, 8))).Extract(s_samples, Source);
        Assert.Equal(alone.Rows.Row(0).ToArray(), rows.Rows.Row(0)[10..].ToArray());
    }

    [Fact]
    public void Extract_HopOfNoWholeSample_StartsAtTheNearest()
    {
        var frontEnd = new FrontEnd(new(Main, new JoinedFeatures([new Wave(), new Wave { SampleRate = Low }]), 0.1, 0.1003));
        var rows = frontEnd.Extract(s_samples, Source);
        var low = new AudioSignal(s_samples, Source).Resample(Low).Samples;
        Assert.Equal([[1, 2205], [1, 800]], frontEnd.WindowSizes);
        Assert.Equal(19, rows.Rows.Rows);
        for (var r = 0; r < 19; r++)
        {
            var start = (int)Math.Round(r * 2212.0 * Low / Main);
            Assert.Equal(low[start..(start + 800)], rows.Windows[1].Row(r).ToArray());
        }
    }

    [Fact]
    public void ExtractAt_IsTheWindowOfTheRows()
    {
        var frontEnd = FrontEnd(s_joined, 0.4);
        var rows = frontEnd.Extract(s_samples, Source);
        var window = frontEnd.ExtractAt(s_samples, Source, 1.0);
        Assert.Equal(0.8, window.Start, 1e-9);
        Assert.Equal(rows.Windows[0].Row(2).ToArray(), window.Features.Windows[0].Values);
        Assert.Equal(rows.Rows.Row(2).ToArray(), window.Features.Rows.Row(0).ToArray());
    }

    [Fact]
    public void StreamWindows_HaveTheBitsOfTheRecording()
    {
        var frontEnd = new FrontEnd(new(Main, s_joined, 0.3, 0.1003));
        var rows = frontEnd.Extract(s_samples, Source);
        var seen = 0;
        var windows = new StreamWindows(frontEnd.Spec, Source, 1024, (window, start) =>
        {
            Assert.Equal(seen * 2212L, start);
            var row = frontEnd.ExtractWindow(window, "stream");
            Assert.Equal(rows.Windows[0].Row(seen).ToArray(), row.Windows[0].Values);
            Assert.Equal(rows.Windows[1].Row(seen).ToArray(), row.Windows[1].Values);
            Assert.Equal(rows.Rows.Row(seen).ToArray(), row.Rows.Row(0).ToArray());
            seen++;
        });
        for (var time = 0; time < 2; time++)
        {
            for (var start = 0; start < s_samples.Length; start += 1001)
                windows.Add(s_samples.AsSpan(start..Math.Min(s_samples.Length, start + 1001)));
            // The last one may need samples that do not come.
            Assert.InRange(seen, rows.Rows.Rows - 1, rows.Rows.Rows);
            windows.Reset();
            seen = 0;
        }
    }

    [Fact]
    public void Extract_RecordingThatOneRateFindsShort_IsAnError()
    {
        // 0.10018625 s are 801 samples at 8000 Hz and 1105 at 11025, but 801 samples make only 1104 of those.
        var frontEnd = new FrontEnd(new(8000, new JoinedFeatures([new Wave(), new Wave { SampleRate = 11025 }]), 0.10018625));
        var message = PipelineCorpus.ErrorOf(() => frontEnd.Extract(s_samples.AsSpan(0, 801), 8000, "short.wav"));
        Assert.Contains("short.wav: 801 samples at 8000 Hz", message);
        Assert.Contains("at least 802", message);
        Assert.Equal(1, frontEnd.Extract(s_samples.AsSpan(0, 802), 8000).Rows.Rows);
    }

    [Theory]
    [InlineData("""{"set":"wave","sample_rate":16000}""", "$.front_end.features.sample_rate is 16000",
        "only a part of a joined set")]
    [InlineData("""{"set":"joined","inputs":[{"set":"wave"},{"set":"mfcc","sample_rate":999}]}""",
        "$.front_end.features.inputs[1].sample_rate is 999", "from 1000 to 384000")]
    [InlineData("""{"set":"joined","inputs":[{"set":"wave"},{"set":"mel-frames","sample_rate":4000}]}""",
        "$.front_end.segment is 0.25", "at 4000 Hz it is 1000 samples, but $.front_end.features.inputs[1] needs at least 2048")]
    [InlineData("""{"set":"joined","inputs":[{"set":"wave"},{"set":"mel-frames","sample_rate":16000,"fmax":9000}]}""",
        "$.front_end.features.inputs[1].fmax is 9000", "half the sample rate, 8000")]
    [InlineData("""{"set":"joined","inputs":[{"set":"wave"},{"set":"wave","sample_rate":"high"}]}""",
        "$.front_end.features.inputs[1].sample_rate is \"high\"", "a whole number")]
    public void Parse_RateThatCannotWork_NamesPathAndRule(string features, string found, string rule)
    {
        var message = PipelineCorpus.ErrorOf(() => PretrainedFrontEnds.Recipe(features, Main, 0.25));
        Assert.Contains(found, message);
        Assert.Contains(rule, message);
    }

    [Fact]
    public void ToCanonicalJson_HasARateWhereThereIsOne()
    {
        var spec = new FrontEndSpec(Main, s_joined, 0.4);
        var json = spec.ToCanonicalJson();
        Assert.Equal(2, json.Split("\"sample_rate\":16000").Length);
        Assert.Equal(2, json.Split("\"sample_rate\":22050").Length);
        Assert.Equal([Main, Other, Low], spec.Rates);
        var start = json.IndexOf("{\"set\"", StringComparison.Ordinal);
        var end = json.LastIndexOf(",\"segment\"", StringComparison.Ordinal);
        Assert.Equal(json, PretrainedFrontEnds.Recipe(json[start..end], Main, 0.4).FrontEnd.ToCanonicalJson());
    }

    [Fact]
    public void Needs_CountTheSamplesOfEachRateOnce()
    {
        var plan = FrontEndNeeds.Of(new(Main,
            new JoinedFeatures([new Wave { SampleRate = 44100 }, new MfccFeatures(5) { SampleRate = 44100 }]), 30));
        var need = Assert.Single(plan.Needs, n => n.What.Contains("at 44100 Hz"));
        Assert.Equal(("$.front_end.features.inputs[0].sample_rate", 4.0 * 4 * 30 * 44100), (need.At, need.Bytes));
        Assert.Contains(plan.Needs, n => n.What.Contains($"of {30 * 44100} values"));
    }

    private static FrontEnd FrontEnd(FeatureSpec spec, double? segment) => new(new(Main, spec, segment));
}
