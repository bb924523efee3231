using Engine.Classifiers;
using Engine.Classifiers.Bayes;
using Engine.Tensors.Serialization;
using Engine.Tests.Classifiers.Trees;
using Engine.Tests.Support;

namespace Engine.Tests.Classifiers;

public class GaussianNaiveBayesTests
{
    private static (FeatureMatrix X, int[] Labels) Gtzan(int parity)
    {
        int[] rows = [.. Enumerable.Range(0, 200).Where(r => r % 2 == parity)];
        var labels = GtzanReference.Ints("labels_test");
        return (new FeatureMatrix(200, 57, GtzanReference.Doubles("standard_test")).Select(rows),
            [.. rows.Select(r => labels[r])]);
    }

    private static GaussianNaiveBayes Fitted(FeatureMatrix x, int[] labels, int classes, double smoothing = 1e-9)
    {
        var bayes = new GaussianNaiveBayes(smoothing);
        bayes.Fit(x, labels, classes);
        return bayes;
    }

    // Fitted on even rows, asked for odd ones: scikit-learn's GaussianNB.
    [Fact]
    public void Predict_GtzanRows_GivesScikitLearnsProbabilities()
    {
        var (x, labels) = Gtzan(0);
        var (other, truth) = Gtzan(1);
        var probabilities = Fitted(x, labels, 10).PredictProbabilities(other);
        Close.Assert(
            [8.92416353067614e-05, 2.2462546604259468e-21, 0.6795294968083228, 6.438768747801387e-10, 1.2717298671693325e-08,
                4.219517611904204e-07, 5.746209928462249e-35, 2.611016483612125e-28, 0.3203808262434386, 1.2577342494394478e-18],
            probabilities.Row(0), 0, 1e-9);
        Assert.Equal(48, probabilities.ArgMax().Zip(truth).Count(p => p.First == p.Second));
    }

    [Theory]
    [InlineData(1e-9)]
    [InlineData(0.1)]
    public void Predict_AnyRows_IsTheDefinition(double smoothing)
    {
        var (x, labels) = ForestData.Leaning(90, 4, 3, 5);
        var raise = smoothing * Enumerable.Range(0, 4).Max(c => Variance([.. Enumerable.Range(0, 90).Select(r => x[r, c])]));
        var query = x.Row(7).ToArray();
        var densities = Enumerable.Range(0, 3).Select(k =>
        {
            int[] mine = [.. Enumerable.Range(0, 90).Where(r => labels[r] == k)];
            return mine.Length / 90.0 * Enumerable.Range(0, 4).Aggregate(1.0, (product, c) =>
            {
                double[] values = [.. mine.Select(r => x[r, c])];
                var variance = Variance(values) + raise;
                return product * Math.Exp(-Math.Pow(query[c] - values.Average(), 2) / (2 * variance)) / Math.Sqrt(
                    2 * Math.PI * variance);
            });
        }).ToArray();
        Close.Assert([.. densities.Select(d => d / densities.Sum())], Fitted(x, labels, 3, smoothing).PredictProbabilities(x)
            .Row(7), 0, 1e-9);

        static double Variance(double[] values) => values.Average(v => Math.Pow(v - values.Average(), 2));
    }

    [Fact]
    public void Fit_ConstantColumnTwinsAbsentAndSingleClasses_GiveProbabilities()
    {
        var x = new FeatureMatrix(4, 2, [1, 5, 1, 5, 3, 5, 4, 5]);
        var probabilities = Fitted(x, [1, 1, 3, 3], 5).PredictProbabilities(x);
        Assert.Equal([1, 1, 3, 3], probabilities.ArgMax());
        for (var r = 0; r < 4; r++) Assert.Equal((0, 0, 0), (probabilities[r, 0], probabilities[r, 2], probabilities[r, 4]));
        Assert.Equal([1.0, 1, 1, 1], Fitted(x, [0, 0, 0, 0], 1).PredictProbabilities(x).Data);
    }

    [Fact]
    public void LoadState_IntoAnother_PredictsAlike()
    {
        var (x, labels) = Gtzan(0);
        var first = Fitted(x, labels, 12);
        var second = new GaussianNaiveBayes();
        second.LoadState(first.SaveState());
        Assert.Equal((12, 57), (second.Classes, second.Columns));
        Assert.Equal(first.PredictProbabilities(x).Data, second.PredictProbabilities(x).Data);
    }

    [Fact]
    public void Bayes_WrongInput_NamesTheValue()
    {
        Assert.Contains("smoothing is -1", Message(() => _ = new GaussianNaiveBayes(-1)));
        var bayes = new GaussianNaiveBayes(0);
        Assert.Contains("not fitted", Message(() => bayes.PredictProbabilities(new FeatureMatrix(1, 1))));
        Assert.Contains("not fitted", Message(() => bayes.SaveState()));
        Assert.Contains("column 0 is constant in class 0 and smoothing is 0",
            Message(() => bayes.Fit(new FeatureMatrix(3, 1, [1, 1, 2]), [0, 0, 1], 2)));
        Assert.Contains("column 0 has too wide a range",
            Message(() => bayes.Fit(new FeatureMatrix(2, 1, [1e300, -1e300]), [0, 0], 1)));
        Assert.Contains("row 1, column 0 is NaN", Message(() => bayes.Fit(new FeatureMatrix(2, 1, [1, double.NaN]), [0, 1], 2)));
        bayes.Fit(new FeatureMatrix(4, 1, [1, 2, 3, 4]), [0, 0, 1, 1], 2);
        Assert.Contains("row 0 is so far", Message(() => bayes.PredictProbabilities(new FeatureMatrix(1, 1, [1e300]))));
        Assert.Contains("2 columns but it was fitted on 1", Message(() => bayes.PredictProbabilities(new FeatureMatrix(1, 2))));
        var state = new Dictionary<string, StoredTensor>(bayes.SaveState()) { ["variances"] = new(new double[2], 2, 1) };
        Assert.Contains("'variances' holds 0 for class 0, column 0", Message(() => bayes.LoadState(state)));
        state["priors"] = new(new[] { 0.5, 2.0 }, 2);
        state["variances"] = new(new[] { 1.0, 1.0 }, 2, 1);
        Assert.Contains("'priors' holds 2 at index 1", Message(() => bayes.LoadState(state)));
        state.Remove("means");
        Assert.Contains("tensor 'means' is missing", Message(() => bayes.LoadState(state)));
    }

    private static string Message(Action act) => Assert.Throws<EngineException>(act).Message;
}
