using Engine.Classifiers.Evaluation;
using Engine.Pipeline.Data;
using Engine.Pipeline.FrontEnds;
using Engine.Pipeline.Recipes;
using Engine.Pipeline.Runs;
using Engine.Tests.Support;

namespace Engine.Tests.Classifiers;

public sealed class ComparingTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _table;
    private readonly Recipe _knn = RecipeCatalog.Get("gtzan57-knn");
    private readonly Recipe _network = Recipe.Parse(PipelineCorpus.SmallNetwork, "small");

    public ComparingTests() => _table = PipelineCorpus.WriteTable(_folder["f.csv"]);

    public void Dispose() => _folder.Dispose();

    private ComparisonOptions Options(string split = "holdout:3", params Recipe[] recipes) =>
        new()
        {
            Data = _table,
            Recipes = recipes.Length > 0
            ? recipes : [_knn, _network],
            Output = _folder["compared"],
            Split = split,
            Seed = 5
        };

    private TrainingResult Train(Recipe recipe, string run, string split) =>
        Training.Run(new TrainingOptions { Data = _table, Recipe = recipe, Output = _folder[run], Split = split, Seed = 5 });

    [Theory]
    [InlineData("holdout:3")]
    [InlineData("kfold:3")]
    [InlineData("stratified")]
    public void Run_EachSystem_HasTheFiguresOfItsTraining(string split)
    {
        var comparison = Comparing.Run(Options(split));
        foreach (var recipe in new[] { _knn, _network })
        {
            var trained = Train(recipe, recipe.Name, split).Metrics;
            var figures = comparison.Systems.Single(s => s.Name == recipe.Name);
            Assert.Equal(trained.Folds?.Accuracies ?? [trained.Accuracy], figures.Accuracies);
            Assert.Equal(trained.Pooled?.Accuracy ?? new MeanSd(trained.Accuracy, null), figures.Accuracy);
            Assert.Equal(trained.Pooled?.RecallMacro ?? new MeanSd(trained.MacroAvg.Recall, null), figures.RecallMacro);
            Assert.Equal(trained.Folds?.AveragePrecisionMacro ?? new MeanSd(trained.AveragePrecisionMacro, null),
                figures.AveragePrecisionMacro);
            Assert.Equal(trained.Folds?.AccuracyCi95 ?? trained.AccuracyCi95, figures.AccuracyCi95);
            Assert.Equal(trained.TrainAccuracy!.Value, figures.TrainAccuracy.Mean!.Value, 12);
            Assert.Equal(trained.Protocol, figures.Protocol);
        }

        var pair = Assert.Single(comparison.Pairs);
        Assert.InRange(pair.PValue, 0, 1);
        Assert.Equal(split.StartsWith("holdout", StringComparison.Ordinal), pair.OnlyFirst is null);
    }

    [Fact]
    public void OfRuns_TheSameSystems_GivesTheSameComparison()
    {
        foreach (var split in new[] { "holdout:3", "kfold:3" })
        {
            var options = Options(split) with { Output = _folder[$"compared-{split[0]}"] };
            var expected = Comparing.Run(options);
            string[] runs = [_folder[$"knn-{split[0]}"], _folder[$"small-{split[0]}"]];
            Train(_knn, Path.GetFileName(runs[0]), split);
            Train(_network, Path.GetFileName(runs[1]), split);
            var actual = Comparing.OfRuns(runs, _folder[$"runs-{split[0]}"]);
            Assert.Equal(expected.Pairs[0].PValue, actual.Pairs[0].PValue);
            Assert.Equal(expected.Pairs[0].OnlyFirst, actual.Pairs[0].OnlyFirst);
            for (var s = 0; s < 2; s++)
            {
                Assert.Equal(expected.Systems[s].Accuracies, actual.Systems[s].Accuracies);
                Assert.Equal(expected.Systems[s].AccuracyCi95, actual.Systems[s].AccuracyCi95);
                Assert.Equal(expected.Systems[s].RocAucOvrMacro, actual.Systems[s].RocAucOvrMacro);
            }

            Assert.True(File.Exists(_folder[$"runs-{split[0]}", "compare.md"]));
        }
    }

    [Fact]
    public void OfRuns_OtherSplitsOrNoRun_AreRefused()
    {
        Train(_knn, "one", "kfold:2");
        Train(_knn, "two", "kfold:3");
        Assert.Contains("kfold:3 with seed 5", PipelineCorpus.ErrorOf(() => Comparing.OfRuns([_folder["one"], _folder["two"]])));
        Assert.Contains("two or more", PipelineCorpus.ErrorOf(() => Comparing.OfRuns([_folder["one"]])));
        Assert.Contains($"{_folder["none"]}: there is no such folder",
            PipelineCorpus.ErrorOf(() => Comparing.OfRuns([_folder["one"], _folder["none"]])));
        var other = PipelineCorpus.WriteTable(_folder["other.csv"], tracks: 9);
        Training.Run(new TrainingOptions { Data = other, Recipe = _knn, Output = _folder["three"], Split = "kfold:2", Seed = 5 });
        Assert.Contains("not tested on the same rows",
            PipelineCorpus.ErrorOf(() => Comparing.OfRuns([_folder["one"], _folder["three"]])));
        File.WriteAllText(_folder["two", "predictions.csv"], "track\n");
        Assert.Contains("column 'path' is missing",
            PipelineCorpus.ErrorOf(() => Comparing.OfRuns([_folder["two"], _folder["two", "."]])));
    }

    [Fact]
    public void Run_Interrupted_GoesOnWithTheSameEnd()
    {
        var whole = Comparing.Run(Options() with { Output = _folder["whole"] });
        for (var stop = 1; stop < 6; stop++)
        {
            using var cancel = new CancellationTokenSource();
            var rounds = new List<PipelineProgress>();
            var options = Options() with
            {
                Extraction = new WorkOptions { Cancellation = cancel.Token },
                Rounds = new Reporter<PipelineProgress>(r =>
                {
                    rounds.Add(r);
                    if (r.Done == stop) cancel.Cancel();
                }),
            };
            Assert.Throws<OperationCanceledException>(() => Comparing.Run(options));
            Assert.Equal((stop, 6), (rounds[^1].Done, rounds[^1].Total));
            Assert.False(File.Exists(_folder["compared", "compare.json"]));
        }

        var resumed = Comparing.Run(Options());
        Assert.Equal(whole.Systems.Select(s => s.Accuracies), resumed.Systems.Select(s => s.Accuracies));
        Assert.Equal(whole.Pairs, resumed.Pairs);
    }

    [Fact]
    public void Run_FurtherAndChangedRecipes_DoesOnlyThose()
    {
        Comparing.Run(Options("holdout:2", _knn));
        var before = Times(_knn);
        var warnings = new List<string>();
        var with = new WorkOptions { Warn = warnings.Add };
        Comparing.Run(Options("holdout:2", _knn, _network) with { Extraction = with });
        Assert.Equal(before, Times(_knn));
        Assert.Empty(warnings);
        var network = Times(_network);
        var changed = Comparing.Run(Options("holdout:2", _knn.With("classifier.k", "1"), _network) with { Extraction = with });
        Assert.Contains("gtzan57-knn", Assert.Single(warnings));
        Assert.Equal(network, Times(_network));
        Assert.NotEqual(before, Times(_knn));
        Assert.Equal(1, changed.Systems[0].TrainAccuracy.Mean);

        DateTime[] Times(Recipe recipe) =>
            [.. Directory.GetFiles(_folder["compared", recipe.Name, "rounds"]).Order().Select(File.GetLastWriteTimeUtc)];
    }

    [Fact]
    public void Run_FolderOfAnotherComparison_IsRefused()
    {
        Comparing.Run(Options("holdout:2", _knn));
        Assert.Contains("the split of the finished rounds",
            PipelineCorpus.ErrorOf(() => Comparing.Run(Options("holdout:3", _knn))));
        Assert.Contains("the seed of the finished rounds",
            PipelineCorpus.ErrorOf(() => Comparing.Run(Options("holdout:2", _knn) with { Seed = 6 })));
        PipelineCorpus.WriteTable(_table, tracks: 9);
        Assert.Contains("the data of the finished rounds",
            PipelineCorpus.ErrorOf(() => Comparing.Run(Options("holdout:2", _knn))));
        File.WriteAllText(_folder["compared", "letter.txt"], "");
        Assert.Contains("letter.txt", PipelineCorpus.ErrorOf(() => Comparing.Run(Options("holdout:2", _knn))));
        Assert.Contains("is a file", PipelineCorpus.ErrorOf(() => Comparing.Run(Options() with { Output = _table })));
    }

    [Fact]
    public void Run_BadRecipes_AreRefusedBeforeAnyWork()
    {
        Assert.Contains("no recipe", PipelineCorpus.ErrorOf(() => Comparing.Run(Options() with { Recipes = [] })));
        Assert.Contains("2 recipes are named 'gtzan57-knn'",
            PipelineCorpus.ErrorOf(() => Comparing.Run(Options("holdout:2", _knn, _knn.With("classifier.k", "3")))));
        Assert.Contains("reads windows of audio",
            PipelineCorpus.ErrorOf(() => Comparing.Run(Options("holdout:2", _knn, RecipeCatalog.Get("cs464-lstm")))));
        Assert.Contains("'../out'",
            PipelineCorpus.ErrorOf(() => Comparing.Run(Options("holdout:2", _knn.With("name", "../out")))));
        Assert.Contains("no such folder",
            PipelineCorpus.ErrorOf(() => Comparing.Run(Options() with { Data = _folder["none.csv"] })));
        Assert.Contains("'holdouts:3'", PipelineCorpus.ErrorOf(() => Comparing.Run(Options("holdouts:3"))));
    }

    [Fact]
    public void Run_TornRound_NamesTheFile()
    {
        Comparing.Run(Options("holdout:2", _knn));
        var file = _folder["compared", "gtzan57-knn", "rounds", "round-2.safetensors"];
        File.WriteAllBytes(file, File.ReadAllBytes(file)[..100]);
        Assert.Contains("Remove the file", PipelineCorpus.ErrorOf(() => Comparing.Run(Options("holdout:2", _knn))));
        File.Delete(file);
        Comparing.Run(Options("holdout:2", _knn));
    }

    [Fact]
    public void Run_Windows_AreCountedByTrackAndByWindow()
    {
        PipelineCorpus.WriteTable(_table, tracks: 5, windows: 3);
        var comparison = Comparing.Run(Options("holdout:2", _knn, _network));
        Assert.Equal(["track", "window", "track", "window"], comparison.Systems.Select(s => s.Unit));
        Assert.Equal([6, 18], comparison.Systems.Take(2).Select(s => s.NTest));
        Assert.Equal([true, false, true, false], comparison.Systems.Select(comparison.IsRanked));
        Assert.Contains("by window is too narrow", comparison.Interval);
        var trained = Train(_network, "run", "holdout:2").Metrics;
        Assert.Equal(trained.Tracks!.Folds!.Accuracies, comparison.Systems[2].Accuracies);
        Assert.Equal(trained.Tracks.Folds.AccuracyCi95, comparison.Systems[2].AccuracyCi95);
        Assert.Equal(trained.Folds!.Accuracies, comparison.Systems[3].Accuracies);
    }

    [Fact]
    public void Run_LeakyWindows_SaysSoInEveryFileAndRanksByWindow()
    {
        PipelineCorpus.WriteTable(_table, tracks: 5, windows: 3);
        var comparison = Comparing.Run(Options("leaky-windows", _knn, _network));
        Assert.True(comparison.Leaky);
        Assert.Equal([false, true, false, true], comparison.Systems.Select(comparison.IsRanked));
        foreach (var file in new[] { "compare.json", "compare.csv", "compare.md" })
            Assert.Contains("LEAKY", File.ReadAllText(_folder["compared", file]));
        Assert.All(File.ReadAllLines(_folder["compared", "compare.csv"]).Skip(1), line => Assert.EndsWith(",LEAKY", line));
        Assert.Equal(9, comparison.Systems[1].NTest);
    }

    [Fact]
    public void Run_OtherThreads_GivesTheSameFigures()
    {
        var one = Comparing.Run(Options() with { Extraction = new WorkOptions { Threads = 1 } });
        var two = Comparing.Run(Options() with { Output = _folder["two"], Extraction = new WorkOptions { Threads = 2 } });
        foreach (var file in new[] { "gtzan57-knn", "small" })
        {
            Assert.Equal(one.Systems.Select(s => (s.Accuracy, s.RocAucOvrMacro, s.TrainAccuracy)),
                two.Systems.Select(s => (s.Accuracy, s.RocAucOvrMacro, s.TrainAccuracy)));
        }
    }

    [Theory]
    [InlineData("train", "trained on but not tested")]
    [InlineData("test", "tested but never trained on")]
    public void Run_GenreOnOneSideAlone_IsNotedAndCounted(string side, string note)
    {
        // 'pulse' is in one of the two lists only.
        string[] Tracks(int from, int to, bool pulse) =>
            [.. PipelineCorpus.Genres.Where(g => pulse || g != "pulse")
                .SelectMany(g => Enumerable.Range(from, to - from).Select(t => $"{g}.{t:00000}.wav"))];
        File.WriteAllLines(_folder["train.txt"], Tracks(0, 6, side == "train"));
        File.WriteAllLines(_folder["test.txt"], Tracks(6, 8, side == "test"));
        var comparison = Comparing.Run(Options($"files:{_folder["train.txt"]},{_folder["test.txt"]}"));
        Assert.Contains(comparison.Notes,
            n => n.Contains("'pulse'", StringComparison.Ordinal) && n.EndsWith(note, StringComparison.Ordinal));
        // Whoever never learned of a genre cannot be right about its third of the tested tracks.
        Assert.All(comparison.Systems, s => Assert.InRange(s.Accuracy.Mean!.Value, 0, side == "test" ? 2.0 / 3 : 1));
        Assert.All(comparison.Systems, s => Assert.True(s.RocAucOvrMacro.Mean is null or (>= 0 and <= 1)));
        Assert.Contains("pulse", File.ReadAllText(_folder["compared", "compare.md"]));
    }

    [Theory]
    [InlineData(0.25, "0.2500")]
    [InlineData(0.0001, "0.0001")]
    [InlineData(0.00009, "<0.0001")]
    [InlineData(0, "<0.0001")]
    public void Pair_SmallChance_IsNotPrintedAsZero(double p, string text) =>
    Assert.Equal(text, new ComparedPair("a", "b", 0, p, null, null).PValueText);

    [Fact]
    public void Run_OneGenre_IsRefused()
    {
        PipelineCorpus.WriteTable(_table,
            edit: lines => lines.Where(
                l => !l.EndsWith("pulse", StringComparison.Ordinal) && !l.EndsWith("hiss", StringComparison.Ordinal)));
        Assert.Contains("at least two genres", PipelineCorpus.ErrorOf(() => Comparing.Run(Options())));
    }

    [Fact]
    public void Run_NaNInTheTable_NamesLineAndColumn()
    {
        PipelineCorpus.WriteTable(_table,
            edit: lines => lines.Select(
                (l, i) => i == 3 ? $"{string.Join(',', l.Split(',')[..2])},NaN,{string.Join(',', l.Split(',')[3..])}" : l));
        Assert.Contains("line 4", PipelineCorpus.ErrorOf(() => Comparing.Run(Options())));
    }
}
