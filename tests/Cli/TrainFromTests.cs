using System.Text.RegularExpressions;
using Engine.Tests.Support;

namespace Engine.Tests.Cli;

/// <summary><c>engine train --from</c>.</summary>
public class TrainFromTests(CorpusFixture corpus) : IClassFixture<CorpusFixture>
{
    private const string Recipe = """
        {
          "name": "tiny", "description": "One convolution.",
          "front_end": { "sample_rate": 8000, "segment": 1, "features": { "set": "mel-frames", "n_fft": 512, "n_mels": 16 } },
          "scaler": "none", "window_scaler": "all",
          "classifier": {
            "kind": "network",
            "layers": [ { "layer": "conv2d", "filters": 4, "kernel": 3 }, { "layer": "global-average" }, { "layer": "output" } ],
            "training": { "optimizer": { "kind": "adam" }, "batch": 16, "epochs": 1 }
          }
        }
        """;

    [Fact]
    public void Train_FromARun_HasItsRecipeAndTheNewGenres()
    {
        using var folder = new TemporaryFolder();
        var genres = Directory.GetDirectories(corpus.Corpus).Order(StringComparer.Ordinal).Take(3).ToArray();
        foreach (var genre in genres)
        {
            var copy = Directory.CreateDirectory(folder["three", Path.GetFileName(genre)]);
            foreach (var song in Directory.GetFiles(genre)) File.Copy(song, Path.Combine(copy.FullName, Path.GetFileName(song)));
        }

        File.WriteAllText(folder["tiny.json"], Recipe);
        EngineRun.Of("train", corpus.Corpus, "--recipe", folder["tiny.json"], "--out", folder["run"], "--no-cache").Succeeds();
        var output = EngineRun.Of("train", folder["three"], "--from", folder["run"], "--set",
            "classifier.initialize.freeze=until 1", "--out", folder["new"], "--no-cache").Succeeds();
        Assert.Contains("tiny: One convolution.", output);
        Assert.Contains("weights", output);
        Assert.Contains("(a model of recipe tiny): 2 tensors taken; 2 start anew: 2.weight, 2.bias",
            Regex.Replace(output, "\\s+", " "));
        Assert.Contains("15 tracks of 3 genres", output);
        EngineRun.Of("train", "--resume", "--out", folder["new"], "--from", folder["run"])
            .IsRefused("--resume", "leave --from out");
        EngineRun.Of("train", corpus.Corpus, "--from", corpus.Run, "--out", folder["x"]).IsRefused("no network of its own");
        EngineRun.Of("train", corpus.Corpus, "--recipe", "gtzan57-knn", "--from", folder["run"], "--out", folder["x"])
            .IsRefused("recipe gtzan57-knn: it has no network of its own");
        EngineRun.Of("train", corpus.Corpus, "--from", "nowhere", "--out", folder["x"])
            .IsRefused("nowhere: there is no such file");
    }

    [Fact]
    public void Train_RecipeWhoseWeightsAreNotThere_SaysHowToGetThem() =>
        EngineRun.Of("train", corpus.Corpus, "--recipe", "spectro-finetune", "--from", "mn04", "--out", "nowhere")
            .IsRefused("mn04: there is no such file or run", "mn04.safetensors", "engine import");
}
