using Engine.Classifiers;
using Engine.Classifiers.Evaluation;
using Engine.Classifiers.Scaling;
using Engine.Classifiers.Svm;
using Engine.Tests.Support;

namespace Engine.Tests.Classifiers;

/// <summary>
/// The support vector machine on the published features, against LIBSVM's arrays (scikit-learn, tolerance 1e-6) and figures.
/// </summary>
public class GtzanSvmReferenceTests
{
    private static (FeatureMatrix Train, int[] Labels, FeatureMatrix Test) Scaled()
    {
        var gtzan = GtzanFeatures.Load("features_30_sec.csv");
        var (scaler, train) = (new StandardScaler(), gtzan.Features.Select(GtzanReference.Ints("train_rows")));
        scaler.Fit(train);
        return (scaler.Transform(train), GtzanReference.Ints("labels_train"),
            scaler.Transform(gtzan.Features.Select(GtzanReference.Ints("test_rows"))));
    }

    [GtzanFact]
    public void Svm_GtzanRows_DecidesAsLibsvm()
    {
        var (train, labels, test) = Scaled();
        foreach (var (name, c, gamma) in new[] { ("C1_g1_57", 1.0, 1.0 / 57), ("C100_g2m7", 100, 1.0 / 128) })
        {
            foreach (var cache in new[] { 512, 1 })
            {
                var svm = new SvmClassifier(
                    new SvmOptions { C = c, Gamma = SvmGamma.Of(gamma), Tolerance = 1e-6, CacheMegabytes = cache });
                svm.Fit(train, labels, 10);
                Close.Assert(GtzanReference.Doubles($"svm_{name}_decision_ovo"), svm.PairDecisions(test).Data, 1e-5, 0, name);
                Assert.Equal(GtzanReference.Ints($"svm_{name}_pred"), svm.PredictProbabilities(test).ArgMax());
                AssertCounts(Vectors.Load("ml_gtzan30")[$"svm_{name}_n_support"].Data.Cast<int>().ToArray(), svm.SupportCounts,
                    train, labels);
            }
        }
    }

    // GTZAN holds some recordings twice: a weight may lie on either of the twins or be shared, so a count may be off by one for
    // each.
    private static void AssertCounts(int[] expected, IReadOnlyList<int> actual, FeatureMatrix train, int[] labels)
    {
        for (var c = 0; c < expected.Length; c++)
        {
            var rows = Enumerable.Range(0, train.Rows).Where(r => labels[r] == c).ToArray();
            var twins = rows.Length - rows.Select(r => string.Join(' ', train.Row(r).ToArray())).Distinct().Count();
            Assert.InRange(actual[c], expected[c] - twins, expected[c] + twins);
        }
    }

    [GtzanFact]
    public void Svm_GtzanRowsOfTwoGenres_HasLibsvmsOptimum()
    {
        var (train, labels, test) = Scaled();
        var classes = GtzanReference.Ints("binary_classes");
        var squares = Enumerable.Range(0, train.Rows).Select(r => DotProduct.Of(train.Row(r), train.Row(r))).ToArray();
        using var kernel = GramMatrix.Of(train, squares, new KernelFunction(SvmKernel.Rbf, 0.02, 0, 3), 1);
        int[] Members(int label) => [.. Enumerable.Range(0, train.Rows).Where(r => labels[r] == label)];
        int[] rows = [.. Members(classes[0]), .. Members(classes[1])];
        var solution = new SmoSolver(kernel, Members(classes[0]), Members(classes[1]), new(10, 10, 1e-8, 10_000_000, true),
            new float[rows.Length * (rows.Length + 8)]).Solve();
        Assert.True(solution.Converged);
        Close.Assert([GtzanReference.Doubles("binary_dual_objective")[0]], [solution.Objective], 0, 1e-5, "dual objective");

        // scikit-learn turns two classes round: its threshold is that of the second class.
        Close.Assert([GtzanReference.Doubles("binary_rho")[0]], [-solution.Rho], 1e-4, 0, "rho");
        var svm = new SvmClassifier(new SvmOptions { C = 10, Gamma = SvmGamma.Of(0.02), Tolerance = 1e-8 });
        svm.Fit(train.Select(rows), [.. rows.Select(r => labels[r] == classes[0] ? 0 : 1)], 2);
        var tested = Enumerable.Range(0, test.Rows).Where(r => classes.Contains(GtzanReference.Ints("labels_test")[r])).ToArray();
        Close.Assert(GtzanReference.Doubles("binary_decision"), [.. svm.PairDecisions(test.Select(tested)).Data.Select(d => -d)],
            1e-5, 0, "decisions");
    }

    private static (Split Split, FoldMetrics Figures) Evaluate(
        string file, string spec, SvmProbabilities probabilities = SvmProbabilities.Votes)
    {
        var gtzan = GtzanFeatures.Load(file);
        var split = Splits.Create(SplitSpec.Parse(spec), gtzan.Samples, 1);
        return (split, Metrics.Summarize([.. split.Folds.Select(Test)]));

        MetricsReport Test(Fold fold)
        {
            var scaler = new StandardScaler();
            var svm = new SvmClassifier(new SvmOptions { C = 10, Gamma = SvmGamma.Of(0.01), Probabilities = probabilities });
            var train = gtzan.Features.Select(fold.TrainAndValid);
            scaler.Fit(train);
            svm.Fit(scaler.Transform(train), [.. fold.TrainAndValid.Select(r => gtzan.Labels[r])], gtzan.Names.Length);
            return Metrics.Compute(svm.PredictProbabilities(scaler.Transform(gtzan.Features.Select(fold.Test))),
                [.. fold.Test.Select(r => gtzan.Labels[r])], gtzan.Names);
        }
    }

    private static string FaultFiltered =>
        "files:" + string.Join(',',
            new[] { "train", "valid", "test" }.Select(l => GtzanFeatures.List($"fault_filtered_{l}.txt")));

    private static double ArtistFolds(SvmProbabilities probabilities) => Enumerable.Range(1, 3)
        .Average(f => Evaluate("features_30_sec.csv",
            $"files:{GtzanFeatures.List($"artist_fold{f}_train.tsv")},{GtzanFeatures.List($"artist_fold{f}_test.tsv")}",
            probabilities).Figures.Accuracies[0]);

    // Means of ten holdouts scatter by some 0.01 (scikit-learn's, over five seeds, from 0.733 to 0.763); two hundred leave 0.002.
    [GtzanFact]
    public void Svm_ManyHoldouts_ReachScikitLearnsAccuracy()
    {
        Assert.Equal(0.745, Evaluate("features_30_sec.csv", "holdout:200").Figures.Accuracy.Mean!.Value, 0.005);
        Assert.InRange(Evaluate("features_30_sec.csv", "holdout:200", SvmProbabilities.Margins).Figures.Accuracy.Mean!.Value,
            0.745, 0.76);
    }

    [GtzanFact]
    public void Svm_FaultFilteredLists_ReachScikitLearnsAccuracy()
    {
        Assert.Equal(0.497, Evaluate("features_30_sec.csv", FaultFiltered).Figures.Accuracies[0], 3);
        Assert.InRange(Evaluate("features_30_sec.csv", FaultFiltered, SvmProbabilities.Margins).Figures.Accuracies[0], 0.49,
            0.53);
    }

    // scikit-learn stops at a tolerance of 1e-3 with 0.4915 and at 1e-6 with 0.4904: one recording is that close.
    [GtzanFact]
    public void Svm_ArtistFolds_ReachScikitLearnsAccuracy()
    {
        Assert.Equal(0.491, ArtistFolds(SvmProbabilities.Votes), 0.0011);
        Assert.Equal(0.500, ArtistFolds(SvmProbabilities.Margins), 0.0022);
    }

    [GtzanFact]
    public void Svm_WindowsByTrackAndLeaky_ReachScikitLearnsAccuracies()
    {
        Assert.InRange(Evaluate("features_10_sec.csv", "holdout:10", SvmProbabilities.Margins).Figures.Accuracy.Mean!.Value, 0.73,
            0.76);
        var (split, figures) = Evaluate("features_10_sec.csv", "leaky-windows", SvmProbabilities.Margins);
        Assert.True(split.Leaky);
        Assert.InRange(figures.Accuracies[0], 0.85, 0.90);
    }
}
