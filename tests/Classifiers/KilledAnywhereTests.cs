using Engine.Pipeline.Recipes;
using Engine.Pipeline.Runs;
using Engine.Tests.Support;

namespace Engine.Tests.Classifiers;

/// <summary>
/// Work that is killed before any one of its changes of files goes on to the same bits, and nothing stays of it.
/// </summary>
public sealed class KilledAnywhereTests : IDisposable
{
    private const string Network = """
        {
          "name": "small", "description": "A small network.",
          "front_end": { "sample_rate": 22050, "features": { "set": "gtzan57" } },
          "scaler": "standard",
          "classifier": {
            "kind": "network",
            "layers": [ { "layer": "dense", "units": 4 }, { "layer": "relu" }, { "layer": "output" } ],
            "training": { "optimizer": { "kind": "adam" }, "batch": 16, "epochs": 2 }
          },
          "search": [ { "path": "classifier.layers[0].units", "kind": "integer", "low": 2, "high": 6 } ]
        }
        """;

    private readonly TemporaryFolder _folder = new();
    private readonly string _table;
    private readonly Recipe _network = Recipe.Parse(Network, "small");
    private readonly Recipe _knn = RecipeCatalog.Get("gtzan57-knn");

    public KilledAnywhereTests() => _table = PipelineCorpus.WriteTable(_folder["f.csv"], tracks: 4);

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("stratified", 10)]
    [InlineData("holdout:2", 0)]
    public void Train_Network_GoesOnToTheSameBits(string split, double checkpointEvery)
    {
        var options = new TrainingOptions
        {
            Data = _table,
            Recipe = _network,
            Output = "",
            Split = split,
            Seed = 3,
            CheckpointInterval = TimeSpan.FromSeconds(checkpointEvery)
        };
        Training.Run(options with { Output = _folder["whole", "run"] });
        KillEverywhere(20, ["model.safetensors", "predictions.csv", "run.json"],
            run => Training.Run(options with { Output = run }), run =>
        {
            if (File.Exists(Path.Combine(run, "run.json"))) Training.Resume(options with { Output = run });
            else Training.Run(options with { Output = run });
        });
    }

    [Fact]
    public void Train_Classifier_IsDoneAgain()
    {
        var options = new TrainingOptions { Data = _table, Recipe = _knn, Output = "", Seed = 3 };
        Training.Run(options with { Output = _folder["whole", "run"] });
        KillEverywhere(5, ["model.safetensors", "predictions.csv", "run.json"],
            run => Training.Run(options with { Output = run }), run =>
        {
            if (!File.Exists(Path.Combine(run, "metrics.json"))) Training.Run(options with { Output = run });

            // Of a finished run the next one beside it removes what is left.
            Training.Run(options with { Output = run + "-next" });
            Directory.Delete(run + "-next", recursive: true);
        });
    }

    [Fact]
    public void Compare_GoesOnToTheSameFigures()
    {
        var options = new ComparisonOptions
        {
            Data = _table,
            Recipes = [_knn, _network],
            Output = _folder["whole", "run"],
            Split = "holdout:2",
            Seed = 3
        };
        var whole = Comparing.Run(options).Pairs;
        KillEverywhere(20, ["recipes.sha256", "small/recipe.json"], run => Comparing.Run(options with { Output = run }),
            run => Assert.Equal(whole, Comparing.Run(options with { Output = run }).Pairs));
    }

    [Fact]
    public void Compare_ChangedRecipe_GoesOnToTheSameFigures()
    {
        var before = new ComparisonOptions
        {
            Data = _table,
            Recipes = [_knn, _network],
            Output = _folder["whole", "run"],
            Split = "holdout:2",
            Seed = 3
        };
        var after = before with { Recipes = [_knn.With("classifier.k", "1"), _network] };
        Comparing.Run(before);
        var whole = Comparing.Run(after).Pairs;
        KillEverywhere(10, ["recipes.sha256", "gtzan57-knn/recipe.json"], run =>
        {
            // The first is killed in later attempts only; those of the change count from where it is done.
            if (!File.Exists(Path.Combine(run, "compare.md"))) Unwatched(() => Comparing.Run(before with { Output = run }));
            Comparing.Run(after with { Output = run });
        }, run => Assert.Equal(whole, Comparing.Run(after with { Output = run }).Pairs));
    }

    [Fact]
    public void Tune_GoesOnToTheSameBits()
    {
        var options = new TuningOptions
        {
            Data = _table,
            Recipe = _network,
            Output = _folder["whole", "run"],
            Trials = 2,
            Folds = 2,
            Split = "holdout:2",
            Seed = 3
        };
        RecipeTuning.Run(options);
        KillEverywhere(20, ["model.safetensors", "predictions.csv", "best.json"],
            run => RecipeTuning.Run(options with { Output = run }), run =>
        {
            // After the very last change there is nothing to go on with.
            if (!IsWhole(run)) RecipeTuning.Run(options with { Output = run });
        });
    }

    // Kills at the first change, the second and so on, and looks each time at what going on makes of it.
    private void KillEverywhere(int least, string[] files, Action<string> work, Action<string> goOn)
    {
        for (var change = 1; ; change++)
        {
            var run = _folder[$"killed-{change}", "run"];
            if (!Killing.Before(change, () => work(run)))
            {
                Assert.InRange(change, least, 1000);
                return;
            }

            goOn(run);
            Assert.All(files, file =>
                Assert.True(File.ReadAllBytes(_folder["whole", "run", file]).AsSpan()
                    .SequenceEqual(File.ReadAllBytes(Path.Combine(run, file))),
                    $"{file} differs after a kill before change {change}"));
            Assert.Equal(Entries(_folder["whole"]), Entries(_folder[$"killed-{change}"]));
            Directory.Delete(_folder[$"killed-{change}"], recursive: true);
        }
    }

    private static bool IsWhole(string run) => File.Exists(Path.Combine(run, "metrics.json"))
        && Entries(Path.GetDirectoryName(run)!)
            .All(e => !e.Contains(".engine-", StringComparison.Ordinal) && !e.Contains("rounds", StringComparison.Ordinal));

    private static string[] Entries(string folder) =>
        [.. Directory.GetFileSystemEntries(folder, "*", SearchOption.AllDirectories).Select(e => Path.GetRelativePath(folder, e))
            .Order(StringComparer.Ordinal)];

    private static void Unwatched(Action work)
    {
        var before = Engine.Dsp.Files.Disk.Before.Value;
        Engine.Dsp.Files.Disk.Before.Value = null;
        work();
        Engine.Dsp.Files.Disk.Before.Value = before;
    }
}
