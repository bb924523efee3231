using Engine.Classifiers;
using Engine.Classifiers.Evaluation;
using Engine.Classifiers.Svm;
using Engine.Pipeline.Recipes;
using Engine.Pipeline.Runs;
using Engine.Tensors;
using Engine.Tests.Support;

namespace Engine.Tests.Classifiers.Calibration;

/// <summary>Calibration on artists that the model does not know, and the shares it starts from.</summary>
public sealed class GtzanCalibrationTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private TrainingResult Run(string recipe, string name, params string[] lists) => Training.Run(new()
    {
        Data = Path.Combine(GtzanFactAttribute.Folder, "features_30_sec.csv"),
        Recipe = RecipeCatalog.Get(recipe),
        Output = _folder[$"{recipe}-{name}"],
        Split = "files:" + string.Join(',', lists.Select(GtzanFeatures.List)),
        Seed = 1,
    });

    // Of 290 probabilities that are perfect, 15 bins would still show an error of about 0.07; of 948, 0.04. So the three folds
    // count together.
    [GtzanFact]
    public void Svm_UnknownArtists_PromisesWhatItKeeps() => Check("gtzan57-svm", 0.498, 0.513, 0.08, 0.08);

    [GtzanFact]
    public void Ensemble_UnknownArtists_PromisesWhatItKeeps() => Check("ensemble", 0.52, 0.51, 0.08, 0.11);

    private void Check(string recipe, double foldAccuracy, double listAccuracy, double foldError, double listError)
    {
        var folds = Enumerable.Range(1, 3)
            .SelectMany(k => Run(recipe, $"fold{k}", $"artist_fold{k}_train.tsv", $"artist_fold{k}_test.tsv").Tested).ToArray();
        var lists = Run(recipe, "lists", "fault_filtered_train.txt", "fault_filtered_valid.txt", "fault_filtered_test.txt");
        Assert.True(lists.Metrics.Calibrated);
        Assert.Equal(lists.Metrics.ExpectedCalibrationError!.Value, Error(lists.Tested), 1e-9);
        double[] errors = [Error(folds), Error(lists.Tested)];
        var accuracies = new[] { Accuracy(folds), Accuracy(lists.Tested) };
        Assert.True(errors[0] < foldError && errors[1] < listError, $"ECE {errors[0]:0.000}, {errors[1]:0.000}");
        Assert.True(accuracies[0] >= foldAccuracy && accuracies[1] >= listAccuracy,
            $"{accuracies[0]:0.000}, {accuracies[1]:0.000}");
        foreach (var tested in new[] { folds, lists.Tested })
        {
            var top = tested.ToLookup(t => t.Label == t.Predicted, t => t.Probabilities.Max());
            Assert.True(top[true].Average() > top[false].Average() + 0.07, $"{top[true].Average()}, {top[false].Average()}");
        }
    }

    private static double Accuracy(IReadOnlyList<TestedRow> rows) => rows.Average(t => t.Label == t.Predicted ? 1.0 : 0);

    private static double Error(IReadOnlyList<TestedRow> rows) => rows
        .GroupBy(t => (int)Math.Ceiling(t.Probabilities.Max() * 15))
        .Sum(bin => Math.Abs(bin.Sum(t => t.Probabilities.Max() - (t.Label == t.Predicted ? 1 : 0)))) / rows.Count;

    [Fact]
    public void Soft_RandomDecisions_KeepTheOrderOfMarginsAndSumToOne()
    {
        var random = new RandomStream(7, "soft votes");
        Span<double> soft = new double[5], margins = new double[5];
        for (var i = 0; i < 200; i++)
        {
            // Every fourth row has decisions so large that soft votes are whole.
            var scale = i % 4 == 0 ? 1000 : 1;
            double[] decisions = [.. Enumerable.Range(0, 10).Select(_ => scale * random.NextGaussian())];
            PairVotes.Soft(decisions, soft);
            PairVotes.Rank(decisions, lowestFirst: false, margins);
            Assert.Equal(Order(margins), Order(soft));
            Assert.Equal(1, soft.ToArray().Sum(), 1e-12);
        }

        static int[] Order(Span<double> values)
        {
            var copy = values.ToArray();
            return [.. Enumerable.Range(0, copy.Length).OrderByDescending(c => copy[c])];
        }
    }

    [Fact]
    public void Soft_ThreeClasses_HasTheValuesOfTheFormula()
    {
        // Votes 2, 1, 0, in the order of the soft votes.
        Span<double> shares = new double[3];
        PairVotes.Soft([0.5, 1, 0.25], shares);
        double ab = 1 / (1 + Math.Exp(-1)), ac = 1 / (1 + Math.Exp(-2)), bc = 1 / (1 + Math.Exp(-0.5));
        Close.Assert([(ab + ac) / 3, (1 - ab + bc) / 3, (1 - ac + 1 - bc) / 3], shares.ToArray(), 1e-15);
    }

    [Fact]
    public void Run_ListedValidation_IsHeldOutForTheCalibration()
    {
        NoisyTable.Write(_folder["f.csv"], tracks: 40, noise: 2);
        void List(string name, int first, int end) => File.WriteAllLines(_folder[name],
            from g in NoisyTable.Genres from t in Enumerable.Range(first, end - first) select $"{g}.{t:00000}.wav");
        List("train", 0, 20);
        List("valid", 20, 30);
        List("test", 30, 40);
        List("both", 0, 30);
        MetricsReport Metrics(string recipe, params string[] lists) => Training.Run(new()
        {
            Data = _folder["f.csv"],
            Recipe = RecipeCatalog.Get(recipe),
            Output = _folder[$"{recipe}{lists.Length}"],
            Split = "files:" + string.Join(',', lists.Select(l => _folder[l])),
            Seed = 1,
        }).Metrics;
        foreach (var recipe in new[] { "gtzan57-lda", "gtzan57-svm" })
        {
            var (two, three) = (Metrics(recipe, "both", "test"), Metrics(recipe, "train", "valid", "test"));
            Assert.True(two.Calibrated && three.Calibrated);
            // The same classifier, whichever list its rows stand in; another calibration.
            Assert.Equal(two.Accuracy, three.Accuracy);
            Assert.NotEqual(two.Calibration, three.Calibration);
        }
    }

    [Fact]
    public void Compute_Reliability_IsTheTableBehindTheError()
    {
        var values = new FeatureMatrix(4, 2, [0.9, 0.1, 0.9, 0.1, 0.4, 0.6, 0.45, 0.55]);
        var report = Metrics.Compute(values, [0, 1, 1, 1], ["a", "b"]);
        Assert.Equal([2, 2], report.Reliability!.Select(b => b.Count));
        Assert.Equal([0.575, 0.9], report.Reliability!.Select(b => Math.Round(b.Share!.Value, 12)));
        Assert.Equal([1, 0.5], report.Reliability!.Select(b => b.Accuracy!.Value));
        Assert.Equal(report.ExpectedCalibrationError!.Value,
            report.Reliability!.Sum(b => b.Count * Math.Abs(b.Share!.Value - b.Accuracy!.Value)) / 4, 1e-12);
        Assert.Equal(report.Reliability, MetricsReport.FromJson(report.ToJson()).Reliability);
    }
}
