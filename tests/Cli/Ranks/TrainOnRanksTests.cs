using System.Text;
using System.Text.RegularExpressions;
using Engine.Pipeline.Runs;
using Engine.Tests.Classifiers;
using Engine.Tests.Support;

namespace Engine.Tests.Cli.Ranks;

/// <summary>Training, comparing and tuning by real launchers, whose results are those of one process.</summary>
public sealed partial class TrainOnRanksTests : IDisposable
{
    private const string Recipe = """
        {
          "name": "small", "description": "A small network.",
          "front_end": { "sample_rate": 22050, "features": { "set": "gtzan57" } },
          "scaler": "robust",
          "classifier": {
            "kind": "network",
            "layers": [
              { "layer": "dense", "units": 64 }, { "layer": "batch-norm" }, { "layer": "relu" },
              { "layer": "dropout", "share": 0.2 }, { "layer": "output" }
            ],
            "training": { "optimizer": { "kind": "adam" }, "batch": 16, "epochs": EPOCHS, "validation": 0.2 }
          },
          "search": [ { "path": "classifier.layers[3].share", "kind": "real", "low": 0, "high": 0.5 } ]
        }
        """;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);

    private readonly TemporaryFolder _folder = new();
    private readonly string _table;

    public TrainOnRanksTests() => _table = PipelineCorpus.WriteTable(_folder["f.csv"], tracks: 24);

    public void Dispose() => _folder.Dispose();

    [GeneratedRegex("\"[a-z_]*seconds\": ?[-+.e0-9]+", RegexOptions.IgnoreCase)]
    private static partial Regex Seconds();

    [OpenMpiTheory]
    [InlineData(4)]
    public void OpenMpi_TrainedInFourParts_HasTheBitsOfOneProcess(int ranks) => AssertTrained(Mpi.Open, ranks);

    [MpichTheory]
    [InlineData(3)]
    public void Mpich_TrainedInFourParts_HasTheBitsOfOneProcess(int ranks) => AssertTrained(Mpi.Mpich, ranks);

    [OpenMpiFact]
    public void OpenMpi_Compared_WritesWhatOneProcessWrites()
    {
        string[] compare = ["compare", _table, "--recipes", $"gtzan57-knn,{Small(3)}", "--split", "holdout:3", "--out"];
        EngineRun.Of([.. compare, _folder["one"]]).Succeeds();
        var text = RankRun.Of(Mpi.Open, 2, _folder, [.. compare, _folder["many"]]).Succeeds();
        Assert.Contains("gtzan57-knn", text);
        Assert.Equal(Text("one", ComparisonFiles.JsonFile), Text("many", ComparisonFiles.JsonFile));
    }

    [OpenMpiFact]
    public void OpenMpi_Tuned_WritesWhatOneProcessWrites()
    {
        string[] tune = ["tune", _table, "--recipe", Small(3), "--trials", "5", "--folds", "2", "--split", "holdout:2", "--out"];
        EngineRun.Of([.. tune, _folder["one"]]).Succeeds();
        RankRun.Of(Mpi.Open, 2, _folder, [.. tune, _folder["many"]]).Succeeds();
        foreach (var file in new[] { TrialLog.FileName, RecipeTuning.BestFile })
            Assert.Equal(Text("one", file), Text("many", file));
        AssertSameRun("one", "many");
    }

    [OpenMpiFact]
    public void Training_OfWhichRanksAreKilled_IsResumedToTheSameBits()
    {
        const int Kills = 10;
        string[] train = ["train", _table, "--recipe", Small(100), "--parts", "2", "--checkpoint-every", "0.05", "--out"];
        EngineRun.Of([.. train, _folder["whole"]]).Succeeds();
        var (random, run, finished) = (new Random(7), 0, 0);
        for (var killed = 0; killed < Kills;)
        {
            var target = _folder[$"run{run}"];
            string[] command = RunFolder.CanResume(target) ? ["train", "--resume", "--out", target] : [.. train, target];
            var (rank, seconds) = (random.Next(2), 0.3 + 1.2 * random.NextDouble());
            // From when the run can be gone on with: on a busy machine the start alone takes longer.
            var wait = $"while [ ! -e '{target}' ] && kill -0 $me; do sleep 0.02; done";
            var kill = FormattableString.Invariant($"{wait}; sleep {seconds:0.00}; kill -9 $me && touch killed");
            using var job = RankRun.Start(
                Mpi.Open, 2, _folder, $"[ $rank = {rank} ] && {{ me=$$; ({kill}) & }};", command);
            if (job.End().Code != 0)
            {
                // The launcher must end the other rank, too.
                Assert.InRange(DateTime.UtcNow - File.GetLastWriteTimeUtc(_folder["killed"]), TimeSpan.Zero, s_patience);
                killed++;
                continue;
            }

            AssertSameRun("whole", $"run{run++}");
            finished++;
        }

        if (RunFolder.CanResume(_folder[$"run{run}"]))
        {
            RankRun.Of(Mpi.Open, 2, _folder, "train", "--resume", "--out", _folder[$"run{run}"]).Succeeds();
            AssertSameRun("whole", $"run{run}");
            finished++;
        }

        Assert.True(finished > 0, "No run was finished.");
    }

    private void AssertTrained(string launcher, int ranks)
    {
        string[] train = ["train", _table, "--recipe", Small(6), "--parts", "4", "--out"];
        EngineRun.Of([.. train, _folder["one"]]).Succeeds();
        var text = RankRun.Of(launcher, ranks, _folder, [.. train, _folder["many"]]).Succeeds();
        Assert.Contains("run folder", text);
        AssertSameRun("one", "many");
    }

    private void AssertSameRun(string one, string many)
    {
        foreach (var file in new[] { "model.safetensors", "predictions.csv" })
            Assert.Equal(File.ReadAllBytes(_folder[one, file]), File.ReadAllBytes(_folder[many, file]));
        Assert.Equal(Text(one, "metrics.json"), Text(many, "metrics.json"));
    }

    private string Small(int epochs) =>
        _folder.Write($"small{epochs}.json", Encoding.UTF8.GetBytes(Recipe.Replace("EPOCHS", $"{epochs}")));

    private string Text(string folder, string file) => Seconds().Replace(File.ReadAllText(_folder[folder, file]), "");
}
