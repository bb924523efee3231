using System.Text.Json;
using Engine.Cli;
using Engine.Pipeline;
using Engine.Tests.Support;

namespace Engine.Tests.Cli;

public class TestAndPredictTests(CorpusFixture corpus) : IClassFixture<CorpusFixture>
{
    private string Track => Path.Combine(corpus.Corpus, "ironriff", "ironriff.00000.wav");

    [Fact]
    public void Test_OwnRun_RepeatsTheFigures()
    {
        var output = EngineRun.Of("test", corpus.Run, "--no-cache").Succeeds();
        string Line(string text) => text.Split('\n').Single(l => l.StartsWith("accuracy", StringComparison.Ordinal));
        Assert.Equal(Line(corpus.TrainOutput), Line(output));
    }

    [Fact]
    public void Test_Json_HasTheNamesOfMetricsJson()
    {
        using var json = JsonDocument.Parse(EngineRun.Of("test", corpus.Run, "--json", "--no-cache").Succeeds());
        using var stored = JsonDocument.Parse(File.ReadAllText(Path.Combine(corpus.Run, "metrics.json")));
        Assert.Equal(stored.RootElement.EnumerateObject().Select(p => p.Name), json.RootElement.EnumerateObject()
            .Select(p => p.Name));
        Assert.Equal(stored.RootElement.GetProperty("accuracy").GetDouble(), json.RootElement.GetProperty("accuracy")
            .GetDouble());
    }

    [Fact]
    public void Test_OtherData_LeavesOutTrainedTracks()
    {
        using var folder = new TemporaryFolder();
        EngineRun.Of("synth", folder["other"], "--tracks", "2", "--seconds", "1", "--seed", "8").Succeeds();
        foreach (var file in Directory.GetFiles(folder["other"], "*.00001.wav", SearchOption.AllDirectories))
            File.Move(file, file.Replace("00001", "00777"));
        var output = EngineRun.Of("test", corpus.Run, folder["other"], "--no-cache").Succeeds();
        Assert.Contains("other data", output);
        Assert.Contains("left out", output);
    }

    [Fact]
    public void Test_DataGone_IsRefusedWithWhatToDo()
    {
        using var folder = new TemporaryFolder();
        EngineRun.Of("synth", folder["corpus"], "--tracks", "5", "--seconds", "1").Succeeds();
        EngineRun.Of("train", folder["corpus"], "--recipe", "aiml-knn", "--out", folder["run"], "--no-cache").Succeeds();
        Directory.Delete(folder["corpus"], recursive: true);
        EngineRun.Of("test", folder["run"], "--no-cache").IsRefused(folder["corpus"], "engine test");
    }

    [Fact]
    public void Test_NoRunFolder_IsRefused() =>
    EngineRun.Of("test", corpus.Corpus, "--no-cache").IsRefused(corpus.Corpus, "run.json");

    [Fact]
    public void Predict_Table_NamesGenreAndRunnersUp()
    {
        var lines = EngineRun.Of("predict", corpus.Run, Track, "--no-cache").Succeeds().TrimEnd().Split('\n');
        Assert.Equal(2, lines.Length);
        Assert.StartsWith("file", lines[0]);
        Assert.Contains("ironriff", lines[1]);
    }

    [Fact]
    public void Predict_Folder_GivesOneLinePerRecordingSorted()
    {
        var csv = EngineRun.Of("predict", corpus.Model, corpus.Corpus, "--top", "2", "--format", "csv", "--no-cache").Succeeds();
        var lines = csv.TrimEnd().Split('\n');
        Assert.Equal("file,genre,score,genre_2,score_2,leaky,trained_on,bandwidth_hz,lacks_band,error,made_by", lines[0]);
        Assert.Equal(51, lines.Length);
        Assert.Equal(lines[1..].Order(StringComparer.Ordinal), lines[1..]);
    }

    [Fact]
    public void Predict_Json_AgreesWithTheEmbeddedModel()
    {
        var output = EngineRun.Of("predict", corpus.Run, Track, "--json", "--top", "10", "--no-cache").Succeeds();
        using var json = JsonDocument.Parse(output);
        var entry = Assert.Single(json.RootElement.EnumerateArray());
        using var model = GenreModel.Load(corpus.Run);
        var expected = model.Predict(Track);
        Assert.Equal(expected.Label, entry.GetProperty("genre").GetString());
        Assert.Equal(
            expected.Ranked.Select(r => (r.Label, r.Probability)),
            entry.GetProperty("ranked").EnumerateArray()
                .Select(r => (r.GetProperty("genre").GetString()!, r.GetProperty("score").GetDouble())));
        Assert.Equal(output, EngineRun.Of("predict", corpus.Run, Track, "--format", "json", "--top", "10", "--no-cache")
            .Succeeds());
    }

    [Fact]
    public void Predict_CalibratedModel_SpeaksOfProbabilitiesInEveryFormat()
    {
        using var folder = new TemporaryFolder();
        EngineRun.Of("synth", folder["corpus"], "--tracks", "7", "--seconds", "1").Succeeds();
        var report = EngineRun.Of("train", folder["corpus"], "--recipe", "gtzan57-svm", "--out", folder["run"], "--no-cache")
            .Succeeds();
        Assert.Contains("calibration expected error of a probability", report);
        Assert.Contains("calibration none", corpus.TrainOutput);
        Assert.Contains("20 held-out tracks",
            string.Join(' ', corpus.TrainOutput.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)));
        string Predict(string run, string format) =>
            EngineRun.Of("predict", run, Track, "--format", format, "--no-cache").Succeeds();
        Assert.Equal(["file", "genre", "p", "then", "note"], Predict(folder["run"], "table")
            .Split('\n')[0].Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal(["file", "genre", "score", "then", "note"], Predict(corpus.Run, "table")
            .Split('\n')[0].Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.StartsWith("file,genre,probability,genre_2,probability_2,", Predict(folder["run"], "csv"));
        Assert.Contains("\"probability\":", Predict(folder["run"], "json"));
        Assert.DoesNotContain("probability", Predict(corpus.Run, "json"));
    }

    [Fact]
    public void Predict_BadFileSkipped_IsNamedAndTheRestLabelled()
    {
        using var folder = new TemporaryFolder();
        File.Copy(Track, folder["song.wav"]);
        File.WriteAllText(folder["zbad.wav"], "this is not audio");
        var failing = EngineRun.Of("predict", corpus.Run, folder.Path, "--no-cache", "--on-error", "fail");
        Assert.Equal(CommandLine.Wrong, failing.Code);
        Assert.Equal($"engine: {folder["zbad.wav"]}: ", failing.Error[..(10 + folder["zbad.wav"].Length)]);
        Assert.Equal(2, failing.Output.TrimEnd().Split('\n').Length);
        var run = EngineRun.Of("predict", corpus.Run, folder.Path, "--no-cache");
        Assert.Equal(CommandLine.Failed, run.Code);
        Assert.Equal(2, run.Output.TrimEnd().Split('\n').Length);
        Assert.Contains($"warning: skipped: {folder["zbad.wav"]}", run.Error);
        Assert.Contains("1 of 2 recordings were skipped", run.Error);
    }

    [Fact]
    public void Predict_NothingUsable_IsRefused()
    {
        using var folder = new TemporaryFolder();
        EngineRun.Of("predict", corpus.Run, folder.Path, "--no-cache").IsRefused(folder.Path, "no recording");
        EngineRun.Of("predict", corpus.Run, folder["missing.wav"], "--no-cache").IsRefused(folder["missing.wav"]);
        File.WriteAllText(folder["bad.wav"], "this is not audio");
        var run = EngineRun.Of("predict", corpus.Run, folder.Path, "--no-cache");
        Assert.Equal(2, run.Code);
        Assert.Contains("none of 1", run.Error);
        Assert.Equal("", run.Output);
    }
}
