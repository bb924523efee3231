using System.Security.Cryptography;
using System.Text;
using Engine.Dsp;
using Engine.Pipeline.FrontEnds;
using Engine.Tensors;
using Engine.Tests.Support;

namespace Engine.Tests.Classifiers;

/// <summary>The keys of <c>mel-frames</c> that front ends of pre-trained networks need, against definitions in double.</summary>
public class MelFramesTests
{
    private const int Rate = 8000;

    private static readonly float[] s_signal = PretrainedFrontEnds.Signal(Rate, 2000);

    [Theory]
    [InlineData("""{ "win_length": 100 }""")]
    [InlineData("""{ "win_length": 99, "symmetric": true }""")]
    [InlineData("""{ "symmetric": true, "center": false }""")]
    [InlineData("""{ "pad_mode": "reflect" }""")]
    [InlineData("""{ "pre_emphasis": 0.97 }""")]
    [InlineData("""{ "pre_emphasis": 0.5, "win_length": 128, "pad_mode": "reflect", "power": 1 }""")]
    [InlineData("""{ "triangles": "mel", "htk": true, "norm": "none", "fmin": 50, "fmax": 3800 }""")]
    [InlineData("""{ "triangles": "mel" }""")]
    [InlineData("""{ "log": "ln", "log_offset": 1e-5 }""")]
    [InlineData("""{ "log": "ln", "log_offset": 0.01, "log_factor": 1000, "mean": -1.5, "std": 4 }""")]
    [InlineData("""{ "log": "log10" }""")]
    [InlineData("""{ "log": "log10", "power": 1 }""")]
    [InlineData("""{ "log": "log10", "log_offset": 1, "log_factor": 10000 }""")]
    [InlineData("""{ "log": "db", "mean": -40, "std": 20, "ref": "max" }""")]
    [InlineData("""{ "log": "none", "mean": 2 }""")]
    public void Extract_Options_MatchTheDefinition(string keys)
    {
        var spec = Parse(keys);
        var expected = PlainMelFrames.Of(spec, s_signal, Rate);
        var actual = Extract(spec);
        Assert.Equal([1, expected.Length, expected[0].Length], actual.Sizes);
        // A logarithm without a floor of its own shows the rounding of a quiet band: 1e-3 of it at most.
        Close.Assert(WindowSets.Flat(expected), Array.ConvertAll(actual.Values, v => (double)v),
            spec.Log == LogScale.None ? 1e-5 : 1e-3, 1e-5, keys);
    }

    [Fact]
    public void Extract_FramesFirst_IsTheSameTransposed()
    {
        var bands = Extract(Parse("{}"));
        var frames = Extract(Parse("""{ "frames_first": true }"""));
        Assert.Equal([bands.Sizes[0], bands.Sizes[2], bands.Sizes[1]], frames.Sizes);
        for (var b = 0; b < bands.Sizes[1]; b++)
        {
            for (var t = 0; t < bands.Sizes[2]; t++)
                Assert.Equal(bands.Values[b * bands.Sizes[2] + t], frames.Values[t * bands.Sizes[1] + b]);
        }
    }

    [Fact]
    public void Extract_PreEmphasis_NeedsASampleMore()
    {
        var spec = Parse("""{ "pre_emphasis": 0.97 }""");
        var message = PipelineCorpus.ErrorOf(() => _ = new FrontEnd(new(Rate, spec, 200.0 / Rate)));
        Assert.Contains("at 8000 Hz it is 200 samples, but $.front_end.features needs at least 201", message);
        Assert.Equal([1, 20, 4], new FrontEnd(new(Rate, spec, 201.0 / Rate)).WindowSizes[0]);
    }

    [Fact]
    public void Gain_IsWhatALouderRecordingGives()
    {
        foreach (var keys in (string[])["""{ "log": "none", "mean": 2, "std": 3 }""", """{ "log": "log10", "std": 3 }""",
            """{ "log": "ln", "mean": -4, "power": 1 }"""])
        {
            var spec = Parse(keys);
            var (factor, offset) = spec.Gain(6.0)!.Value;
            var louder = s_signal.Select(v => v * (float)Math.Pow(10, 0.3)).ToArray();
            Close.Assert(Extract(spec).Values.Select(v => v * factor + offset).ToArray(),
                Array.ConvertAll(Extract(spec, louder).Values, v => (double)v), 1e-4, 1e-4, keys);
        }

        Assert.Null(Parse("""{ "log": "ln", "log_offset": 1e-5 }""").Gain(6));
    }

    [Theory]
    [InlineData("""{ "win_length": 0 }""", "$.front_end.features.win_length is 0", "at least 1")]
    [InlineData("""{ "win_length": 201 }""", "$.front_end.features.win_length is 201", "at most n_fft, 200")]
    [InlineData("""{ "pad_mode": "edge" }""", "$.front_end.features.pad_mode is \"edge\"", "constant, reflect")]
    [InlineData("""{ "pad_mode": "reflect", "center": false }""", "$.front_end.features.pad_mode is reflect", "must be constant")]
    [InlineData("""{ "pre_emphasis": 1.5 }""", "$.front_end.features.pre_emphasis is 1.5", "from 0 to 1")]
    [InlineData("""{ "triangles": "bark" }""", "$.front_end.features.triangles is \"bark\"", "hertz, mel")]
    [InlineData("""{ "log": "ln", "log_factor": 10 }""", "$.front_end.features.log_factor is 10", "needs log_offset")]
    [InlineData("""{ "log_offset": 1 }""", "$.front_end.features.log_offset is 1", "needs a log of ln or log10; that of db")]
    [InlineData("""{ "log": "none", "log_offset": 1 }""", "$.front_end.features.log_offset is 1", "that of none has none")]
    [InlineData("""{ "log": "ln", "log_offset": 0 }""", "$.front_end.features.log_offset is 0", "from 1E-30")]
    [InlineData("""{ "log": "ln", "log_offset": 1, "log_factor": -1 }""", "$.front_end.features.log_factor is -1", "from 1E-30")]
    [InlineData("""{ "mean": 1e10 }""", "$.front_end.features.mean is 10000000000", "from -1000000000")]
    [InlineData("""{ "std": 0 }""", "$.front_end.features.std is 0", "from 1E-09")]
    [InlineData("""{ "symmetric": 1 }""", "$.front_end.features.symmetric is 1", "true or false")]
    [InlineData("""{ "frames_first": "yes" }""", "$.front_end.features.frames_first is \"yes\"", "true or false")]
    public void Parse_OptionOutOfRange_NamesPathAndRule(string keys, string found, string rule)
    {
        var message = PipelineCorpus.ErrorOf(() => PretrainedFrontEnds.Recipe(PretrainedFrontEnds.Keys(keys), Rate, 0.25));
        Assert.Contains(found, message);
        Assert.Contains(rule, message);
        Assert.DoesNotContain('\n', message);
    }

    [Theory]
    [InlineData("\"window_scaler\":\"bin\"", "{}", "$.window_scaler is bin; with frames_first")]
    [InlineData("\"window_scaler\":\"all\"", """{"crop":0.1}""", "$.classifier.augmentation.crop is 0.1")]
    [InlineData("\"window_scaler\":\"all\"", """{"time_mask":0.1}""", "$.classifier.augmentation.time_mask is 0.1")]
    [InlineData("\"window_scaler\":\"all\"", """{"frequency_mask":0.1}""", "$.classifier.augmentation.frequency_mask is 0.1")]
    public void Parse_FramesFirstWithBins_IsRefused(string scaler, string augmentation, string found)
    {
        var features = PretrainedFrontEnds.Keys("""{ "frames_first": true }""");
        var message = PipelineCorpus.ErrorOf(
            () => PretrainedFrontEnds.Recipe(features, Rate, 0.25, scaler, augmentation));
        Assert.Contains(found, message);
        Assert.Contains("the rows of a window are times", message);
    }

    // The text is the key of cached features and part of stored models: keys that came later are written only where they are set.
    [Fact]
    public void ToCanonicalJson_NewKeysAtTheirDefaults_AreNotWritten()
    {
        Assert.Equal("""
            {"sample_rate":22050,"features":{"set":"mel-frames","n_fft":2048,"hop_length":512,"n_mels":128,"fmin":0,"fmax":null,
            "power":2,"log":"db","ref":"one","top_db":80,"htk":false,"norm":"slaney","center":true},"segment":3}
            """.ReplaceLineEndings(""), new FrontEndSpec(22050, new MelFrames(), 3).ToCanonicalJson());
        Assert.Equal("""
            {"sample_rate":8000,"features":{"set":"mel-frames","n_fft":200,"hop_length":64,"n_mels":20,"fmin":0,"fmax":null,
            "power":2,"log":"ln","ref":"one","top_db":80,"htk":false,"norm":"slaney","center":true,"win_length":100,
            "symmetric":true,"pad_mode":"reflect","pre_emphasis":0.97,"triangles":"mel","log_factor":2,"log_offset":1,"mean":-1,
            "std":2,"frames_first":true},"segment":0.25}
            """.ReplaceLineEndings(""),
            new FrontEndSpec(Rate, Parse("""
                { "log": "ln", "win_length": 100, "symmetric": true, "pad_mode": "reflect", "pre_emphasis": 0.97,
                  "triangles": "mel", "log_factor": 2, "log_offset": 1, "mean": -1, "std": 2, "frames_first": true }
                """), 0.25).ToCanonicalJson());
    }

    // Models and caches of earlier versions hold the front ends of these recipes; the beginnings of SHA-256 of their text.
    [Fact]
    public void ToCanonicalJson_PublishedRecipes_IsThatOfBefore()
    {
        const string Known = """
            aiml-cnn 681baa8c30091106
            aiml-ffnn 681baa8c30091106
            aiml-knn 43062da5236df03b
            cortis-cnn-mel 6c297c10b3d9edb7
            cortis-cnn-mel-30s 5631699376f8ff97
            cortis-cnn-mfcc 55a079efc1343ebc
            cortis-cnn-stft c40441550652ce5f
            cortis-mlp-fixed 541cc27f18e94d2b
            cortis-mlp-fixed-3s 2baabaccaaa1c5d7
            cortis-mlp-nomfcc f5b304d0001469cf
            cortis-mlp-nomfcc-3s 3e62c91090836f52
            cortis-mlp-tuned 541cc27f18e94d2b
            cortis-mlp-tuned-3s 2baabaccaaa1c5d7
            cortis-mmnn 8e0b4baa409090f4
            cs464-conv1d-mel 3112dbb8609938a4
            cs464-conv1d-raw 792cad79482b0874
            cs464-conv2d 3112dbb8609938a4
            cs464-conv2d-keras a0d93a2d1fddf43d
            cs464-lstm 3112dbb8609938a4
            cs464-svm f8c37dd7d9143a83
            dsap-cnn-18 275eca5b3d540b89
            dsap-cnn-26 2a41b9b75fe2af9d
            ensemble 541cc27f18e94d2b
            gtzan57-bayes 541cc27f18e94d2b
            gtzan57-forest 541cc27f18e94d2b
            gtzan57-knn 541cc27f18e94d2b
            gtzan57-lda 541cc27f18e94d2b
            gtzan57-logistic 541cc27f18e94d2b
            gtzan57-svm 541cc27f18e94d2b
            spectro-ann 4f0cd5c6c568895d
            """;
        foreach (var line in Known.Split('\n'))
        {
            var (name, hash) = (line.Split(' ')[0], line.Split(' ')[1]);
            var json = Pipeline.Recipes.RecipeCatalog.Get(name).FrontEnd.ToCanonicalJson();
            Assert.Equal((name, hash),
                (name, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(json)))[..hash.Length]));
        }
    }

    [Fact]
    public void DeviceFrames_WindowAndTriangles_AreThoseOfTheProcessor()
    {
        var spec = Parse("""{ "win_length": 99, "symmetric": true, "triangles": "mel", "htk": true, "norm": "none" }""");
        using var frames = DeviceFrames.Mel(spec.Stft(), spec.Filters(Rate), Device.Cpu);
        var expected = new MelSpectrogram(spec.Stft(), spec.Filters(Rate)).Compute(s_signal).Data;
        Close.Assert(expected, frames.Compute([s_signal])[0].Data, 1e-5, 1e-4);
        Assert.Equal("MelFrames cannot be computed on cpu; the sets mfcc, mel and stft can.",
            PipelineCorpus.ErrorOf(() => DeviceFrames.Of(spec, Rate, Device.Cpu)));
    }

    private static MelFrames Parse(string keys) =>
        (MelFrames)PretrainedFrontEnds.Recipe(PretrainedFrontEnds.Keys(keys), Rate, 0.25).FrontEnd.Features;

    private static WindowArray Extract(MelFrames spec, float[]? samples = null) =>
        new FrontEnd(new(Rate, spec, s_signal.Length / (double)Rate)).Extract(samples ?? s_signal, Rate).Only();
}
