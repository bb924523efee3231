using Engine.Classifiers;
using Engine.Classifiers.Selection;
using Engine.Pipeline.Recipes;
using Engine.Pipeline.Runs;
using Engine.Tests.Classifiers.Trees;
using Engine.Tests.Support;

namespace Engine.Tests.Classifiers;

public sealed class BorutaSelectionTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static BorutaSelection Fitted(
        BorutaOptions options, FeatureMatrix x, int[] labels, int classes, int threads = 0, ulong seed = 1)
    {
        var boruta = new BorutaSelection(options) { Threads = threads, Seed = seed };
        boruta.Fit(x, labels, classes);
        return boruta;
    }

    [Fact]
    public void Fit_NoiseAmongColumnsThatTell_ConfirmsAndRejects()
    {
        // Columns 0 to 2 tell, 6 repeats column 0, 7 is constant, the others are noise.
        var (x, labels) = ForestData.Leaning(250, 8, 3, 1);
        for (var r = 0; r < 250; r++) (x.Row(r)[6], x.Row(r)[7]) = (x[r, 0], 1);
        var boruta = Fitted(new BorutaOptions { Trees = 60 }, x, labels, 3);
        var (yes, no) = (BorutaVerdict.Confirmed, BorutaVerdict.Rejected);
        Assert.Equal([yes, yes, yes, no, no, no, yes, no], boruta.Verdicts.ToArray());
        Assert.Equal([0, 1, 2, 6], boruta.Selected.ToArray());
        Assert.Equal([.. new[] { 0, 1, 2, 6 }.Select(c => x[5, c])], boruta.Transform(x).Row(5).ToArray());
    }

    [Fact]
    public void Fit_FewRuns_LeavesAllTentative()
    {
        // Not even ten heads in ten throws are certain among 57 columns.
        var (x, labels) = ForestData.Leaning(60, 57, 3, 2);
        Assert.All(Fitted(new BorutaOptions { Trees = 5, MaxRuns = 3 }, x, labels, 3).Verdicts.ToArray(),
            v => Assert.Equal(BorutaVerdict.Tentative, v));
        var message = Assert.Throws<EngineException>(
            () => Fitted(new BorutaOptions { Trees = 5, MaxRuns = 3, KeepTentative = false }, x, labels, 3)).Message;
        Assert.Contains("none of 57 columns", message);
    }

    [Fact]
    public void Fit_NoiseOnly_IsRefused()
    {
        var (x, labels) = ForestData.Leaning(100, 4, 3, 3);
        int[] shuffled = [.. labels.Select((_, r) => labels[r * 37 % 100])];
        Assert.Contains("none of 4 columns says more",
            Assert.Throws<EngineException>(() => Fitted(new BorutaOptions { Trees = 40, KeepTentative = false }, x, shuffled, 3))
                .Message);
    }

    [Fact]
    public void Examine_NoiseAmongColumnsThatTell_CountsHitsAndRuns()
    {
        var (x, labels) = ForestData.Leaning(250, 6, 3, 1);
        var runs = new List<int>();
        var boruta = new BorutaSelection(new BorutaOptions { Trees = 30 }) { Seed = 1, Progress = new Collector(runs) };
        var found = boruta.Examine(x, labels, 3);
        Assert.Equal(Fitted(new BorutaOptions { Trees = 30 }, x, labels, 3).Verdicts.ToArray(), found.Verdicts);
        Assert.Equal(Enumerable.Range(1, found.Runs), runs);
        for (var c = 0; c < 6; c++)
        {
            var tells = found.Verdicts[c] == BorutaVerdict.Confirmed;
            Assert.Equal(c < 3, tells);
            Assert.Equal(tells, found.Importance[c] > found.ShadowImportance);
            Assert.Equal(tells, found.Hits[c] > found.Runs / 2);
            Assert.InRange(found.Hits[c], 0, found.Runs);
        }
    }

    [Fact]
    public void Examine_NothingTells_RejectsAll()
    {
        var found = new BorutaSelection(new BorutaOptions { Trees = 10 }) { Seed = 1 }
            .Examine(new FeatureMatrix(40, 2), [.. Enumerable.Range(0, 40).Select(r => r % 2)], 2);
        Assert.Equal([BorutaVerdict.Rejected, BorutaVerdict.Rejected], found.Verdicts);
        Assert.Equal((0, 0, 0), (found.Hits[0], found.Importance[0], found.ShadowImportance));
    }

    [Fact]
    public void Fit_OneOrManyThreads_SameChoice()
    {
        var (x, labels) = ForestData.Leaning(120, 8, 3, 4);
        var options = new BorutaOptions { Trees = 20, MaxRuns = 30 };
        var (one, many) = (Fitted(options, x, labels, 3, threads: 1), Fitted(options, x, labels, 3, threads: 0));
        Assert.Equal(one.Verdicts.ToArray(), many.Verdicts.ToArray());
    }

    [Fact]
    public void Boruta_WrongInput_NamesTheValue()
    {
        string Message(Action act) => Assert.Throws<EngineException>(act).Message;
        Assert.Contains("trees is 0", Message(() => _ = new BorutaSelection(new BorutaOptions { Trees = 0 })));
        Assert.Contains("max runs is 0", Message(() => _ = new BorutaSelection(new BorutaOptions { MaxRuns = 0 })));
        Assert.Contains("alpha is 1", Message(() => _ = new BorutaSelection(new BorutaOptions { Alpha = 1 })));
        var boruta = new BorutaSelection(new BorutaOptions());
        Assert.Contains("not fitted", Message(() => boruta.Transform(new FeatureMatrix(1, 1))));
        Assert.Contains("row 0, column 0 is NaN", Message(() => boruta.Fit(new FeatureMatrix(2, 1, [double.NaN, 1]), [0, 1], 2)));
        using var source = new CancellationTokenSource();
        source.Cancel();
        Assert.Throws<OperationCanceledException>(
            () => new BorutaSelection(new BorutaOptions()) { Cancellation = source.Token }.Fit(new FeatureMatrix(2, 1), [0, 1],
                2));
    }

    [Fact]
    public void Recipe_WithBoruta_TestGivesTheSameFigures()
    {
        var recipe = RecipeCatalog.Get("gtzan57-knn").With("selection", """{ "kind": "boruta", "trees": 20, "max_runs": 12 }""");
        Assert.Contains("at most 12 forests of 20 trees", recipe.Selection!.Describe());
        var run = Training.Run(new TrainingOptions
        {
            Data = PipelineCorpus.WriteTable(_folder["table.csv"]),
            Output = _folder["run"],
            Recipe = recipe,
            Split = "holdout:2",
            Seed = 1
        });
        var test = Testing.Run(new TestingOptions { Run = _folder["run"] });
        Assert.Equal(run.Metrics.LogLoss, test.Metrics.LogLoss);
        Assert.Empty(test.Notes);
        Assert.Contains("$.selection.alpha is 2", PipelineCorpus.ErrorOf(() => recipe.With("selection.alpha", "2")));
        Assert.Contains("$.selection.max_runs is 0", PipelineCorpus.ErrorOf(() => recipe.With("selection.max_runs", "0")));
    }

    private sealed class Collector(List<int> values) : IProgress<int>
    {
        public void Report(int value) => values.Add(value);
    }
}
