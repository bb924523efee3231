using Engine.Classifiers.Evaluation;
using Engine.Pipeline.Recipes;
using Engine.Pipeline.Runs;
using Engine.Tests.Support;

namespace Engine.Tests.Classifiers;

/// <summary>What <c>power-logistic</c> reaches on artists that it has not learned from.</summary>
public sealed class GtzanPowerTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private MetricsReport Tracks(string name, params string[] lists) => Training.Run(new()
    {
        Data = Path.Combine(GtzanFactAttribute.Folder, "features_10_sec.csv"),
        Recipe = RecipeCatalog.Get("power-logistic").With("calibration", "none"),
        Output = _folder[name],
        Split = "files:" + string.Join(',', lists.Select(GtzanFeatures.List)),
        Seed = 1,
    }).Metrics.Tracks!;

    [GtzanFact]
    public void PowerLogistic_FaultFilteredLists_ReachesItsBar() => Assert.InRange(
        Tracks("lists", "fault_filtered_train.txt", "fault_filtered_valid.txt", "fault_filtered_test.txt").Accuracy, 0.58, 0.65);

    [GtzanFact]
    public void PowerLogistic_ArtistFolds_ReachesItsBar()
    {
        var folds = Enumerable.Range(1, 3)
            .Select(k => Tracks($"fold{k}", $"artist_fold{k}_train.tsv", $"artist_fold{k}_test.tsv")).ToArray();
        Assert.InRange(folds.Sum(f => f.Accuracy * f.NTest) / folds.Sum(f => f.NTest), 0.55, 0.62);
    }
}
