using Engine.Pipeline.FrontEnds;
using Engine.Pipeline.Recipes;

namespace Engine.Tests.Classifiers;

public class WindowSpecTests
{
    private const string Network = """
        {"kind":"network","layers":[{"layer":"flatten"},{"layer":"output"}],
         "training":{"optimizer":{"kind":"sgd","learning_rate":0.1},"batch":4,"epochs":1},"augmentation":{}}
        """;

    [Theory]
    [InlineData("""{"set":"mel-frames","n_fft":0}""", "$.front_end.features.n_fft is 0", "at least 1")]
    [InlineData("""{"set":"mel-frames","hop_length":0}""", "$.front_end.features.hop_length is 0", "at least 1")]
    [InlineData("""{"set":"mel-frames","n_mels":0}""", "$.front_end.features.n_mels is 0", "at least 1")]
    [InlineData("""{"set":"mel-frames","fmin":-1}""", "$.front_end.features.fmin is -1",
        "at least 0 and below half the sample rate, 11025")]
    [InlineData("""{"set":"mel-frames","fmin":11025}""", "$.front_end.features.fmin is 11025", "below half")]
    [InlineData("""{"set":"mel-frames","fmax":20000}""", "$.front_end.features.fmax is 20000",
        "at most half the sample rate, 11025")]
    [InlineData("""{"set":"mel-frames","fmin":500,"fmax":400}""", "$.front_end.features.fmax is 400", "above fmin 500")]
    [InlineData("""{"set":"mel-frames","power":3}""", "$.front_end.features.power is 3", "from 1 to 2")]
    [InlineData("""{"set":"mel-frames","top_db":0}""", "$.front_end.features.top_db is 0", "above 0")]
    [InlineData("""{"set":"mel-frames","log":"log2"}""", "$.front_end.features.log is \"log2\"", "db, ln, none")]
    [InlineData("""{"set":"mel-frames","ref":"mean"}""", "$.front_end.features.ref is \"mean\"", "one, max")]
    [InlineData("""{"set":"mel-frames","norm":"l2"}""", "$.front_end.features.norm is \"l2\"", "slaney, none")]
    [InlineData("""{"set":"mel-frames","center":1}""", "$.front_end.features.center is 1", "true or false")]
    [InlineData("""{"set":"mel-frames","n_fft":66151}""", "$.front_end.segment is 3",
        "$.front_end.features needs at least 66151")]
    [InlineData("""{"set":"stft-frames","n_fft":-4}""", "$.front_end.features.n_fft is -4", "at least 1")]
    [InlineData("""{"set":"stft-frames","hop_length":0}""", "$.front_end.features.hop_length is 0", "at least 1")]
    [InlineData("""{"set":"stft-frames","top_db":-2}""", "$.front_end.features.top_db is -2", "above 0")]
    [InlineData("""{"set":"mfcc-frames","n_mfcc":129}""", "$.front_end.features.n_mfcc is 129", "from 1 to 128")]
    [InlineData("""{"set":"mfcc-frames","cmvn_window":300}""", "$.front_end.features.cmvn_window is 300",
        "an odd number of frames")]
    [InlineData("""{"set":"mfcc-frames","cmvn_window":-1}""", "$.front_end.features.cmvn_window is -1",
        "an odd number of frames")]
    [InlineData("""{"set":"psf-logmel-frames","frame_len":0}""", "$.front_end.features.frame_len is 0", "at least 1")]
    [InlineData("""{"set":"psf-logmel-frames","frame_step":0}""", "$.front_end.features.frame_step is 0", "at least 1")]
    [InlineData("""{"set":"psf-logmel-frames","nfft":500}""", "$.front_end.features.nfft is 500", "at least 512")]
    [InlineData("""{"set":"psf-logmel-frames","nfilt":0}""", "$.front_end.features.nfilt is 0", "at least 1")]
    [InlineData("""{"set":"psf-logmel-frames","highfreq":12000}""", "$.front_end.features.highfreq is 12000", "at most half")]
    [InlineData("""{"set":"mel-picture","width":0}""", "$.front_end.features.width is 0", "from 1 to 4096")]
    [InlineData("""{"set":"mel-picture","height":5000}""", "$.front_end.features.height is 5000", "from 1 to 4096")]
    [InlineData("""{"set":"mel-picture","color_map":"jet"}""", "$.front_end.features.color_map is \"jet\"", "magma, gray")]
    [InlineData("""{"set":"joined","inputs":[]}""", "$.front_end.features.inputs is a list of 0", "at least two")]
    [InlineData("""{"set":"joined","inputs":[{"set":"wave"},{"set":"mfcc","n_mfcc":0}]}""",
        "$.front_end.features.inputs[1].n_mfcc is 0", "from 1 to 128")]
    [InlineData("""{"set":"joined","inputs":[{"set":"wave"},{"set":"mel-frames","width":3}]}""",
        "$.front_end.features.inputs[1].width is not a known key", "n_fft")]
    [InlineData("""{"set":"joined","inputs":[{"set":"wave"},{"set":"psf-mfcc-gaussian"}]}""",
        "$.front_end.features.inputs[1] is psf-mfcc-gaussian", "cannot be joined")]
    [InlineData("""{"set":"joined","inputs":[{"set":"wave"},{"set":"joined","inputs":[]}]}""",
        "$.front_end.features.inputs[1] is joined", "in one")]
    public void Parse_ParameterOutOfRange_NamesPathAndRule(string features, string found, string rule)
    {
        var message = PipelineCorpus.ErrorOf(() => Recipe.Parse(Json(features), "mine.json"));
        Assert.StartsWith("mine.json", message);
        Assert.Contains(found, message);
        Assert.Contains(rule, message);
    }

    [Theory]
    [InlineData("\"segment\":3,\"hop\":0", "$.front_end.hop is 0", "above 0")]
    [InlineData("\"segment\":3,\"hop\":0.00001", "$.front_end.hop is 1E-05", "from 1 to 2147483647 samples")]
    [InlineData("\"segment\":1e9", "$.front_end.segment is 1000000000", "from 1 to 2147483647 samples")]
    [InlineData("\"hop\":1", "$.front_end.hop is 1", "needs a segment")]
    [InlineData("\"segment\":null", "$.front_end.segment is null", "length of a window in seconds")]
    public void Parse_SegmentOrHopOutOfRange_NamesPathAndRule(string segments, string found, string rule)
    {
        var message = PipelineCorpus.ErrorOf(() => Recipe.Parse(Json("""{"set":"mel-frames"}""", segments), "mine.json"));
        Assert.Contains(found, message);
        Assert.Contains(rule, message);
    }

    [Theory]
    [InlineData("""{"set":"wave"}""", "\"window_scaler\":\"bin\"", "{}", "$.window_scaler is bin; a wave has no bins")]
    [InlineData("""{"set":"gtzan57"}""", "\"window_scaler\":\"all\"", "null", "$.window_scaler is all; it must be none")]
    [InlineData("""{"set":"wave"}""", "\"window_scaler\":\"each\"", "{}",
        "$.window_scaler is \"each\"; expected one of none, all, channel, bin")]
    [InlineData("""{"set":"gtzan57"}""", "\"window_scaler\":\"none\"", "{}",
        "$.classifier.augmentation is an object; it must be null")]
    [InlineData("""{"set":"wave"}""", "\"window_scaler\":\"none\"", """{"frequency_mask":0.1}""",
        "$.classifier.augmentation.frequency_mask is 0.1; a wave has no bins")]
    [InlineData("""{"set":"mel-picture"}""", "\"window_scaler\":\"none\"", """{"gain_db":3}""",
        "$.classifier.augmentation.gain_db is 3; it must be 0")]
    [InlineData("""{"set":"mel-frames"}""", "\"window_scaler\":\"none\"", """{"time_mask":1.5}""",
        "$.classifier.augmentation.time_mask is 1.5")]
    public void Parse_ScalerOrAugmentationDoesNotFit_NamesPathAndRule(
        string features, string scaler, string augmentation, string expected)
    {
        var json = Json(features, classifier: Network.Replace("\"augmentation\":{}", $"\"augmentation\":{augmentation}"),
            more: $",{scaler}");
        Assert.Contains(expected, PipelineCorpus.ErrorOf(() => Recipe.Parse(json, "mine.json")));
    }

    [Theory]
    [InlineData("""{"set":"joined","inputs":[{"set":"wave"},{"set":"gtzan57"}]}""", "none",
        "only a network reads windows beside other features")]
    [InlineData("""{"set":"wave"}""", "all",
        "$.window_scaler is all; it must be none: to this classifier a window's values are columns")]
    public void Parse_WindowsForAClassifierOfColumns_OnlyOneSetAndUnscaled(string features, string scaler, string expected)
    {
        var json = Json(features, classifier: """{"kind":"knn"}""", more: $",\"window_scaler\":\"{scaler}\"");
        Assert.Contains(expected, PipelineCorpus.ErrorOf(() => Recipe.Parse(json, "mine.json")));
    }

    [Fact]
    public void ToJson_EverySet_ReadsBackEqual()
    {
        foreach (var (spec, _) in WindowSets.Sets.Append((new JoinedFeatures([new Wave(), new Gtzan57Features()]), [])))
        {
            var recipe = Recipe.Parse(Json("""{"set":"wave"}"""), "a") with
            {
                FrontEnd = new(22050, spec, 3, 1.5),
                WindowScaler = WindowScalerKind.Channel
            };
            var again = Recipe.Parse(recipe.ToJson(), "b");
            Assert.Equal(recipe.ToJson(), again.ToJson());
            Assert.Equal((1.5, WindowScalerKind.Channel), (again.FrontEnd.Hop, again.WindowScaler));
            Assert.Equal(recipe.FrontEnd.ToCanonicalJson(), again.FrontEnd.ToCanonicalJson());
            Assert.Equal(66150, again.FrontEnd.SegmentSamples);
            Assert.Equal(33075, again.FrontEnd.HopSamples);
        }
    }

    [Fact]
    public void ToCanonicalJson_PlainSetWithoutHop_IsThatOfBefore() =>
        Assert.Equal("""{"sample_rate":22050,"features":{"set":"mel","n_fft":2048,"hop_length":512,"n_mels":128},"segment":null}""", new FrontEndSpec(22050, new MelFeatures()).ToCanonicalJson());

    [Fact]
    public void FrontEnd_JoinedSetsWithTheSameColumn_IsAnError() =>
        Assert.Contains("'chroma1_mean'",
            PipelineCorpus.ErrorOf(() =>
                _ = new FrontEnd(new(22050, new JoinedFeatures([new ChromaFeatures(), new ChromaFeatures(1024)])))));

    [Fact]
    public void FrontEnd_WindowTooLargeForAnArray_IsAnError() =>
        Assert.Contains(
            "$.front_end.segment is 6000",
            PipelineCorpus.ErrorOf(() =>
                _ = new FrontEnd(new(22050, new StftFrames(2048, 32), 6000), memoryLimit: long.MaxValue)));

    private static string Json(
        string features, string segments = "\"segment\":3", string classifier = Network, string more = "") =>
        $$"""{"name":"mine","description":"d","front_end":{"sample_rate":22050,"features":{{features}},{{segments}}},"scaler":"none","classifier":{{classifier}}{{more}}}""";
}
