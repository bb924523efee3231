using System.Text.Json;

namespace Engine.Tests.Cli;

public class SummaryTests
{
    [Fact]
    public void Summary_OfANetwork_PrintsLayersTotalsAndMemory()
    {
        var output = EngineRun.Of("summary", "cs464-conv2d").Succeeds();
        Assert.All(
            ["mel-picture [3, 400, 400]", "Conv2d 3 -> 16, 3×3", "[16, 398, 398]", "4,432,418", "543,903,600",
                "training step of 20", "16.9 MiB", "together"],
            part => Assert.Contains(part, output));
    }

    [Fact]
    public void Summary_Json_AddsUp()
    {
        using var json = JsonDocument.Parse(EngineRun.Of("summary", "cortis-mmnn", "--json", "--labels", "7").Succeeds());
        var root = json.RootElement;
        Assert.Equal(root.GetProperty("parameters").GetInt64(), root.GetProperty("layers").EnumerateArray()
            .Sum(l => l.GetProperty("parameters").GetInt64()));
        Assert.Equal(["mfcc-frames", "columns"], root.GetProperty("inputs").EnumerateArray()
            .Select(i => i.GetProperty("name").GetString()));
        Assert.Equal(7, root.GetProperty("layers").EnumerateArray().Last().GetProperty("output")[0].GetInt32());
        var memory = root.GetProperty("memory");
        Assert.Equal(4 * root.GetProperty("parameters").GetInt64(), memory.GetProperty("parameter_bytes").GetInt64());
        Assert.Equal(2 * memory.GetProperty("parameter_bytes").GetInt64(), memory.GetProperty("optimizer_bytes").GetInt64());
    }

    [Fact]
    public void Summary_Set_ChangesTheNetwork() => Assert.Contains(
        "Conv2d 3 -> 32, 3×3",
        EngineRun.Of("summary", "cs464-conv2d", "--set", "classifier.layers[0].filters=32", "--set",
            "classifier.training.batch=5").Succeeds());

    [Fact]
    public void Summary_OfAGraph_ShowsTheInputs()
    {
        const string Layers = """
            classifier.layers=[{"layer":"series"},{"layer":"conv1d","filters":4,"kernel":1,"name":"c"},
            {"layer":"concat","inputs":["0","c"]},{"layer":"global-max"},{"layer":"output"}]
            """;
        Assert.Matches(@"layer +inputs +output", EngineRun.Of("summary", "cs464-conv2d", "--set", Layers).Succeeds());
        using var json = JsonDocument.Parse(EngineRun.Of("summary", "cs464-conv2d", "--set", Layers, "--json").Succeeds());
        var rows = json.RootElement.GetProperty("layers").EnumerateArray().ToArray();
        Assert.Equal(["0", "c"], rows[2].GetProperty("inputs").EnumerateArray().Select(i => i.GetString()));
        Assert.False(rows[1].TryGetProperty("inputs", out _));
    }

    [Fact]
    public void Summary_WithoutANetwork_SaysSo() =>
    EngineRun.Of("summary", "gtzan57-knn").IsRefused("gtzan57-knn", "no network", "knn");

    [Fact]
    public void Summary_ShapesThatDoNotFit_NamesThePath() =>
        EngineRun.Of("summary", "cs464-conv2d", "--set", "classifier.layers[12]={\"layer\":\"relu\"}")
            .IsRefused("$.classifier.layers[13]", "[1, 16, 48, 48]", "flatten");

    [Fact]
    public void Summary_BadSetting_IsRefused() =>
    EngineRun.Of("summary", "cs464-conv2d", "--set", "classifier").IsRefused("--set", "key=value");
}
