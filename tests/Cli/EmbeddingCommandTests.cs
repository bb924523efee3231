using System.Text.Json;
using Engine.Cli.Reports;
using Engine.Cli.Text;
using Engine.Dsp.Audio;
using Engine.Pipeline;
using Engine.Pipeline.FrontEnds;
using Engine.Pipeline.Pretrained;
using Engine.Tensors.Serialization;
using Engine.Tests.Classifiers;
using Engine.Tests.Support;

namespace Engine.Tests.Cli;

/// <summary>Embeddings on the command line.</summary>
public sealed class EmbeddingCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string? _before = Environment.GetEnvironmentVariable("ENGINE_WEIGHTS");

    public EmbeddingCommandTests()
    {
        Environment.SetEnvironmentVariable("ENGINE_WEIGHTS", _folder["weights"]);
        Directory.CreateDirectory(_folder["songs", "rock"]);
        WavWriter.Write(_folder["songs", "rock", "a.wav"], new AudioSignal(PretrainedFrontEnds.Signal(16000, 8000), 16000));
    }

    public void Dispose()
    {
        Environment.SetEnvironmentVariable("ENGINE_WEIGHTS", _before);
        _folder.Dispose();
    }

    [Fact]
    public void Import_WithoutOut_WritesWhereNamesAreLookedUp()
    {
        var map = _folder.Write("map.json", System.Text.Encoding.UTF8.GetBytes(EmbeddingSamples.Description().ToJson()));
        var weights = EmbeddingSamples.Write(_folder, "public.safetensors");
        EngineRun.Of("import", weights, "--map", map).Succeeds();
        Assert.Equal(SafetensorsFile.Read(weights).Tensors.Keys.Order(),
            SafetensorsFile.Read(_folder["weights", "tiny.safetensors"]).Tensors.Keys.Order());
        EngineRun.Of("import", weights, "--map", map).IsRefused("exists", "--force");

        var output = Features("--weights", "tiny").Succeeds();
        Assert.Contains("embedding of 1 recordings", output);
        var table = Pipeline.Data.FeatureTable.Read(_folder["out.csv"]);
        Assert.Equal(["tiny_pool_0", "tiny_pool_1", "tiny_pool_2", "tiny_pool_3"], table.Columns);
        var frontEnd = new FrontEnd(new(EmbeddingSamples.Rate, new EmbeddingFeatures(weights)));
        var row = frontEnd.ExtractFile(_folder["songs", "rock", "a.wav"]).Features;
        Assert.Equal(row.Rows.Row(0).ToArray(), table.Values.Row(0).ToArray());
        Assert.Equal(row.Length, table.Rows[0].Length);
    }

    [Fact]
    public void Features_OptionsOfTheEmbedding_Apply()
    {
        var weights = EmbeddingSamples.Write(_folder, "w.safetensors");
        Features("--weights", weights, "--layers", "fc,tiny_pool", "--window", "0.2", "--hop", "0.1", "--statistics",
            "mean-deviation", "--sr", "16000").Succeeds();
        var table = Pipeline.Data.FeatureTable.Read(_folder["out.csv"]);
        Assert.Equal((14, "fc_0_mean", 8000), (table.Columns.Count, table.Columns[0], table.Rows[0].Length));
        var frontEnd = new FrontEnd(new(16000,
            new EmbeddingFeatures(weights, ["fc", "tiny_pool"], 0.2, 0.1, WindowStatistics.MeanDeviation)));
        Assert.Equal(frontEnd.ExtractFile(_folder["songs", "rock", "a.wav"]).Features.Rows.Row(0).ToArray(),
            table.Values.Row(0).ToArray());
    }

    [Fact]
    public void Features_Misuse_IsRefused()
    {
        Features().IsRefused("--weights", "efficientat-mn04");
        Features("--weights", "nothing").IsRefused("'nothing'", "engine import");
        Features("--weights", "efficientat-mn04").IsRefused("licence MIT", "curl -LO");
        Features("--weights", EmbeddingSamples.Write(_folder, "w.safetensors"), "--layers", "none").IsRefused("\"none\"", "fc");
        EngineRun.Of("features", _folder["songs"], "--set", "mfcc", "--layers", "fc", "--out", _folder["x.csv"])
            .IsRefused("--layers", "--set embedding");
        Assert.False(File.Exists(_folder["out.csv"]));
    }

    [Fact]
    public void Recipes_Transfer_IsShownWithoutWeights_AndTrainingSaysWhatIsMissing()
    {
        var recipe = JsonDocument.Parse(EngineRun.Of("recipes", "transfer").Succeeds()).RootElement;
        var features = recipe.GetProperty("front_end").GetProperty("features");
        Assert.Equal("efficientat-mn04", features.GetProperty("weights").GetString());
        Assert.Contains("engine import", EngineRun.Of("recipes").Succeeds());
        EngineRun.Of("train", _folder["songs"], "--recipe", "transfer", "--out", _folder["run"])
            .IsRefused("curl -LO", "engine import mn04_as_mAP_432.pt --as efficientat-mn04");
        Assert.False(Path.Exists(_folder["run"]));
    }

    [Fact]
    public void Training_ReportsSourceAndLicence_AndSoDoesTheModel()
    {
        var weights = EmbeddingSamples.Write(_folder, "w.safetensors");
        PipelineCorpus.WriteAudio(_folder["data"]);
        var recipe = _folder.Write("mine.json", System.Text.Encoding.UTF8.GetBytes($$"""
            {
              "name": "mine", "description": "A test.",
              "front_end": { "sample_rate": 8000, "features": { "set": "embedding", "weights": {{JsonSerializer.Serialize(weights)}} } },
              "scaler": "standard", "classifier": { "kind": "logistic" }
            }
            """));
        var trained = EngineRun.Of("train", _folder["data"], "--recipe", recipe, "--out", _folder["run"]).Succeeds();
        Assert.Contains("tiny, nobody; licence MIT", trained);
        using var model = GenreModel.Load(_folder["run"]);
        var named = new NamedModel("mine", _folder["run"], 1) { Labels = model.Labels, Networks = model.Networks };
        Assert.Contains("tiny, nobody; licence MIT", ModelsReport.Of(named, new Layout(80, false)));
        var json = JsonDocument.Parse(ModelsReport.Json(named)).RootElement;
        Assert.Equal("tiny, nobody; licence MIT", json.GetProperty("networks")[0].GetString());
    }

    private EngineRun Features(params string[] more) => EngineRun.Of(
        ["features", _folder["songs"], "--set", "embedding", "--out", _folder["out.csv"], "--no-cache", .. more]);
}
