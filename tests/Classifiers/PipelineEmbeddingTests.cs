using Engine.Classifiers;
using Engine.Pipeline;

namespace Engine.Tests.Classifiers;

/// <summary>
/// What a program that embeds a model sees: this namespace and nothing else (the trained model comes from a helper).
/// </summary>
public sealed class PipelineEmbeddingTests : IClassFixture<PipelineEmbeddingTests.Trained>
{
    private readonly Trained _trained;

    public PipelineEmbeddingTests(Trained trained) => _trained = trained;

    [Fact]
    public void Predict_Samples_RanksTheGenres()
    {
        float[] samples = _trained.Samples("drone", 44100);

        using var model = GenreModel.Load(_trained.ModelPath);
        var result = model.Predict(samples, 44100);
        Assert.Equal("drone", result.Label);
        Assert.Equal(["drone", "hiss", "pulse"], result.Ranked.Select(g => g.Label).Order());
        Assert.Equal(1, result.Ranked.Sum(g => g.Probability), 1e-12);
        Assert.Equal(result.Ranked.Max(g => g.Probability), result.Probability);
    }

    [Fact]
    public void Predict_SeveralWindows_AreAveraged()
    {
        using var model = GenreModel.Load(_trained.ModelPath);
        var samples = _trained.Samples("drone", 22050).Concat(_trained.Samples("hiss", 22050)).ToArray();
        const int window = 6615;
        var parts = Enumerable.Range(0, samples.Length / window)
            .Select(w => model.Predict(samples.AsSpan(w * window, window), 22050)
            .Ranked.ToDictionary(g => g.Label, g => g.Probability)).ToArray();
        Assert.Equal(6, parts.Length);
        foreach (var (label, probability) in model.Predict(samples, 22050)
            .Ranked) Assert.Equal(parts.Average(p => p[label]), probability, 1e-12);
    }

    [Fact]
    public void Predict_File_EqualsItsSamples()
    {
        using var model = GenreModel.Load(_trained.ModelPath);
        Assert.Equal(model.Predict(_trained.Samples("hiss", 22050), 22050).Ranked, model.Predict(_trained.WavPath("hiss"))
            .Ranked);
    }

    [Fact]
    public void Predict_FromManyThreads_GivesTheSame()
    {
        using var model = GenreModel.Load(_trained.ModelPath);
        var samples = _trained.Samples("pulse", 22050);
        var expected = model.Predict(samples, 22050).Ranked;
        Parallel.For(0, 32, _ => Assert.Equal(expected, model.Predict(samples, 22050).Ranked));
    }

    [Fact]
    public void Predict_UnusableSamples_SaysWhy()
    {
        using var model = GenreModel.Load(_trained.ModelPath);
        Assert.Contains("sample 5 is NaN", Error(() => model.Predict([0, 0, 0, 0, 0, float.NaN], 22050)));
        Assert.Contains("sample rate is 0 Hz", Error(() => model.Predict(new float[9000], 0)));
        Assert.Contains("sample rate is 10000000 Hz", Error(() => model.Predict(new float[9000], 10_000_000)));
        Assert.Contains("0 samples", Error(() => model.Predict([], 22050)));
        Assert.Contains("at least 6615", Error(() => model.Predict(_trained.Samples("drone", 22050).AsSpan(0, 220), 22050)));
        Assert.Contains("all 9000 samples are 0", Error(() => model.Predict(new float[9000], 22050)));
        Assert.Contains("nothing.wav", Error(() => model.Predict("nothing.wav")));
    }

    private static string Error(Action action) => Assert.Throws<EngineException>(action).Message;

    /// <summary>A model of windows of 0.3 s, so that a prediction is a mean over windows.</summary>
    public sealed class Trained : IDisposable
    {
        private readonly Support.TemporaryFolder _folder = new();

        public Trained()
        {
            PipelineCorpus.WriteAudio(_folder["audio"]);
            var options = PipelineCorpus.Options(_folder["audio"], _folder["run"]);
            Engine.Pipeline.Runs.Training.Run(options with { Recipe = options.Recipe.With("front_end.segment", "0.3") });
        }

        public string ModelPath => _folder["run", "model.safetensors"];

        public string WavPath(string genre) => _folder["audio", genre, $"{genre}.00001.wav"];

        public float[] Samples(string genre, int rate) =>
            Engine.Dsp.Audio.AudioFile.Read(WavPath(genre), targetRate: rate).Samples;

        public void Dispose() => _folder.Dispose();
    }
}
