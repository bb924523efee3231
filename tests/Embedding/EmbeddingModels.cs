using Engine.Dsp.Audio;
using Engine.Pipeline;
using Engine.Pipeline.Data;
using Engine.Pipeline.Recipes;
using Engine.Pipeline.Runs;
using Engine.Tests.Classifiers;
using Engine.Tests.Support;

namespace Engine.Tests.Embedding;

/// <summary>Quick models of three plain genres, trained in memory, and the recordings they learned from.</summary>
public sealed class EmbeddingModels : IDisposable
{
    public const int Rate = PipelineCorpus.Rate;

    private readonly TemporaryFolder _folder = new();
    private readonly Lazy<GenreModel> _whole, _windows, _network;

    public EmbeddingModels()
    {
        PipelineCorpus.WriteAudio(_folder["audio"]);
        _whole = new(() => Fit(Whole));
        _windows = new(() => Fit(Windows));
        _network = new(() => Fit(Network));
    }

    /// <summary>KNN on whole recordings.</summary>
    public static Recipe Whole { get; } = RecipeCatalog.Get("gtzan57-knn").With("classifier.k", "3")
        .With("front_end.features", """{ "set": "mfcc", "n_mfcc": 13, "n_mels": 40, "n_fft": 1024 }""");

    /// <summary>The same on windows that overlap by half.</summary>
    public static Recipe Windows { get; } = Whole.With("front_end.segment", "0.25").With("front_end.hop", "0.125");

    /// <summary>A network on pictures of windows.</summary>
    public static Recipe Network { get; } = Recipe.Parse("""
        {
          "name": "pictures", "description": "A small network.",
          "front_end": {
            "sample_rate": 22050, "segment": 0.25,
            "features": { "set": "mel-frames", "n_fft": 1024, "hop_length": 512, "n_mels": 20 }
          },
          "scaler": "none", "window_scaler": "all",
          "classifier": {
            "kind": "network",
            "layers": [ { "layer": "conv2d", "filters": 4, "kernel": [3, 3] }, { "layer": "relu" }, { "layer": "global-average" },
              { "layer": "output" } ],
            "training": { "optimizer": { "kind": "adam" }, "batch": 16, "epochs": 3, "validation": 0.2 }
          }
        }
        """, "test");

    public GenreModel OfWhole => _whole.Value;

    public GenreModel OfWindows => _windows.Value;

    public GenreModel OfNetwork => _network.Value;

    /// <summary>A folder with a folder for each genre.</summary>
    public string Audio => _folder["audio"];

    public string Wav(string genre, int number = 1) => _folder["audio", genre, $"{genre}.{number:00000}.wav"];

    /// <summary>Every recording by its file.</summary>
    public IEnumerable<TrainingExample> Files() => Dataset.Open(Audio).Recordings
        .Select(r => TrainingExample.OfFile(r.FullPath, r.Label));

    /// <summary>Every recording by its samples.</summary>
    public IEnumerable<TrainingExample> InMemory() => Dataset.Open(Audio).Recordings.Select(r =>
    {
        var audio = AudioFile.Read(r.FullPath);
        return TrainingExample.OfSamples(audio.Samples, audio.SampleRate, r.Label) with { Name = r.RelativePath };
    });

    public void Dispose()
    {
        foreach (var model in new[] { _whole, _windows, _network }.Where(m => m.IsValueCreated)) model.Value.Dispose();
        _folder.Dispose();
    }

    private GenreModel Fit(Recipe recipe) => Training.Fit(recipe, Files(), new() { Seed = 1 }).Model;
}
