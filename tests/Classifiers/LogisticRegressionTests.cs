using Engine.Classifiers;
using Engine.Classifiers.Linear;
using Engine.Classifiers.Scaling;
using Engine.Tensors.Serialization;
using Engine.Tests.Classifiers.Trees;
using Engine.Tests.Support;

namespace Engine.Tests.Classifiers;

public class LogisticRegressionTests
{
    private static FeatureMatrix Rows() => new(200, 57, GtzanReference.Doubles("standard_test"));

    private static int[] Labels() => GtzanReference.Ints("labels_test");

    private static LogisticRegression Fitted(LogisticOptions options, FeatureMatrix x, int[] labels, int classes, int threads = 0)
    {
        var classifier = new LogisticRegression(options) { Threads = threads, Warn = warning => Assert.Fail(warning) };
        classifier.Fit(x, labels, classes);
        return classifier;
    }

    private static double Objective(
        LogisticRegression fitted, FeatureMatrix x, int[] labels, ClassWeighting weighting = ClassWeighting.None) =>
        ReferenceLogistic.Objective(x, labels, weighting.OfRows(labels, fitted.Classes), fitted.Options.C, fitted.Coefficients!,
            fitted.Bias.ToArray(), fitted.Present.ToArray());

    // The optima are scikit-learn's, by its solver newton-cg with tol 1e-10.
    [Theory]
    [InlineData(0.01, 3.3056883403939397)]
    [InlineData(1, 84.0426513325367)]
    [InlineData(100, 632.6817983193548)]
    public void Fit_GtzanRows_ReachesScikitLearnsOptimum(double c, double optimum)
    {
        var (x, labels) = (Rows(), Labels());
        Close.Assert([optimum], [Objective(Fitted(new LogisticOptions { C = c, Tolerance = 1e-8 }, x, labels, 10), x, labels)], 0,
            1e-8, "objective");
    }

    [Fact]
    public void Fit_TwoClasses_ReachesScikitLearnsOptimum()
    {
        int[] rows = [.. Enumerable.Range(0, 200).Where(r => Labels()[r] < 2)];
        var (x, labels) = (Rows().Select(rows), rows.Select(r => Labels()[r]).ToArray());
        var fitted = Fitted(new LogisticOptions(), x, labels, 2);
        Close.Assert([2.1632906143927553], [Objective(fitted, x, labels)], 0, 1e-8, "objective");
        var probabilities = fitted.PredictProbabilities(x.Select([0, 1, 2]));
        Close.Assert([0.00813388, 0.08357549, 0.02196856], [probabilities[0, 1], probabilities[1, 1], probabilities[2, 1]], 1e-6,
            0, "probabilities");
    }

    [Fact]
    public void Fit_BalancedClasses_ReachesScikitLearnsOptimum()
    {
        int[] rows = [.. Enumerable.Range(0, 200).Where(r => Labels()[r] != 3 || r % 3 == 0)];
        var (x, labels) = (Rows().Select(rows), rows.Select(r => Labels()[r]).ToArray());
        var fitted = Fitted(new LogisticOptions { ClassWeight = ClassWeighting.Balanced }, x, labels, 10);
        Close.Assert([73.39646815242014], [Objective(fitted, x, labels, ClassWeighting.Balanced)], 0, 1e-8, "objective");
    }

    [GtzanFact]
    public void Predict_GtzanRows_GivesTheReferencesScores()
    {
        var gtzan = GtzanFeatures.Load("features_30_sec.csv");
        var scaler = new StandardScaler();
        scaler.Fit(gtzan.Features.Select(GtzanReference.Ints("train_rows")));
        var fitted = Fitted(new LogisticOptions(), scaler.Transform(gtzan.Features.Select(GtzanReference.Ints("train_rows"))),
            GtzanReference.Ints("labels_train"), 10);
        // Theirs stopped at a gradient of 1e-4, C = 1: its own distance from the optimum.
        Close.Assert(GtzanReference.Doubles("scores"), fitted.PredictProbabilities(Rows()).Data, 5e-4);
    }

    [Fact]
    public void Fit_OneOrManyThreads_SameBits()
    {
        var (x, labels) = (Rows(), Labels());
        var (one, many) = (Fitted(new LogisticOptions(), x, labels, 10, threads: 1),
            Fitted(new LogisticOptions(), x, labels, 10, threads: 0));
        Assert.Equal(one.Coefficients!.Data, many.Coefficients!.Data);
        Assert.Equal(one.PredictProbabilities(x).Data, many.PredictProbabilities(x).Data);
    }

    [Fact]
    public void Fit_ConstantColumnsTwinsAndAbsentClasses_GiveProbabilities()
    {
        var (x, labels) = ForestData.Leaning(60, 4, 3, 1);
        for (var r = 0; r < 60; r++) x.Row(r)[3] = 7;
        x.Row(0).CopyTo(x.Row(1));
        var fitted = Fitted(new LogisticOptions(), x, [.. labels.Select(l => l + 1)], 6);
        Assert.Equal([1, 2, 3], fitted.Present.ToArray());
        var probabilities = fitted.PredictProbabilities(x);
        for (var r = 0; r < 60; r++)
        {
            Close.Assert([1], [probabilities.Row(r).ToArray().Sum()], 1e-12);
            Assert.Equal((0, 0, 0), (probabilities[r, 0], probabilities[r, 4], probabilities[r, 5]));
        }
    }

    [Fact]
    public void Fit_TooFewIterations_WarnsWithTheGradient()
    {
        var warnings = new List<string>();
        var classifier = new LogisticRegression(new LogisticOptions { MaxIterations = 3 }) { Warn = warnings.Add };
        classifier.Fit(Rows(), Labels(), 10);
        Assert.Contains("not solved after 3 iterations; the gradient's largest component is", Assert.Single(warnings));
    }

    [Fact]
    public void LoadState_IntoAnother_PredictsAlike()
    {
        var first = Fitted(new LogisticOptions(), Rows(), Labels(), 12);
        var second = new LogisticRegression(new LogisticOptions());
        second.LoadState(first.SaveState());
        Assert.Equal((12, 57), (second.Classes, second.Columns));
        Assert.Equal(first.PredictProbabilities(Rows()).Data, second.PredictProbabilities(Rows()).Data);
    }

    [Fact]
    public void Logistic_WrongInput_NamesTheValue()
    {
        Assert.Contains("c is 0", Message(() => _ = new LogisticRegression(new LogisticOptions { C = 0 })));
        Assert.Contains("tolerance is NaN",
            Message(() => _ = new LogisticRegression(new LogisticOptions { Tolerance = double.NaN })));
        Assert.Contains("max iterations is 0",
            Message(() => _ = new LogisticRegression(new LogisticOptions { MaxIterations = 0 })));
        var classifier = new LogisticRegression(new LogisticOptions());
        Assert.Contains("not fitted", Message(() => classifier.PredictProbabilities(new FeatureMatrix(1, 1))));
        Assert.Contains("not fitted", Message(() => classifier.SaveState()));
        Assert.Contains("all 2 training rows have label 4; at least two labels are needed",
            Message(() => classifier.Fit(new FeatureMatrix(2, 1), [4, 4], 5)));
        Assert.Contains("row 0, column 0 is NaN",
            Message(() => classifier.Fit(new FeatureMatrix(2, 1, [double.NaN, 1]), [0, 1], 2)));
        Assert.Contains("2 rows but 1 labels", Message(() => classifier.Fit(new FeatureMatrix(2, 1), [0], 1)));
        classifier.Fit(new FeatureMatrix(2, 2, [1, 2, 3, 4]), [0, 1], 2);
        Assert.Contains("3 columns but it was fitted on 2",
            Message(() => classifier.PredictProbabilities(new FeatureMatrix(1, 3))));
        var state = new Dictionary<string, StoredTensor>(classifier.SaveState()) { ["present"] = new(new[] { 1, 1 }, 2) };
        Assert.Contains("'present' holds 1 at index 1", Message(() => classifier.LoadState(state)));
        state["present"] = new(new[] { 0, 2 }, 2);
        Assert.Contains("'present' holds 2 at index 1; labels must ascend and be in [0, 2)",
            Message(() => classifier.LoadState(state)));
        state.Remove("bias");
        Assert.Contains("tensor 'bias' is missing", Message(() => classifier.LoadState(state)));
    }

    [Fact]
    public void Fit_Cancelled_Stops()
    {
        using var source = new CancellationTokenSource();
        source.Cancel();
        Assert.Throws<OperationCanceledException>(
            () => new LogisticRegression(new LogisticOptions()) { Cancellation = source.Token }.Fit(Rows(), Labels(), 10));
    }

    private static string Message(Action act) => Assert.Throws<EngineException>(act).Message;
}
