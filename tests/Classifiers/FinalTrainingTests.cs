using Engine.Pipeline;
using Engine.Pipeline.Recipes;
using Engine.Pipeline.Runs;
using Engine.Tests.Classifiers.Calibration;
using Engine.Tests.Cli;
using Engine.Tests.Support;

namespace Engine.Tests.Classifiers;

/// <summary>Models fitted on everything after their test.</summary>
public sealed class FinalTrainingTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private string Table() => File.Exists(_folder["f.csv"]) ? _folder["f.csv"] : NoisyTable.Write(_folder["f.csv"], tracks: 30);

    private TrainingResult Train(string name, bool final, string recipe = "gtzan57-lda", string split = "stratified") =>
        Training.Run(new()
        {
            Data = Table(),
            Recipe = recipe == "cortis-mlp-fixed"
                ? RecipeCatalog.Get(recipe).With("classifier.training.epochs", "3") : RecipeCatalog.Get(recipe),
            Output = _folder[name],
            Split = split,
            Seed = 3,
            Final = final,
        });

    [Theory]
    [InlineData("stratified")]
    [InlineData("kfold:3")]
    public void Run_Final_HasTheFiguresOfTheTestAndTheModelOfAllRows(string split)
    {
        var (plain, final) = (Train("plain", false, split: split), Train("final", true, split: split));
        Assert.Equal(plain.Metrics.Accuracy, final.Metrics.Accuracy);
        Assert.Equal(plain.Metrics.LogLoss, final.Metrics.LogLoss);
        Assert.Equal((false, true), (plain.Record.Final, final.Record.Final));
        Assert.Equal("fitted on all 120 rows of the split, after the models of its rounds were tested", final.Record.StoredModel);
        using var model = GenreModel.Load(_folder["final"]);
        Assert.Equal((final.Metrics.Accuracy, 120, true),
            (model.Tested!.Accuracy, model.Tested.LearnedTracks, model.Tested.Final));
        Assert.Equal(final.Metrics.Protocol, model.Tested.Protocol);
        using var before = GenreModel.Load(_folder["plain"]);
        Assert.Equal((final.Metrics.Accuracy, split == "stratified" ? 96 : 80, false),
            (before.Tested!.Accuracy, before.Tested.LearnedTracks, before.Tested.Final));

        // The same classifier fitted on the whole table, by a split that tests next to nothing.
        var table = model.ReadTable(Table());
        var (own, others) = (model.Predict(table), before.Predict(table));
        Assert.NotEqual(own.Select(p => p.Probability), others.Select(p => p.Probability));
        Assert.True(model.IsCalibrated);
        // Inner folds of all rows, not training rows, which discriminants fit too well.
        var right = own.Zip(table.Rows).Average(p => p.First.Label == p.Second.Label ? 1.0 : 0);
        Assert.True(own.Average(p => p.Probability) < right - 0.02, $"{own.Average(p => p.Probability)} of {right}");
    }

    [Fact]
    public void Test_Final_RepeatsTheStoredSplitWithoutTheStoredModel()
    {
        var final = Train("final", true);
        var test = Testing.Run(new() { Run = _folder["final"] });
        Assert.Equal((final.Metrics.Accuracy, final.Metrics.LogLoss), (test.Metrics.Accuracy, test.Metrics.LogLoss));
        Assert.Contains(test.Notes, n => n.Contains("not of the stored model", StringComparison.Ordinal));
        // Its own rows by name, in part: all were learned, so there is nothing to test.
        var lines = File.ReadAllLines(Table());
        File.WriteAllLines(_folder["part.csv"], lines[..40]);
        Assert.Contains("nothing to test on", PipelineCorpus.ErrorOf(
            () => Testing.Run(new() { Run = _folder["final"], Data = _folder["part.csv"] })));
    }

    [Fact]
    public void Run_FinalNetwork_StoppedAnywhere_EndsWithTheSameBytes()
    {
        var whole = Train("whole", true, "cortis-mlp-fixed");
        var bytes = File.ReadAllBytes(_folder["whole", GenreModel.FileName]);
        // Epochs 1 to 3 are of the round, 4 to 6 of the final fit.
        foreach (var stop in new[] { 2, 4, 5 })
        {
            using var cancel = new CancellationTokenSource();
            var seen = 0;
            TrainingOptions Options(CancellationTokenSource? source) => new()
            {
                Data = Table(),
                Recipe = whole.Record.Recipe,
                Output = _folder[$"stopped{stop}"],
                Split = "stratified",
                Seed = 3,
                Final = source is not null,
                CheckpointInterval = TimeSpan.Zero,
                Epochs = source is null ? null : new Immediate(() => { if (++seen == stop) source.Cancel(); }),
                Extraction = new() { Cancellation = source?.Token ?? default },
            };
            Assert.ThrowsAny<OperationCanceledException>(() => Training.Run(Options(cancel)));
            Assert.True(RunFolder.CanResume(_folder[$"stopped{stop}"]));
            var resumed = Training.Resume(Options(null));
            Assert.True(resumed.Record.Final);
            Assert.Equal(whole.Metrics.LogLoss, resumed.Metrics.LogLoss);
            Assert.Equal(bytes, File.ReadAllBytes(_folder[$"stopped{stop}", GenreModel.FileName]));
            Assert.False(File.Exists(_folder[$"stopped{stop}", RunFolder.CheckpointFile]));
        }

        var error = PipelineCorpus.ErrorOf(() => Testing.Run(new() { Run = _folder["whole"] }));
        Assert.Contains("--final", error);
        Assert.Contains(RunFolder.MetricsFile, error);
    }

    [Fact]
    public void Command_Final_SaysBoth()
    {
        var output = EngineRun.Of("train", Table(), "--recipe", "lda", "--final", "--out", _folder["run"]).Succeeds();
        Assert.Contains("recipe      gtzan57-lda:", output);
        Assert.Contains("model       final: fitted on all 120 rows", output);
        Assert.Equal("gtzan57-lda", RunRecord.Load(_folder["run"]).Recipe.Name);
        Assert.Contains("fitted on all 120 rows", File.ReadAllText(_folder["run", RunFolder.ReportFile]));
        EngineRun.Of("train", "--resume", "--final", "--out", _folder["run"]).IsRefused("--final");
        EngineRun.Of("train", Table(), "--recipe", "mlp", "--overfit", "8", "--final", "--out", _folder["o"])
            .IsRefused("--final");
    }

    private sealed class Immediate(Action act) : IProgress<TrainingEpoch>
    {
        public void Report(TrainingEpoch value) => act();
    }
}
