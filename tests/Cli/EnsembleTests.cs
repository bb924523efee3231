using System.Text.Json;
using Engine.Tests.Support;

namespace Engine.Tests.Cli;

public class EnsembleTests(CorpusFixture corpus) : IClassFixture<CorpusFixture>
{
    [Fact]
    public void Ensemble_TwoRuns_IsARunOfItsOwn()
    {
        using var folder = new TemporaryFolder();
        EngineRun.Of("train", corpus.Corpus, "--recipe", "aiml-knn", "--out", folder["other"], "--no-cache").Succeeds();
        var output = EngineRun.Of("ensemble", corpus.Run, folder["other"], "--out", folder["both"]).Succeeds();
        Assert.All(["mean of gtzan57-knn, aiml-knn", "50 tracks of 10 genres", folder["both"], "accuracy", "report.html"],
            part => Assert.Contains(part, output));
        Assert.Contains($"engine ensemble {corpus.Run} {folder["other"]} --combine mean --out again",
            File.ReadAllText(folder["both", "report.html"]).Replace("&#39;", "'"));
        using var json = JsonDocument.Parse(
            EngineRun.Of("ensemble", corpus.Run, folder["other"], "--out", folder["json"], "--json").Succeeds());
        Assert.Equal(json.RootElement.GetProperty("accuracy").GetDouble(),
            JsonDocument.Parse(EngineRun.Of("test", folder["both"], "--json", "--no-cache").Succeeds()).RootElement
                .GetProperty("accuracy").GetDouble());
        var song = Directory.GetFiles(corpus.Corpus, "*.wav", SearchOption.AllDirectories)[0];
        Assert.Contains(Path.GetFileName(song), EngineRun.Of("predict", folder["both"], song, "--no-cache").Succeeds());
        EngineRun.Of("predict", folder["both"], song, "--timeline", "--no-cache").IsRefused("read different features");
        EngineRun.Of("plot", folder["both"], "--kind", "importance", "--out", folder["p.svg"]).IsRefused("name one of them");
        EngineRun.Of("ensemble", corpus.Run, folder["other"], "--out", folder["both"]).IsRefused("not empty");
        EngineRun.Of("ensemble", corpus.Run, folder["other"], "--device", "opencl", "--out", folder["x"])
            .IsRefused("leave --device out");
    }

    [Theory]
    [InlineData("--out is missing", "ensemble", "a", "b")]
    [InlineData("name two or more", "ensemble", "a", "--out", "x")]
    [InlineData("there is no such folder", "ensemble", "a", "b", "--out", "x")]
    [InlineData("'best'", "ensemble", "a", "b", "--out", "x", "--combine", "best")]
    public void Ensemble_OptionsThatDoNotFit_AreRefused(string message, params string[] arguments) =>
        EngineRun.Of(arguments).IsRefused(message);

    [Fact]
    public void Recipe_OfAnEnsemble_CannotBeTrained()
    {
        using var folder = new TemporaryFolder();
        var copy = folder["copy"];
        Directory.CreateDirectory(copy);
        foreach (var file in Directory.GetFiles(corpus.Run)) File.Copy(file, Path.Combine(copy, Path.GetFileName(file)));
        EngineRun.Of("ensemble", corpus.Run, copy, "--out", folder["both"]).Succeeds();
        using var record = JsonDocument.Parse(File.ReadAllText(folder["both", "run.json"]));
        File.WriteAllText(folder["r.json"], record.RootElement.GetProperty("recipe").GetRawText());
        EngineRun.Of("train", corpus.Corpus, "--recipe", folder["r.json"], "--out", folder["x"])
            .IsRefused("made of saved runs", "engine ensemble");
        var changed = record.RootElement.GetProperty("recipe").GetRawText();
        var at = changed.IndexOf("\"sample_rate\": 22050", StringComparison.Ordinal);
        File.WriteAllText(folder["one.json"], string.Concat(changed.AsSpan(0, at), "\"sample_rate\": 11025",
            changed.AsSpan(at + "\"sample_rate\": 22050".Length)));
        EngineRun.Of("train", corpus.Corpus, "--recipe", folder["one.json"], "--out", folder["x"]).IsRefused("$.front_end");
    }
}
