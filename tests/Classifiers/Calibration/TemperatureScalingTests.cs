using Engine.Classifiers;
using Engine.Classifiers.Evaluation;
using Engine.Tensors;

namespace Engine.Tests.Classifiers.Calibration;

public class TemperatureScalingTests
{
    [Theory]
    [InlineData(0.5)]
    [InlineData(2)]
    [InlineData(4)]
    public void Fit_ScoresThatArePowersOfTheTruth_FindsThePower(double power)
    {
        var (truth, labels) = Drawn(5000, 4);
        var scores = new FeatureMatrix(truth.Rows, truth.Columns);
        for (var r = 0; r < truth.Rows; r++)
        {
            double total = 0;
            for (var c = 0; c < truth.Columns; c++) total += scores.Row(r)[c] = Math.Pow(truth[r, c], power);
            for (var c = 0; c < truth.Columns; c++) scores.Row(r)[c] /= total;
        }

        var fitted = TemperatureScaling.Fit(scores, labels).Apply(scores);
        // Two numbers from 5,000 draws: a few hundredths.
        var worst = truth.Data.Zip(fitted.Data).Max(p => Math.Abs(p.First - p.Second));
        Assert.InRange(worst, 0, 0.04);
    }

    [Fact]
    public void Fit_AllRight_PromisesNoCertainty()
    {
        var scores = new FeatureMatrix(30, 3);
        var labels = new int[30];
        for (var r = 0; r < 30; r++)
            (labels[r], scores.Row(r)[r % 3], scores.Row(r)[(r + 1) % 3], scores.Row(r)[(r + 2) % 3]) = (r % 3, 0.6, 0.2, 0.2);
        var top = TemperatureScaling.Fit(scores, labels).Apply(scores).Row(0)[0];
        // The rule of succession, (n + 1) / (n + 2), a third of whose doubt falls on the label itself.
        Assert.Equal(1 - 2.0 / 3 / 32, top, 1e-3);
    }

    [Fact]
    public void Fit_LabelsThatScoresSayNothingOf_GivesAllLabelsAlike()
    {
        var random = new RandomStream(3, "labels");
        var scores = new FeatureMatrix(400, 2);
        for (var r = 0; r < 400; r++) scores.Row(r)[r % 2] = 1;
        var labels = Enumerable.Range(0, 400).Select(_ => random.NextDouble() < 0.5 ? 0 : 1).ToArray();
        Assert.All(TemperatureScaling.Fit(scores, labels).Apply(scores).Data, p => Assert.InRange(p, 0.4, 0.6));
    }

    [Theory]
    [InlineData(1e-6, 1e-13)]
    [InlineData(1, 0.1)]
    [InlineData(1000, 100)]
    public void Apply_AnyScores_KeepsOrderAndTies(double temperature, double offset)
    {
        var random = new RandomStream(7, "scores");
        var scaling = new TemperatureScaling(temperature, offset);
        for (var trial = 0; trial < 200; trial++)
        {
            // Neighbouring doubles and equal ones among them.
            var scores = new double[12];
            for (var i = 0; i < scores.Length; i++)
            {
                scores[i] = i < 4 ? (double)random.NextUInt32() / uint.MaxValue : i < 8
                    ? Math.BitIncrement(scores[i - 1]) : scores[i - 4];
            }

            var probabilities = new double[scores.Length];
            scaling.Apply(scores, probabilities);
            Assert.Equal(1, probabilities.Sum(), 1e-12);
            for (var i = 0; i < scores.Length; i++)
            {
                for (var j = 0; j < scores.Length; j++)
                    Assert.Equal(scores[i].CompareTo(scores[j]), probabilities[i].CompareTo(probabilities[j]));
            }
        }
    }

    // Probabilities of softmax form, and a label drawn from each row.
    private static (FeatureMatrix Truth, int[] Labels) Drawn(int rows, int classes)
    {
        var random = new RandomStream(1, "truth");
        var (truth, labels) = (new FeatureMatrix(rows, classes), new int[rows]);
        for (var r = 0; r < rows; r++)
        {
            var row = truth.Row(r);
            double total = 0, passed = 0;
            foreach (ref var p in row) total += p = Math.Exp(random.NextGaussian());
            foreach (ref var p in row) p /= total;
            var draw = random.NextDouble();
            while (labels[r] < classes - 1 && (passed += row[labels[r]]) < draw) labels[r]++;
        }

        return (truth, labels);
    }
}
