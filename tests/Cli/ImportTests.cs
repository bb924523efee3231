using System.Text.Json;
using Engine.Fuzzing.Targets;
using Engine.Pipeline.Pretrained;
using Engine.Tensors.Serialization;
using Engine.Tests.Support;

namespace Engine.Tests.Cli;

public sealed class ImportTests : IDisposable
{
    // x: [1, 1, 2, frames]; mean over the map, dense 1 -> 2, sigmoid.
    private const string Network = """
        {
          "name": "tiny", "description": "A dense layer on the mean.", "source": "nobody", "licence": "MIT",
          "front_end": { "sample_rate": 8000, "features": { "set": "mel-frames", "n_fft": 64, "hop_length": 32, "n_mels": 2 },
            "segment": 0.1 },
          "layers": [
            { "layer": "global-average", "name": "pool" },
            { "layer": "dense", "name": "fc", "units": 2 },
            { "layer": "sigmoid", "name": "tags" }
          ],
          "outputs": ["pool", "tags"],
          "tensors": [{ "from": "skipped", "skip": true }, { "from": "kernel", "to": "fc.weight", "transpose": [1, 0] },
            { "from": "*", "to": "fc.*" }]
        }
        """;

    private readonly TemporaryFolder _folder = new();

    private string Out => _folder["out.safetensors"];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Import_PickleOfPyTorch_FileWithEverything()
    {
        var output = EngineRun.Of("import", Weights(), "--map", Map(), "--out", Out).Succeeds();
        Assert.Contains("2 of 2 found, 1 left out by the map, 1 not used", output);
        Assert.Contains("nobody", output);
        Assert.Contains("MIT", output);
        var file = SafetensorsFile.Read(Out);
        Assert.Equal(["fc.bias", "fc.weight"], file.Tensors.Keys.Order());
        Assert.Equal([2, 1], file.Tensors["fc.weight"].Shape);
        Assert.Equal([1.5f, -2], (float[])file.Tensors["fc.weight"].Data);
        Assert.Equal([0.5f, 0.25f], (float[])file.Tensors["fc.bias"].Data);
        Assert.Equal("nobody", file.Metadata["source"]);
        Assert.Equal("MIT", file.Metadata["licence"]);
        Assert.Equal(64, file.Metadata["source_sha256"].Length);
        var description = NetworkDescription.Parse(file.Metadata["network"], "metadata");
        Assert.Equal(file.Metadata["network"], description.ToJson());
        Assert.Equal(["pool", "tags"], description.Outputs);
    }

    [Fact]
    public void Import_Json_SameFigures()
    {
        var run = EngineRun.Of("import", Weights(), "--map", Map(), "--out", Out, "--json");
        var json = JsonDocument.Parse(run.Succeeds()).RootElement;
        Assert.Equal("PyTorch", json.GetProperty("format").GetString());
        Assert.Equal(["kernel", "bias"],
            json.GetProperty("matched").EnumerateArray().Select(m => m.GetProperty("from").GetString()));
        Assert.Equal("more", json.GetProperty("unused")[0].GetProperty("name").GetString());
        Assert.Equal(SafetensorsFile.ReadMetadata(Out)["payload_sha256"], json.GetProperty("payload_sha256").GetString());
    }

    // 1 / (1 + exp(-(1.5 · 2 + 0.5))) and 1 / (1 + exp(-(-2 · 2 + 0.25)))
    [Fact]
    public void Import_Reference_IsMetOrNothingIsWritten()
    {
        var arguments = new[] { "import", Weights(), "--map", Map(), "--out", Out, "--reference" };
        Assert.Contains("tags ", EngineRun.Of([.. arguments, Reference(0.97068775f, 0.02297737f)]).Succeeds());
        File.Delete(Out);
        var run = EngineRun.Of([.. arguments, Reference(0.97068775f, 0.0231f)]);
        Assert.Equal(2, run.Code);
        Assert.Contains("tags is off by 1.3e-4", run.Error);
        Assert.False(File.Exists(Out));
    }

    [Fact]
    public void Import_ReferenceThatCannotBe_IsRefused()
    {
        var arguments = new[] { "import", Weights(), "--map", Map(), "--out", Out, "--reference" };
        EngineRun.Of([.. arguments, _folder["none"]]).IsRefused("none");
        EngineRun.Of([.. arguments, Reference("other", [2], 1, 2)]).IsRefused("no tensor named pool or tags");
        EngineRun.Of([.. arguments, Reference("tags", [3], 1, 2, 3)]).IsRefused("'tags' is F32 [3]");
        Assert.False(File.Exists(Out));
    }

    [Fact]
    public void Import_TensorsThatDoNotFit_ReportAndOneLine()
    {
        var run = EngineRun.Of("import", Weights(), "--map", Map(Network.Replace("\"units\": 2", "\"units\": 3")), "--out", Out);
        Assert.Equal(2, run.Code);
        Assert.Contains("'bias' is float32 [2]; 'fc.bias' is [3]", run.Error);
        Assert.Contains("Nothing was written", run.Error);
        Assert.Contains("wrong", run.Output);
        Assert.False(File.Exists(Out));
        run = EngineRun.Of("import", Weights(), "--map", Map(Network.Replace("\"kernel\"", "\"core\"")), "--out", Out);
        Assert.Contains("'fc.weight' [2, 1] has no tensor", run.Error);
    }

    [Fact]
    public void Import_ValueThatIsNotFinite_IsNamed() =>
        EngineRun.Of("import", Weights(float.NaN), "--map", Map(), "--out", Out).IsRefused("'kernel' holds NaN at index 1");

    [Fact]
    public void Import_CodeInAPickle_IsRefusedByNameAndNotRun()
    {
        var touched = _folder["touched"];
        var pickle = new PickleBytes().Global("posix", "system").Mark().Text($"touch {touched}").Tuple().Raw((byte)'R');
        _folder.Write("w.pt", pickle.Zip());
        EngineRun.Of("import", _folder["w.pt"], "--map", Map(), "--out", Out).IsRefused(_folder["w.pt"], "posix.system");
        Assert.False(File.Exists(touched));
    }

    [Fact]
    public void Import_List_EveryTensor()
    {
        var output = EngineRun.Of("import", Weights(), "--list").Succeeds();
        Assert.Contains("PyTorch, 4 tensors", output);
        Assert.Matches(@"kernel +float32 +\[1, 2\]", output);
        var json = JsonDocument.Parse(EngineRun.Of("import", Weights(), "--list", "--json").Succeeds()).RootElement;
        Assert.Equal(4, json.GetProperty("tensors").GetArrayLength());
    }

    [Fact]
    public void Import_WrongArguments_OneLine()
    {
        var weights = Weights();
        EngineRun.Of("import", weights).IsRefused("--as NAME or --map FILE");
        EngineRun.Of("import", weights, "--as", "choi2017-compact", "--map", Map(), "--out", Out).IsRefused("either");
        EngineRun.Of("import", weights, "--map", Map(Network.Replace("\"name\": \"tiny\"", "\"name\": \"a/b\"")))
            .IsRefused("'a/b'", "--out FILE");
        EngineRun.Of("import", weights, "--map", Map(), "--out", _folder["x.pt"]).IsRefused("must end in .safetensors");
        EngineRun.Of("import", weights, "--as", "mobilenet", "--out", Out)
            .IsRefused("'mobilenet' is not known", "choi2017-compact");
        EngineRun.Of("import", weights, "--list", "--out", Out).IsRefused("--list");
        EngineRun.Of("import", _folder["none.pt"], "--list").IsRefused("none.pt: there is no such file");
        EngineRun.Of("import", _folder.Path, "--list").IsRefused("is a folder");
        EngineRun.Of("import", weights, "--map", _folder["none.json"], "--out", Out).IsRefused("none.json");
    }

    [Theory]
    [InlineData("\"licence\": \"MIT\"", "\"licence\": \" \"", "$.licence")]
    [InlineData("\"pool\", \"tags\"]", "\"pool\", \"tag\"]", "$.outputs[1]")]
    [InlineData("\"units\": 2", "\"units\": 0", "$.layers[1].units")]
    [InlineData("\"set\": \"mel-frames\", \"n_fft\": 64, \"hop_length\": 32, \"n_mels\": 2", "\"set\": \"gtzan57\"",
        "$.front_end.features")]
    [InlineData("\"from\": \"kernel\"", "\"form\": \"kernel\"", "$.tensors[1].form")]
    [InlineData("\"transpose\": [1, 0]", "\"transpose\": [1, 1]", "$.tensors[1].transpose")]
    [InlineData("[\"pool\", \"tags\"]", "[]", "$.outputs")]
    public void Import_DescriptionThatCannotWork_NamesThePlace(string value, string instead, string place)
    {
        Assert.Contains(value, Network);
        EngineRun.Of("import", Weights(), "--map", Map(Network.Replace(value, instead)), "--out", Out)
            .IsRefused(_folder["map.json"], place);
    }

    private string Map(string network = Network)
    {
        File.WriteAllText(_folder["map.json"], network);
        return _folder["map.json"];
    }

    private string Weights(float second = -2) => _folder.Write("w.pt", new PickleBytes().Raw((byte)'}').Mark()
        .Text("kernel").Tensor("0", 2, 0, [1, 2], [2, 1]).Text("bias").Tensor("1", 2, 0, [2], [1])
        .Text("skipped").Tensor("1", 2, 0, [2], [1]).Text("more").Tensor("1", 2, 0, [2], [1]).Raw((byte)'u')
        .Zip(("0", [1.5f, second]), ("1", [0.5f, 0.25f])));

    private string Reference(params float[] tags) => Reference("tags", [2], tags);

    private string Reference(string name, int[] shape, params float[] values)
    {
        var file = new SafetensorsFile();
        file.Tensors["spectrogram"] = new(new float[] { 1, 2, 3, 2, 1.5f, 2.5f }, 2, 3);
        file.Tensors[name] = new(values, shape);
        file.Write(_folder["r.safetensors"]);
        return _folder["r.safetensors"];
    }
}
