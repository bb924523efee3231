using Engine.Classifiers.Evaluation;
using Engine.Classifiers.Trees;
using Engine.Tests.Support;

namespace Engine.Tests.Classifiers;

/// <summary>The random forest on the published features, against the figures of scikit-learn's.</summary>
public class GtzanForestReferenceTests
{
    private static double Accuracy(string file, string spec, ulong seed = 1)
    {
        var gtzan = GtzanFeatures.Load(file);
        var split = Splits.Create(SplitSpec.Parse(spec), gtzan.Samples, seed);
        return split.Folds.Select((fold, round) =>
        {
            var forest = new ForestClassifier(new ForestOptions { Trees = 500 }) { Seed = (ulong)round };
            forest.Fit(gtzan.Features.Select(fold.TrainAndValid), [.. fold.TrainAndValid.Select(r => gtzan.Labels[r])],
                gtzan.Names.Length);
            var predicted = forest.PredictProbabilities(gtzan.Features.Select(fold.Test)).ArgMax();
            return predicted.Zip(fold.Test).Average(p => p.First == gtzan.Labels[p.Second] ? 1.0 : 0);
        }).Average();
    }

    // Forests scatter by about 0.008 with their seed alone, and means of 40 holdouts by 0.005 with the split's; scikit-learn's
    // own is 0.718 over 40 holdouts of its own and 0.701 over ours.
    [GtzanFact]
    public void Forest_ManyHoldouts_ReachesScikitLearnsAccuracy() =>
    Assert.Equal(0.701, Accuracy("features_30_sec.csv", "holdout:40"), 0.012);

    [GtzanFact]
    public void Forest_FaultFilteredLists_ReachesScikitLearnsAccuracy()
    {
        var lists = string.Join(',',
            new[] { "train", "valid", "test" }.Select(l => GtzanFeatures.List($"fault_filtered_{l}.txt")));
        Assert.Equal(0.510, Accuracy("features_30_sec.csv", "files:" + lists), 0.02);
    }

    [GtzanFact]
    public void Forest_ArtistFolds_ReachesScikitLearnsAccuracy() => Assert.Equal(0.464, Enumerable.Range(1, 3).Average(f =>
        Accuracy("features_30_sec.csv",
            $"files:{GtzanFeatures.List($"artist_fold{f}_train.tsv")},{GtzanFeatures.List($"artist_fold{f}_test.tsv")}")), 0.02);

    [GtzanFact]
    public void Forest_WindowsByTrackAndLeaky_ReachesScikitLearnsAccuracies()
    {
        Assert.Equal(0.712, Accuracy("features_10_sec.csv", "holdout:5"), 0.025);
        // 0.847 is one draw of 598 windows, which scatter by 0.016; on this draw of ours scikit-learn's forest scores 0.808.
        Assert.Equal(0.808, Accuracy("features_10_sec.csv", "leaky-windows"), 0.015);
    }

    [GtzanFact]
    public void OutOfBag_AllRows_ReachesScikitLearnsScore()
    {
        var gtzan = GtzanFeatures.Load("features_30_sec.csv");
        var scores = Enumerable.Range(0, 8).Select(seed =>
        {
            var forest = new ForestClassifier(new ForestOptions { Trees = 500, OutOfBag = true }) { Seed = (ulong)seed };
            forest.Fit(gtzan.Features, gtzan.Labels, gtzan.Names.Length);
            return forest.OutOfBag!.Accuracy!.Value;
        });
        Assert.Equal(0.7246, scores.Average(), 0.008);
    }

    [GtzanFact]
    public void Importance_AllRows_AgreesWithScikitLearns()
    {
        // Its five largest of 500 trees on all rows, and their values; forests scatter by some percent.
        var gtzan = GtzanFeatures.Load("features_30_sec.csv");
        var forest = new ForestClassifier(new ForestOptions { Trees = 500 });
        forest.Fit(gtzan.Features, gtzan.Labels, gtzan.Names.Length);
        var importance = forest.Importance.ToArray();
        Close.Assert([0.0453, 0.0417, 0.0313, 0.0312, 0.0309], [.. new[] { 0, 15, 23, 2, 1 }.Select(c => importance[c])], 0, 0.12,
            "importance");
    }
}
