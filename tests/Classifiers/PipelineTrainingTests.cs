using Engine.Classifiers.Evaluation;
using Engine.Pipeline;
using Engine.Pipeline.Data;
using Engine.Pipeline.FrontEnds;
using Engine.Pipeline.Recipes;
using Engine.Pipeline.Runs;
using Engine.Tensors.Serialization;
using Engine.Tests.Support;

namespace Engine.Tests.Classifiers;

public sealed class PipelineTrainingTests : IDisposable
{
    // metrics.json holds the seconds it took, which are all that may differ between equal runs.
    private static readonly string[] s_identical = [GenreModel.FileName, RunFolder.RecordFile, RunFolder.PredictionsFile];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("gtzan57-knn")]
    [InlineData("aiml-knn")]
    public void Run_OnAudio_TestGivesTheSameFigures(string recipe)
    {
        var result = Training.Run(PipelineCorpus.Options(Audio(), _folder["run"], recipe));
        Assert.Equal(3, result.Metrics.NTest);
        Assert.True(result.Metrics.Accuracy > 0.5);
        Assert.Equal(["metrics.json", "model.safetensors", "predictions.csv", "run.json"], Directory.GetFiles(_folder["run"])
            .Select(Path.GetFileName).Order());
        AssertSameFigures(result.Metrics, Testing.Run(new() { Run = _folder["run"] }));
        AssertSameFigures(result.Metrics, Testing.Run(new() { Run = _folder["run"], Data = _folder["audio"] }));
    }

    [Theory]
    [InlineData("stratified", 0, 1)]
    [InlineData("holdout:3", 0, 3)]
    [InlineData("kfold:4", 0, 4)]
    [InlineData("stratified:0.5", 3, 1)]
    [InlineData("leaky-windows", 3, 1)]
    public void Run_OnTable_TestGivesTheSameFigures(string split, int windows, int rounds)
    {
        var table = PipelineCorpus.WriteTable(_folder["table.csv"], windows: windows);
        var result = Training.Run(PipelineCorpus.Options(table, _folder["run"]) with { Split = split });
        AssertSameFigures(result.Metrics, Testing.Run(new() { Run = _folder["run"] }));
        Assert.Equal(split == "leaky-windows", result.Metrics.Leaky);
        Assert.Contains(split, result.Metrics.Protocol);
        Assert.Equal(result.Metrics.NTest, result.Tested.Count);
        Assert.Equal(rounds, result.Tested.Max(t => t.Fold));
        Assert.Equal(rounds > 1 ? rounds : null, result.Metrics.Folds?.Accuracies.Count);
        var lines = File.ReadAllLines(_folder["run", RunFolder.PredictionsFile]);
        var numbers = result.Metrics.Calibrated
            ? "probability_drone,probability_hiss,probability_pulse,score_drone,score_hiss,score_pulse"
            : "score_drone,score_hiss,score_pulse";
        Assert.Equal(split == "leaky-windows", result.Metrics.Calibrated);
        Assert.Equal($"track,path,label,predicted,{numbers},fold,leaky", lines[0]);
        Assert.All(lines[1..], line => Assert.EndsWith(result.Metrics.Leaky ? ",LEAKY" : ",no", line));
        Assert.Equal(result.Metrics.NTest + 1, lines.Length);
        Assert.Equal(MetricsReport.FromJson(File.ReadAllText(_folder["run", RunFolder.MetricsFile])).ToJson(),
            result.Metrics.ToJson());
    }

    [Theory]
    [InlineData("gtzan57-knn")]
    [InlineData("aiml-knn")]
    public void Run_AnyThreadsAndCreationOrder_GivesTheSameBytes(string recipe)
    {
        Train("one", threads: 1, backwards: false);
        Train("two", threads: 2, backwards: true);
        foreach (var file in s_identical)
            Assert.Equal(File.ReadAllBytes(_folder["one", file]), File.ReadAllBytes(_folder["two", file]));

        void Train(string output, int threads, bool backwards)
        {
            // The same path both times: run.json names it.
            PipelineCorpus.WriteAudio(_folder["audio"], backwards: backwards);
            Training.Run(PipelineCorpus.Options(_folder["audio"], _folder[output],
                recipe) with
            { Extraction = new() { Threads = threads } });
            Directory.Delete(_folder["audio"], recursive: true);
        }
    }

    [Fact]
    public void Run_TableInAnotherOrder_GivesTheSameModel()
    {
        var table = PipelineCorpus.WriteTable(_folder["table.csv"]);
        Training.Run(PipelineCorpus.Options(table, _folder["one"]) with { Split = "holdout:2" });
        PipelineCorpus.WriteTable(table, edit: lines => lines.Skip(1).Reverse().Prepend(lines[0]));
        Training.Run(PipelineCorpus.Options(table, _folder["two"]) with { Split = "holdout:2" });
        foreach (var file in s_identical)
            Assert.Equal(File.ReadAllBytes(_folder["one", file]), File.ReadAllBytes(_folder["two", file]));
    }

    [Fact]
    public void Run_WithCache_GivesTheSameBytesFromIt()
    {
        Audio();
        foreach (var run in new[] { "none", "cold", "warm" })
        {
            var cache = run == "none" ? null : new FeatureCache(_folder["cache"]);
            Training.Run(PipelineCorpus.Options(_folder["audio"], _folder[run]) with { Extraction = new() { Cache = cache } });
        }

        Assert.Equal(15, new FeatureCache(_folder["cache"]).List().Count);
        foreach (var run in new[] { "cold", "warm" })
        {
            foreach (var file in s_identical)
                Assert.Equal(File.ReadAllBytes(_folder["none", file]), File.ReadAllBytes(_folder[run, file]));
        }
    }

    [Fact]
    public void Run_Segments_KeepsAllWindowsOfATrackTogether()
    {
        var options = PipelineCorpus.Options(Audio(), _folder["run"]);
        var result = Training.Run(options with { Recipe = options.Recipe.With("front_end.segment", "0.3") });
        Assert.Equal(3 * 3, result.Metrics.NTest);
        Assert.All(result.Record.Rows.GroupBy(r => r.Track),
            track => Assert.Equal((3, 1), (track.Count(), track.Select(r => r.Use).Distinct().Count())));
        Assert.Contains("drone.00000.2", result.Record.Rows.Select(r => r.Name));
        AssertSameFigures(result.Metrics, Testing.Run(new() { Run = _folder["run"] }));
    }

    [Fact]
    public void Run_ModelTrainedOnTable_LabelsAudio()
    {
        Audio();
        var frontEnd = new FrontEnd(RecipeCatalog.Get("gtzan57-knn").FrontEnd);
        var files = Dataset.Open(_folder["audio"]).Recordings;
        var features = FeatureExtraction.Run(frontEnd, [.. files.Select(f => f.FullPath)], new());
        var rows = files.Select(f => new FeatureTableRow(Path.GetFileName(f.FullPath), 22050, f.Label)).ToArray();
        new FeatureTable(frontEnd.Columns, rows,
            new(rows.Length, 57, [.. features.Files.SelectMany(f => f!.Features.Rows.Data)])).Write(_folder["table.csv"]);

        var onTable = Training.Run(PipelineCorpus.Options(_folder["table.csv"], _folder["a"]));
        var onAudio = Training.Run(PipelineCorpus.Options(_folder["audio"], _folder["b"]));
        Assert.Equal(onAudio.Metrics.LogLoss, onTable.Metrics.LogLoss);
        // Only the model of recordings knows their sound.
        var (fromTable, fromAudio) = (SafetensorsFile.Read(_folder["a", GenreModel.FileName]).Tensors,
            SafetensorsFile.Read(_folder["b", GenreModel.FileName]).Tensors);
        Assert.Equal(fromAudio.Keys.Except(["trained_on"]).Order(), fromTable.Keys.Order());
        Assert.All(fromTable, tensor => Assert.Equal(fromAudio[tensor.Key].Data, tensor.Value.Data));
        using var model = GenreModel.Load(_folder["a"]);
        Assert.Equal(onTable.Tested[0].Probabilities.Max(), model.Predict(_folder["audio", onAudio.Tested[0].Path]).Probability);
    }

    [Fact]
    public void Test_OtherData_LeavesOutTracksTheModelKnows()
    {
        var run = Training.Run(PipelineCorpus.Options(PipelineCorpus.WriteTable(_folder["table.csv"]), _folder["run"]));
        PipelineCorpus.WriteTable(_folder["more.csv"], tracks: 10);
        var test = Testing.Run(new() { Run = _folder["run"], Data = _folder["more.csv"] });
        var trained = run.Record.Rows.Where(r => r.Use == "train").Select(r => r.Name).ToHashSet();
        Assert.Equal(30 - trained.Count, test.Metrics.NTest);
        Assert.All(test.Tested, t => Assert.DoesNotContain(t.Name, trained));
        Assert.Contains($"{trained.Count} rows", Assert.Single(test.Notes));
        Assert.StartsWith("other data: ", test.Metrics.Protocol);
    }

    [Fact]
    public void Test_DataChangedOrGone_IsNamed()
    {
        var audio = Audio();
        var run = Training.Run(PipelineCorpus.Options(audio, _folder["run"]));
        var tested = _folder["audio", run.Tested[1].Path];
        PipelineCorpus.WriteWav(tested, PipelineCorpus.Clip("drone", 99));
        Assert.Contains(
            $"1 of 3 rows are missing or have changed since training; the first is {run.Tested[1].Name}", TestError());
        File.Delete(tested);
        Assert.Contains(run.Tested[1].Name, TestError());
        Directory.Delete(audio, recursive: true);
        Assert.Contains($"{audio}: the data of the run", TestError());
    }

    [Fact]
    public void Test_UnknownLabel_IsNamed()
    {
        Training.Run(PipelineCorpus.Options(PipelineCorpus.WriteTable(_folder["table.csv"]), _folder["run"]));
        PipelineCorpus.WriteTable(_folder["other.csv"], edit: lines => lines.Select(l => l.Replace(",hiss", ",noise")));
        var message = PipelineCorpus.ErrorOf(() => Testing.Run(new() { Run = _folder["run"], Data = _folder["other.csv"] }));
        Assert.Contains("label 'noise', which the model does not know; it knows drone, hiss, pulse", message);
    }

    [Fact]
    public void Run_Cancelled_WritesNothing()
    {
        using var source = new CancellationTokenSource();
        var options = PipelineCorpus.Options(Audio(), _folder["run"]) with
        {
            Extraction = new()
            {
                Cancellation = source.Token,
                Progress = new Callback(p =>
                {
                    if (p.Done == 3)
                        source.Cancel();
                })
            },
        };
        Assert.Throws<OperationCanceledException>(() => Training.Run(options));
        Assert.Equal(["audio"], Directory.GetFileSystemEntries(_folder.Path).Select(Path.GetFileName));
    }

    [Fact]
    public void Run_CopiesUnderOtherNames_AreReported()
    {
        Audio();
        File.Copy(_folder["audio", "hiss", "hiss.00000.wav"], _folder["audio", "hiss", "hiss.00077.wav"]);
        var warnings = new List<string>();
        Training.Run(PipelineCorpus.Options(_folder["audio"],
            _folder["run"]) with
        { Extraction = new() { Warn = warnings.Add } });
        Assert.Contains("hiss/hiss.00000.wav and hiss/hiss.00077.wav", Assert.Single(warnings));
    }

    private string TestError() => PipelineCorpus.ErrorOf(() => Testing.Run(new() { Run = _folder["run"] }));

    private string Audio() => PipelineCorpus.WriteAudio(_folder["audio"]);

    private static void AssertSameFigures(MetricsReport expected, TestingResult actual)
    {
        // All but how long it took.
        Assert.Equal(expected.ToJson(),
            (actual.Metrics with { PredictSeconds = expected.PredictSeconds, FitSeconds = expected.FitSeconds }).ToJson());
        Assert.Empty(actual.Notes);
    }

    private sealed class Callback(Action<PipelineProgress> action) : IProgress<PipelineProgress>
    {
        public void Report(PipelineProgress value) => action(value);
    }
}
