using System.Text.Json;
using Engine.Classifiers;
using Engine.Pipeline;
using Engine.Tensors.Serialization;
using Engine.Tests.Support;

namespace Engine.Tests.Cli;

/// <summary>The built-in model, models with names, and which argument of predict is the model.</summary>
public sealed class ModelsTests(CorpusFixture corpus) : IClassFixture<CorpusFixture>, IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string? _before = Environment.GetEnvironmentVariable("ENGINE_MODELS");

    public void Dispose()
    {
        Environment.SetEnvironmentVariable("ENGINE_MODELS", _before);
        _folder.Dispose();
    }

    // Twelve seconds; the corpus is shorter than the ten that gtzan57 needs.
    private string Song()
    {
        var path = _folder["song.wav"];
        var samples = Enumerable.Range(0, 12 * 22050)
            .Select(i => 9000 * Math.Sin(i * 0.06) * (1 + Math.Sin(i * 0.0005)) + 3000 * Math.Sin(i * 0.31));
        File.WriteAllBytes(path, AudioBytes.Wav(AudioBytes.Encode(samples, 16), 1, 1, 22050, 16));
        return path;
    }

    [Fact]
    public void BuiltIn_Gtzan57_SaysWhatItIs()
    {
        Assert.Equal(["gtzan57"], ModelCatalog.BuiltIn);
        using var model = GenreModel.BuiltIn("gtzan57");
        Assert.Equal(["blues", "classical", "country", "disco", "hiphop", "jazz", "metal", "pop", "reggae", "rock"],
            model.Labels);
        Assert.True(model.IsCalibrated);
        Assert.Equal(10, model.WindowSeconds);
        Assert.Equal((true, 930, 290), (model.Tested!.Final, model.Tested.LearnedTracks, model.Tested.Tested));
        Assert.InRange(model.Tested.Accuracy, 0.55, 0.62);
        Assert.False(model.Tested.Leaky);
        var card = EngineRun.Of("models", "gtzan57").Succeeds();
        Assert.All(["artist-filtered", "Limits", "Licence", "Calibrated", "0.549"], part => Assert.Contains(part, card));
        Assert.Contains("nothing", PipelineError(() => GenreModel.BuiltIn("nothing")));
    }

    private static string PipelineError(Action action) =>
        Assert.Throws<EngineException>(action).Message;

    [Fact]
    public void Predict_NoModel_UsesTheBuiltInOneAndSaysSo()
    {
        var song = Song();
        var run = EngineRun.Of("predict", song, "--no-cache", "--json");
        Assert.Equal(run.Succeeds(), EngineRun.Of("predict", "gtzan57", song, "--no-cache", "--json").Succeeds());
        Assert.StartsWith("engine: model gtzan57 (built in): 10 genres", run.Error);
        Assert.Contains("of 290 songs by artists it did not know", run.Error);
        using var json = JsonDocument.Parse(run.Output);
        Assert.DoesNotContain("gtzan57", EngineRun.Of("predict", "gtzan57", song, "--no-cache").Error);
        Assert.DoesNotContain("gtzan57",
            EngineRun.Of("predict", corpus.Run, Path.Combine(corpus.Corpus, "moondub"), "--no-cache").Error);
    }

    [Fact]
    public void Predict_ModelAlone_AsksForSongs()
    {
        EngineRun.Of("predict", corpus.Run).IsRefused(corpus.Run, "is a model", "recordings");
        EngineRun.Of("predict", "gtzan57").IsRefused("gtzan57", "is a model");
        EngineRun.Of("predict", "gtzan75", Song()).IsRefused("gtzan75", "named model");
        EngineRun.Of("predict", _folder["none.mp3"]).IsRefused("none.mp3");
    }

    [Fact]
    public void Models_UserFolder_ListsModelsRunsAndDamage()
    {
        Environment.SetEnvironmentVariable("ENGINE_MODELS", _folder["models"]);
        Assert.DoesNotContain("mine", EngineRun.Of("models").Succeeds());
        Directory.CreateDirectory(_folder["models", "run"]);
        File.Copy(corpus.Model, _folder["models", "mine.safetensors"]);
        File.Copy(corpus.Model, _folder["models", "run", GenreModel.FileName]);
        File.WriteAllBytes(_folder["models", "cut.safetensors"], File.ReadAllBytes(corpus.Model)[..^50]);
        File.Copy(corpus.Model, _folder["models", "gtzan57.safetensors"]);
        var models = ModelCatalog.List();
        Assert.Equal(["gtzan57", "cut", "gtzan57", "mine", "run"], models.Select(m => m.Name));
        Assert.Equal([true, false, false, true, true], models.Select(m => m.Error is null));
        Assert.Contains("built-in model has this name", models[2].Error);
        Assert.Equal("gtzan57-knn", models[3].Recipe);
        using var original = GenreModel.Load(corpus.Run);
        Assert.Equal(original.Tested, models[3].Tested! with { AccuracyCi95 = original.Tested!.AccuracyCi95 });

        var text = EngineRun.Of("models").Succeeds();
        Assert.All(["gtzan57", "mine", "run", "cut.safetensors", _folder["models"]], part => Assert.Contains(part, text));
        using var json = JsonDocument.Parse(EngineRun.Of("models", "--json").Succeeds());
        Assert.Equal(5, json.RootElement.GetArrayLength());
        Assert.True(json.RootElement[0].GetProperty("built_in").GetBoolean());
        Assert.True(json.RootElement[1].TryGetProperty("error", out _));
        using var one = JsonDocument.Parse(EngineRun.Of("models", "mine", "--json").Succeeds());
        Assert.Equal(new FileInfo(corpus.Model).Length, one.RootElement.GetProperty("bytes").GetInt64());
        Assert.Contains("gtzan57-knn", EngineRun.Of("models", "mine").Succeeds());
        File.WriteAllText(_folder["models", "mine.md"], "# My card\n");
        Assert.Equal("# My card\n", EngineRun.Of("models", "mine").Succeeds());
        EngineRun.Of("models", "other").IsRefused("'other'", "mine", _folder["models"]);

        var track = Path.Combine(corpus.Corpus, "moondub");
        var expected = EngineRun.Of("predict", corpus.Model, track, "--no-cache", "--format", "csv").Succeeds();
        Assert.Equal(expected, EngineRun.Of("predict", "mine", track, "--no-cache", "--format", "csv").Succeeds());
        Assert.Equal(expected, EngineRun.Of("predict", "run", track, "--no-cache", "--format", "csv").Succeeds());
        EngineRun.Of("predict", "cut", track, "--no-cache").IsRefused("cut.safetensors");
        Directory.CreateDirectory(_folder["models", "mine"]);
        File.Copy(corpus.Model, _folder["models", "mine", GenreModel.FileName]);
        EngineRun.Of("predict", "mine", track, "--no-cache").IsRefused("mine.safetensors", "same name");
    }

    [Theory]
    [InlineData("../mine")]
    [InlineData("..")]
    [InlineData("a/b")]
    [InlineData("")]
    public void Has_PathsAndNothing_AreNoNames(string name) => Assert.False(ModelCatalog.Has(name));

    [Fact]
    public void Load_TestOfNoUse_IsRefused()
    {
        var file = SafetensorsFile.Read(corpus.Model);
        foreach (var bad in new[] { "{}", "[", "null", file.Metadata["tested"].Replace("\"accuracy\":", "\"accuracy\":7") })
        {
            file.Metadata["tested"] = bad;
            file.Write(_folder["bad.safetensors"]);
            Assert.Contains("'tested'", PipelineError(() => GenreModel.Load(_folder["bad.safetensors"])));
        }

        file.Metadata.Remove("tested");
        file.Write(_folder["old.safetensors"]);
        using var old = GenreModel.Load(_folder["old.safetensors"]);
        Assert.Null(old.Tested);
    }

    [GtzanFact]
    public void Script_TrainedAgain_GivesTheSameModel()
    {
        var splits = Path.Combine(GtzanFactAttribute.Folder, "splits");
        var run = Child.EngineAfter(_folder, $"cd '{splits}' &&", "train",
            Path.GetFullPath(Path.Combine(GtzanFactAttribute.Folder, "features_10_sec.csv")), "--recipe", "gtzan57-logistic",
            "--set", "front_end.segment=10",
            "--split", "files:fault_filtered_train.txt,fault_filtered_valid.txt,fault_filtered_test.txt",
            "--seed", "1", "--final", "--out", _folder["final"]);
        using (run) Assert.Equal(0, run.End().Code);
        var again = SafetensorsFile.Read(_folder["final", GenreModel.FileName]);
        var stored = SafetensorsFile.Parse(BuiltInModels.Read("gtzan57"));
        // Another machine's vectors may round differently; this one's bytes are those of the script.
        foreach (var (name, tensor) in stored.Tensors)
        {
            if (tensor.Data is double[] values) Close.Assert(values, (double[])again.Tensors[name].Data, 1e-6, 1e-6, name);
            else Assert.Equal(tensor.Data, again.Tensors[name].Data);
        }

        Assert.Equal(stored.Metadata["recipe"], again.Metadata["recipe"]);
        Assert.Equal(stored.Metadata["split"], again.Metadata["split"]);
    }

    [GtzanFact]
    public void Clips_FromAudioAndFromTheTable_GetTheSameLabels()
    {
        using var model = GenreModel.BuiltIn("gtzan57");
        var table = model.ReadTable(Path.Combine(GtzanFactAttribute.Folder, "features_10_sec.csv"));
        var windows = table.Rows.Zip(model.Predict(table)).ToLookup(p => Path.GetFileName(p.First.FileName)[..^".0.wav".Length]);
        var clips = Directory.GetFiles(Path.Combine(GtzanFactAttribute.Folder, "clips"), "*.wav", SearchOption.AllDirectories)
            .Where((_, i) => i % 5 == 0).ToArray();
        var same = 0;
        foreach (var clip in clips)
        {
            var along = model.Timeline(clip).Windows;
            var published = windows[Path.GetFileNameWithoutExtension(clip)].Select(p => p.Second.Label).ToArray();
            same += along.Select(w => w.Label).SequenceEqual(published[..along.Count]) ? 1 : 0;
        }

        Assert.True(same >= clips.Length * 0.9, $"{same} of {clips.Length}");
    }
}
