using System.Text.RegularExpressions;
using Engine.Classifiers;
using Engine.Classifiers.Tuning;
using Engine.Pipeline.FrontEnds;
using Engine.Pipeline.Recipes;
using Engine.Pipeline.Runs;
using Engine.Tensors.Distributed;
using Engine.Tests.Support;

namespace Engine.Tests.Classifiers.Ranks;

public sealed partial class SharedCellsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _table;
    private readonly Recipe _knn = RecipeCatalog.Get("gtzan57-knn");
    private readonly Recipe _network = Recipe.Parse(PipelineCorpus.SmallNetwork, "small");

    public SharedCellsTests() => _table = PipelineCorpus.WriteTable(_folder["f.csv"], tracks: 12);

    public void Dispose() => _folder.Dispose();

    private ComparisonOptions Comparison(string output, Communicator? ranks = null) => new()
    {
        Data = _table,
        Recipes = [_knn, _network],
        Output = _folder[output],
        Split = "holdout:3",
        Seed = 5,
        Extraction = new() { Ranks = ranks ?? Communicator.Alone },
    };

    private TuningOptions Tuning(string output, TuningMethod method, Communicator? ranks = null) => new()
    {
        Data = _table,
        Recipe = _knn.With("search", """[{ "path": "classifier.k", "kind": "integer", "low": 1, "high": 12 }]"""),
        Output = _folder[output],
        Trials = 11,
        Folds = 3,
        Method = method,
        Seed = 2,
        Split = "holdout:2",
        Extraction = new() { Ranks = ranks ?? Communicator.Alone },
    };

    [GeneratedRegex("\"[a-z_]*seconds\": ?[-+.e0-9]+", RegexOptions.IgnoreCase)]
    private static partial Regex Seconds();

    private string Text(string folder, string file) => Seconds().Replace(File.ReadAllText(_folder[folder, file]), "");

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public void Compare_OnSeveralRanks_WritesWhatOneWrites(int size)
    {
        Comparing.Run(Comparison("one"));
        var reports = 0;
        ThreadRanks.Run(size, ranks =>
        {
            Comparing.Run(Comparison("many", ranks) with
            {
                Rounds = new Counted(() => Interlocked.Increment(ref reports)),
            });
        });
        Assert.Equal(6, reports);
        Assert.Equal(Text("one", ComparisonFiles.JsonFile), Text("many", ComparisonFiles.JsonFile));
        Assert.Equal(File.ReadAllText(_folder["one", ComparisonFiles.MarkdownFile]).Split('\n').Length,
            File.ReadAllText(_folder["many", ComparisonFiles.MarkdownFile]).Split('\n').Length);
    }

    [Fact]
    public void Compare_ContinuedOnSeveralRanks_KeepsFinishedRounds()
    {
        Comparing.Run(Comparison("one"));
        Comparing.Run(Comparison("many"));
        var kept = _folder["many", "small", "rounds", "round-2.safetensors"];
        var bytes = File.ReadAllBytes(kept);
        File.Delete(_folder["many", "small", "rounds", "round-1.safetensors"]);
        File.Delete(_folder["many", "gtzan57-knn", "rounds", "round-3.safetensors"]);
        ThreadRanks.Run(2, ranks => { Comparing.Run(Comparison("many", ranks)); });
        Assert.Equal(bytes, File.ReadAllBytes(kept));
        Assert.Equal(Text("one", ComparisonFiles.JsonFile), Text("many", ComparisonFiles.JsonFile));
    }

    [Fact]
    public void Compare_ARankWithOtherData_IsRefused()
    {
        var other = PipelineCorpus.WriteTable(_folder["other.csv"], tracks: 11);
        var error = Assert.Throws<EngineException>(() => ThreadRanks.Run(2, ranks =>
        {
            Comparing.Run(Comparison("many", ranks) with { Data = ranks.IsFirst ? _table : other });
        }));
        Assert.StartsWith($"rank 1 on {Environment.MachineName} has another data set than rank 0 on", error.Message);
    }

    [Theory]
    [InlineData(TuningMethod.Bayes)]
    [InlineData(TuningMethod.Random)]
    [InlineData(TuningMethod.Grid)]
    public void Tune_OnSeveralRanks_WritesWhatOneWrites(TuningMethod method)
    {
        RecipeTuning.Run(Tuning("one", method));
        ThreadRanks.Run(3, ranks => { RecipeTuning.Run(Tuning("many", method, ranks)); });
        foreach (var file in new[] { TrialLog.FileName, RecipeTuning.BestFile })
            Assert.Equal(Text("one", file), Text("many", file));
        foreach (var file in new[] { "model.safetensors", "predictions.csv" })
            Assert.Equal(File.ReadAllBytes(_folder["one", file]), File.ReadAllBytes(_folder["many", file]));
    }

    [Fact]
    public void Tune_ContinuedOnSeveralRanks_EndsAsOneWould()
    {
        RecipeTuning.Run(Tuning("one", TuningMethod.Bayes));
        using var stop = new CancellationTokenSource();
        Assert.Throws<OperationCanceledException>(() => RecipeTuning.Run(Tuning("many", TuningMethod.Bayes) with
        {
            Progress = new Counted(stop.Cancel),
            Extraction = new() { Cancellation = stop.Token },
        }));
        ThreadRanks.Run(2, ranks => { RecipeTuning.Run(Tuning("many", TuningMethod.Bayes, ranks)); });
        Assert.Equal(Text("one", TrialLog.FileName), Text("many", TrialLog.FileName));
        Assert.Equal(File.ReadAllBytes(_folder["one", "model.safetensors"]),
            File.ReadAllBytes(_folder["many", "model.safetensors"]));
    }

    [Fact]
    public void Tune_TrialsThatFail_AreLoggedAlike()
    {
        TuningOptions Failing(string output, Communicator? ranks = null) => Tuning(output, TuningMethod.Grid, ranks) with
        {
            // The training rows of a fold are fewer.
            Recipe = _knn.With("search", """[{ "path": "classifier.k", "kind": "integer", "low": 1, "high": 60 }]"""),
        };
        RecipeTuning.Run(Failing("one"));
        ThreadRanks.Run(3, ranks => { RecipeTuning.Run(Failing("many", ranks)); });
        Assert.Contains("\"error\":", Text("one", TrialLog.FileName));
        Assert.Equal(Text("one", TrialLog.FileName), Text("many", TrialLog.FileName));
    }

    private sealed class Counted(Action report) : IProgress<PipelineProgress>
    {
        public void Report(PipelineProgress value) => report();
    }
}
