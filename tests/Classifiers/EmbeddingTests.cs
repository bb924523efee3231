using Engine.Classifiers;
using Engine.Dsp.Audio;
using Engine.Pipeline.FrontEnds;
using Engine.Pipeline.FrontEnds.Needs;
using Engine.Pipeline.Pretrained;
using Engine.Tensors.Serialization;
using Engine.Tests.Support;

namespace Engine.Tests.Classifiers;

/// <summary>The outputs of pre-trained networks as feature columns.</summary>
public sealed class EmbeddingTests : IDisposable
{
    private const int Rate = EmbeddingSamples.Rate, Bands = EmbeddingSamples.Bands;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static float[] Signal(double seconds, int rate = Rate) => PretrainedFrontEnds.Signal(rate, (int)(seconds * rate));

    // The network's layers in double precision, from windows that another front end makes.
    [Fact]
    public void Extract_AreTheMeansOfTheWindowsOutputs()
    {
        var path = EmbeddingSamples.Write(_folder);
        var samples = Signal(0.47);
        // 0.37 s after the first window: four more, of which the last would end 30 ms after the row.
        var starts = new[] { 0, 800, 1600, 2400, 2960 };
        var outputs = starts.Select(s => Outputs(path, samples.AsSpan(s, 800))).ToArray();
        var embedding = new EmbeddingFeatures(path, ["fc", "tiny_pool"], Statistics: WindowStatistics.MeanDeviation);
        var frontEnd = new FrontEnd(new(Rate, embedding));
        Assert.Equal(["fc_0_mean", "fc_0_std", "fc_1_mean", "fc_1_std", "fc_2_mean", "fc_2_std", "tiny_pool_0_mean"],
            frontEnd.Columns.Take(7));
        var row = frontEnd.Extract(samples, Rate).Rows.Row(0).ToArray();
        Assert.Equal(2 * (3 + Bands), row.Length);
        for (var c = 0; c < row.Length / 2; c++)
        {
            var mean = outputs.Average(o => o[c]);
            Close(mean, row[2 * c]);
            Close(Math.Sqrt(outputs.Average(o => (o[c] - mean) * (o[c] - mean))), row[2 * c + 1]);
        }

        var means = new FrontEnd(new(Rate, new EmbeddingFeatures(path))).Extract(samples, Rate).Rows;
        Assert.Equal(Bands, means.Columns);
        for (var c = 0; c < Bands; c++) Close(outputs.Average(o => o[3 + c]), means[0, c]);

        static void Close(double expected, double actual) =>
            Assert.True(Math.Abs(expected - actual) <= 1e-5 * Math.Max(1, Math.Abs(expected)), $"{expected} {actual}");
    }

    private static double[] Outputs(string path, ReadOnlySpan<float> window)
    {
        var mel = new FrontEnd(new(Rate, new MelFrames(128, 40, Bands), 0.1)).Extract(window, Rate).Windows[0].Values;
        var tensors = SafetensorsFile.Read(path).Tensors.ToDictionary(t => t.Key, t => (float[])t.Value.Data);
        var (frames, scale) = (mel.Length / Bands, tensors["norm.weight"][0] / Math.Sqrt(tensors["norm.running_var"][0] + 1e-5));
        double[] pool = [.. Enumerable.Range(0, Bands).Select(b => tensors["norm.bias"][0]
            + scale * (Enumerable.Range(0, frames).Average(f => (double)mel[b * frames + f]) - tensors["norm.running_mean"][0]))];
        return [.. Enumerable.Range(0, 3).Select(u => tensors["fc.bias"][u]
            + Enumerable.Range(0, Bands).Sum(b => tensors["fc.weight"][u * Bands + b] * pool[b])), .. pool];
    }

    // Frames at a window's ends hear what lies beyond it, as in the spectrogram of the whole.
    [Fact]
    public void Extract_CutFromTheSpectrogram_IsTheMeanOfItsFrames()
    {
        var path = EmbeddingSamples.Write(_folder, of: EmbeddingSamples.Description(more: ", \"cut\": \"spectrogram\""));
        var samples = Signal(0.3);
        var whole = new FrontEnd(new(Rate, new MelFrames(128, 40, Bands) { TopDecibels = null }, 0.3)).Extract(samples, Rate)
            .Windows[0].Values;
        var tensors = SafetensorsFile.Read(path).Tensors.ToDictionary(t => t.Key, t => (float[])t.Value.Data);
        var scale = tensors["norm.weight"][0] / Math.Sqrt(tensors["norm.running_var"][0] + 1e-5);
        var row = new FrontEnd(new(Rate, new EmbeddingFeatures(path, Hop: 0.1))).Extract(samples, Rate).Rows;
        for (var b = 0; b < Bands; b++)
        {
            // Windows of 21 frames, 20 frames apart.
            var mean = new[] { 0, 20, 40 }.Average(s => Enumerable.Range(s, 21).Average(f => (double)whole[b * 61 + f]));
            Assert.Equal(tensors["norm.bias"][0] + scale * (mean - tensors["norm.running_mean"][0]), row[0, b], 1e-3);
        }
    }

    [Theory]
    [InlineData(800, new long[] { 0 })]
    [InlineData(1199, new long[] { 0 })]
    [InlineData(1201, new long[] { 0, 401 })]
    [InlineData(2390, new long[] { 0, 800, 1590 })]
    [InlineData(2410, new long[] { 0, 800, 1610 })]
    [InlineData(2410, new long[] { 0, 800, 1600 }, true)]
    [InlineData(2390, new long[] { 0, 800, 1590 }, true)]
    public void Starts_EveryHopWithinTheRow(long length, long[] expected, bool spectrogram = false)
    {
        var description = EmbeddingSamples.Description(more: spectrogram ? ", \"cut\": \"spectrogram\"" : "");
        var plan = new EmbeddingPlan(new("tiny"), description, "$", new RangeCheck("test"));
        Assert.Equal(expected, plan.Starts(length));
    }

    [Fact]
    public void Joined_EachEmbeddingAtItsOwnRate()
    {
        var first = EmbeddingSamples.Write(_folder);
        var second = EmbeddingSamples.Write(_folder, "other.safetensors", 2, EmbeddingSamples.Description("other", rate: 11025));
        var samples = Signal(0.5, 22050);
        var joined = new FrontEnd(new(22050, new JoinedFeatures(
            [new MfccFeatures(3, 512, 256, 20), new EmbeddingFeatures(first), new EmbeddingFeatures(second)])));
        Assert.Equal([22050, Rate, 11025], joined.Spec.Rates);
        double[] expected =
        [
            .. Row(new(22050, new MfccFeatures(3, 512, 256, 20))), .. Row(new(Rate, new EmbeddingFeatures(first))),
            .. Row(new(11025, new EmbeddingFeatures(second))),
        ];
        Assert.Equal(expected, joined.Extract(samples, 22050).Rows.Row(0).ToArray());
        // A set that is not joined is computed at its network's rate, too.
        Assert.Equal(Row(new(Rate, new EmbeddingFeatures(first))), Row(new(22050, new EmbeddingFeatures(first))));

        double[] Row(FrontEndSpec spec) => new FrontEnd(spec).Extract(samples, 22050).Rows.Row(0).ToArray();
    }

    [Fact]
    public void Segments_EachIsARow()
    {
        var path = EmbeddingSamples.Write(_folder);
        var samples = Signal(0.45);
        var rows = new FrontEnd(new(Rate, new EmbeddingFeatures(path), 0.2)).Extract(samples, Rate).Rows;
        Assert.Equal(2, rows.Rows);
        var alone = new FrontEnd(new(Rate, new EmbeddingFeatures(path))).Extract(samples.AsSpan(1600, 1600), Rate).Rows;
        Assert.Equal(alone.Row(0).ToArray(), rows.Row(1).ToArray());
    }

    // What features depend on is the content of the weights, wherever they lie.
    [Fact]
    public void Key_HoldsTheHashAndNotThePath()
    {
        var here = new FrontEnd(new(Rate, new EmbeddingFeatures(EmbeddingSamples.Write(_folder))));
        var there = new FrontEnd(new(Rate, new EmbeddingFeatures(EmbeddingSamples.Write(_folder, "moved.safetensors"),
            ["tiny_pool"], 0.1, 0.1)));
        var others = new FrontEnd(new(Rate, new EmbeddingFeatures(EmbeddingSamples.Write(_folder, "new.safetensors", 2))));
        Assert.Equal(here.Spec.Key(), there.Spec.Key());
        Assert.NotEqual(here.Spec.Key(), others.Spec.Key());
        Assert.DoesNotContain(_folder.Path, here.Spec.Key());

        WavWriter.Write(_folder["song.wav"], new AudioSignal(Signal(0.5), Rate));
        var cache = new FeatureCache(_folder["cache"]);
        var computed = here.ExtractFile(_folder["song.wav"], cache).Features.Rows.Row(0).ToArray();
        Assert.Single(cache.List());
        Assert.Equal(computed, there.ExtractFile(_folder["song.wav"], cache).Features.Rows.Row(0).ToArray());
        Assert.Single(cache.List());
    }

    [Fact]
    public void Weights_OtherThanExpected_AreRefused()
    {
        var path = EmbeddingSamples.Write(_folder);
        var hash = SafetensorsFile.ReadMetadata(path)["payload_sha256"];
        var spec = new FrontEnd(new(Rate, new EmbeddingFeatures(path))).Spec;
        Assert.Equal(hash, ((EmbeddingFeatures)spec.Features).Sha256);
        EmbeddingSamples.Write(_folder, seed: 2);
        var error = ErrorOf(new(path, Sha256: hash));
        Assert.Contains(hash, error);
        Assert.Contains(SafetensorsFile.ReadMetadata(path)["payload_sha256"], error);
        Assert.DoesNotContain('\n', error);
    }

    [Fact]
    public void BadInput_IsRefusedInOneLine()
    {
        var path = EmbeddingSamples.Write(_folder);
        Refused(new(path, ["pool"]), "$.front_end.features.layers[0] is \"pool\"", "tiny_pool, fc");
        Refused(new(path, ["norm"]), "it gives [1, 1, 4, 21]");
        Refused(new(path, []), "it must name a layer");
        Refused(new(path, Window: 0.01), "window is 0.01", "from 128");
        Refused(new(path, Window: -1), "window is -1");
        Refused(new(path, Hop: 1e-9), "hop is 1E-09");
        Refused(new(path, Sha256: "abc"), "sha256 is \"abc\"", "64 hexadecimal digits");
        Refused(new("folder/mine.safetensors"), "there is no such file of weights");
        Refused(new(""), "weights is \"\"");
        Refused(new(_folder.Path), "is a folder");
        Refused(new(_folder.Write("text.safetensors", "no weights at all"u8.ToArray())), "text.safetensors");
        var bare = new SafetensorsFile();
        bare.Tensors.Add("fc.weight", new(new float[3], 3));
        bare.Write(_folder["bare.safetensors"]);
        Refused(new(_folder["bare.safetensors"]), "holds no description of a network");
        bare.Metadata[PretrainedWeights.DescriptionKey] = EmbeddingSamples.Description().ToJson();
        bare.Write(_folder["bare.safetensors"]);
        Refused(new(_folder["bare.safetensors"]), "fc.weight");

        void Refused(EmbeddingFeatures spec, params string[] parts)
        {
            var error = ErrorOf(spec);
            Assert.All(parts, part => Assert.Contains(part, error));
            Assert.DoesNotContain('\n', error);
        }
    }

    // Of a network that Engine describes, what cannot work is known without its weights.
    [Fact]
    public void Validate_KnownNetwork_NeedsNoWeights()
    {
        Assert.Contains("at least the 10 s", ErrorOf(new("efficientat-mn04"), segment: 5));
        Assert.Contains("the network takes 32000 Hz", PipelineCorpus.ErrorOf(() => _ = new FrontEnd(new(22050,
            new JoinedFeatures([new MfccFeatures(), new EmbeddingFeatures("efficientat-mn04") { SampleRate = 16000 }])))));
        Assert.Contains("no layer of that name", ErrorOf(new("efficientat-mn04", ["top"])));
        Assert.Equal(384 + 512, new EmbeddingFeatures("efficientat-mn04", ["pool", "hidden"]).ColumnCount);
        var plan = FrontEndNeeds.Of(new(32000, new EmbeddingFeatures("efficientat-mn04")));
        Assert.InRange(plan.Needs.Single(n => n.At.EndsWith(".window", StringComparison.Ordinal)).Bytes, 4 << 20, 64 << 20);
    }

    [Fact]
    public void Extract_RowShorterThanAWindow_IsRefused()
    {
        var frontEnd = new FrontEnd(new(Rate, new EmbeddingFeatures(EmbeddingSamples.Write(_folder))));
        Assert.Contains("799 samples", PipelineCorpus.ErrorOf(() => frontEnd.Extract(Signal(0.1).AsSpan(1), Rate, "short.wav")));
    }

    private static string ErrorOf(EmbeddingFeatures spec, double? segment = null) =>
        PipelineCorpus.ErrorOf(() => _ = new FrontEnd(new(Rate, spec, segment)));
}
