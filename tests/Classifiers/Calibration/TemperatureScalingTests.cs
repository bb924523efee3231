using Engine.Classifiers;
using Engine.Classifiers.Evaluation;
using Engine.Tensors;
using Engine.Tests.Support;

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

    // Made by scipy 1.10.1: for each offset, one temperature by Nelder and Mead's method, then temperature and slope, of the same
    // loss with the slope's prior.
    [Fact]
    public void Fit_RowsRightMoreOftenWhereTheyAreSure_MatchesScipy()
    {
        var (scores, labels) = (new FeatureMatrix(80, 4), new int[80]);
        for (var r = 0; r < 80; r++)
        {
            var row = scores.Row(r);
            for (var k = 0; k < 4; k++) row[k] = Math.Pow((r * 37 + k * 61 + r * k * 17) % 101 + 1, 2);
            var total = row.ToArray().Sum();
            foreach (ref var s in row) s /= total;
            var best = row.ToArray().Index().MaxBy(s => s.Item).Index;
            var right = (row[best] > 0.6 && r % 7 != 0) || r % 3 == 0;
            labels[r] = right ? best : (best + 1 + r % 2) % 4;
        }

        var fitted = TemperatureScaling.FitAdaptive(scores, labels);
        Assert.Equal(0, TemperatureScaling.Fit(scores, labels).Slope);
        Assert.Equal(256, fitted.Offset);
        Assert.Equal(1.894640199, fitted.Slope, 1e-5);
        Assert.Equal(1, fitted.Temperature / 0.002580566, 1e-5);
        Close.Assert([0.10838156332647, 0.14715690292991, 0.24492934542118, 0.49953218832243],
            fitted.Apply(scores).Row(3).ToArray(), 1e-7);
    }

    [Fact]
    public void Fit_FewRows_LeavesTheSlopeNearZero()
    {
        var scores = new FeatureMatrix(3, 2, [0.9, 0.1, 0.6, 0.4, 0.55, 0.45]);
        Assert.InRange(TemperatureScaling.FitAdaptive(scores, [0, 1, 1]).Slope, -3, 3);
    }

    [Fact]
    public void Apply_Slope_DividesTheTemperatureByItsPower()
    {
        var scaling = new TemperatureScaling(2, 0.5) { Slope = 3 };
        double[] scores = [0.7, 0.2, 0.1], probabilities = new double[3];
        scaling.Apply(scores, probabilities);
        var power = Math.Pow(Math.E * 0.7, 3) / 2;
        double[] expected = [.. scores.Select(s => Math.Pow(s + 0.5, power))];
        Close.Assert([.. expected.Select(e => e / expected.Sum())], probabilities, 1e-14);
    }

    [Theory]
    [InlineData(-50)]
    [InlineData(50)]
    [InlineData(1e300)]
    public void Apply_SteepSlopeOrZeros_KeepsOrderAndSumsToOne(double slope)
    {
        var scaling = new TemperatureScaling(1, 1e-10) { Slope = slope };
        foreach (var scores in new double[][] { [0, 0, 0], [1, 0, 0], [0.3, 0.4, 0.3], [0.34, 0.33, 0.33] })
        {
            var probabilities = new double[3];
            scaling.Apply(scores, probabilities);
            Assert.Equal(1, probabilities.Sum(), 1e-12);
            for (var i = 0; i < 9; i++)
            {
                Assert.Equal(scores[i % 3].CompareTo(scores[i / 3]),
                    probabilities[i % 3].CompareTo(probabilities[i / 3]));
            }
        }
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
