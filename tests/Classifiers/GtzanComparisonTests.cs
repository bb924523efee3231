using Engine.Classifiers.Tuning;
using Engine.Pipeline.Recipes;
using Engine.Pipeline.Runs;
using Engine.Tests.Support;

namespace Engine.Tests.Classifiers;

/// <summary>Comparisons and searches on GTZAN's published features.</summary>
public class GtzanComparisonTests
{
    private static string Table => Path.Combine(GtzanFactAttribute.Folder, "features_30_sec.csv");

    [GtzanFact]
    public void Compare_TenHoldouts_TellsTheSupportVectorMachineFromTheNeighbours()
    {
        using var folder = new TemporaryFolder();
        var comparison = Comparing.Run(new ComparisonOptions
        {
            Data = Table,
            Recipes = [RecipeCatalog.Get("gtzan57-knn"), RecipeCatalog.Get("gtzan57-svm")],
            Output = folder["compared"],
            Seed = 1,
        });
        var svm = comparison.Systems[1];
        Assert.Equal("gtzan57-svm", comparison.Best);
        Assert.InRange(svm.Accuracy.Mean!.Value, 0.745, 0.765);
        // Wider than the naive ± 2.262 s/√10 of rounds that were independent, by √3.5.
        var half = (svm.AccuracyCi95[1] - svm.AccuracyCi95[0]) / 2;
        Assert.Equal(2.262157162798206 * Math.Sqrt(0.35) * svm.Accuracy.Sd!.Value, half, 1e-9);
        Assert.InRange(comparison.Pairs[0].PValue, 0, 0.01);
    }

    [GtzanFact]
    public void Tune_NumberOfNeighbours_FindsWhatTheGridFinds()
    {
        using var folder = new TemporaryFolder();
        var recipe = RecipeCatalog.Get("gtzan57-knn").With("search", """
            [{ "path": "classifier.k", "kind": "integer", "low": 1, "high": 30 }, { "path": "classifier.metric", "kind": "categorical", "values": ["euclidean", "manhattan"] }]
            """);
        TuningResult Tune(TuningMethod method, int trials) =>
            RecipeTuning.Run(new TuningOptions
            {
                Data = Table,
                Recipe = recipe,
                Output = folder[$"{method}"],
                Trials = trials,
                Method = method,
                Folds = 3,
                Seed = 1
            });
        var grid = Tune(TuningMethod.Grid, 60).Best.Accuracy!.Value;
        Assert.InRange(Tune(TuningMethod.Bayes, 25).Best.Accuracy!.Value, grid - 0.005, grid);
    }
}
