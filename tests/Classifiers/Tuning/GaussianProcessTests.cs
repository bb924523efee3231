using Engine.Classifiers;
using Engine.Classifiers.Evaluation;
using Engine.Classifiers.Tuning;
using Engine.Tensors;
using Engine.Tests.Support;

namespace Engine.Tests.Classifiers.Tuning;

/// <summary>Reference values are those of scikit-learn 1.2.1's GaussianProcessRegressor and of SciPy 1.10.</summary>
public class GaussianProcessTests
{
    private static readonly FeatureMatrix s_rows = new(6, 2, [0.1, 0.9, 0.4, 0.2, 0.75, 0.55, 0.3, 0.6, 0.95, 0.05, 0.6, 0.85]);
    private static readonly double[] s_values = [0.2, -1.1, 0.7, 1.3, -0.9, 0.4];
    private static readonly MaternKernel s_kernel = new([Math.Log(0.4), Math.Log(1.3), Math.Log(1.7), Math.Log(0.05)]);

    [Fact]
    public void MarginalLikelihood_FixedKernel_MatchesScikitLearn()
    {
        var (value, gradient) = new MarginalLikelihood(s_rows, s_values, [0, 1]).At(s_kernel);
        Close.Assert([-16.049540086462823], [value], 1e-12, 0, "value");
        Close.Assert([-8.638706561548792, -7.854959649432039, 4.591866449162799, 3.9117799426385655], gradient, 1e-11, 0,
            "gradient");
    }

    [Fact]
    public void MarginalLikelihood_Gradient_MatchesCentralDifferences()
    {
        var random = new RandomStream(1, "gp");
        var rows = new FeatureMatrix(12, 4, [.. Enumerable.Range(0, 48).Select(_ => random.NextDouble())]);
        double[] values = [.. Enumerable.Range(0, 12).Select(_ => random.NextGaussian())];
        var likelihood = new MarginalLikelihood(rows, values, [0, 1, 1, 2]);
        for (var draw = 0; draw < 5; draw++)
        {
            var kernel = MaternKernel.Draw(3, random) is var drawn && drawn.Noise < 1e-3
                ? new MaternKernel([.. drawn.Logarithms[..^1], Math.Log(1e-3)]) : drawn;
            var gradient = likelihood.At(kernel).Gradient;
            for (var p = 0; p < gradient.Length; p++)
            {
                double At(double step)
                {
                    var moved = (double[])kernel.Logarithms.Clone();
                    moved[p] += step;
                    return likelihood.At(new MaternKernel(moved)).Value;
                }

                const double step = 1e-5;
                Close.Assert([(At(step) - At(-step)) / (2 * step)], [gradient[p]], 1e-5, 1e-5, $"parameter {p}");
            }
        }
    }

    [Fact]
    public void Covariance_FixedKernel_IsMaternsFormula()
    {
        var covariance = new MarginalLikelihood(s_rows, s_values, [0, 1]).Covariance(s_kernel);
        var r = Math.Sqrt(Math.Pow(0.3 / 0.4, 2) + Math.Pow(0.7 / 1.3, 2));
        Assert.Equal(1.7 * (1 + Math.Sqrt(5) * r + 5 * r * r / 3) * Math.Exp(-Math.Sqrt(5) * r), covariance[0, 1], 13);
        Assert.Equal(1.75, covariance[2, 2], 13);
    }

    [Fact]
    public void Fit_SmoothFunction_FollowsItAndKnowsWhereItDoesNot()
    {
        var random = new RandomStream(3, "gp");
        static double F(double x, double y) => Math.Sin(5 * x) + 0.1 * y;
        var rows = new FeatureMatrix(40, 2, [.. Enumerable.Range(0, 80).Select(_ => 0.8 * random.NextDouble())]);
        double[] values = [.. Enumerable.Range(0, 40).Select(r => F(rows[r, 0], rows[r, 1]) + 0.01 * random.NextGaussian())];
        var process = GaussianProcess.Fit(rows, values, [0, 1], random);
        Assert.True(process.Kernel.Length(0) < process.Kernel.Length(1), "the first parameter matters more");
        var (inside, sure) = process.Predict([0.4, 0.4]);
        var (_, unsure) = process.Predict([1.5, 0.4]);
        Assert.Equal(F(0.4, 0.4), inside, 0.03);
        Assert.True(unsure > 5 * sure, $"{sure} {unsure}");
    }

    [Fact]
    public void Fit_Likelihood_IsNoWorseThanOfManyKernels()
    {
        var random = new RandomStream(4, "gp");
        var mean = s_values.Average();
        var deviation = Math.Sqrt(s_values.Average(v => (v - mean) * (v - mean)));
        var likelihood = new MarginalLikelihood(s_rows, [.. s_values.Select(v => (v - mean) / deviation)], [0, 1]);
        var found = likelihood.At(GaussianProcess.Fit(s_rows, s_values, [0, 1], random).Kernel).Value;
        Assert.All(Enumerable.Range(0, 500), _ => Assert.True(likelihood.At(MaternKernel.Draw(2, random)).Value <= found + 1e-6));
    }

    [Fact]
    public void Climb_BestKernel_HasTheLikelihoodItIsGivenFor()
    {
        var likelihood = new MarginalLikelihood(s_rows, s_values, [0, 1]);
        var start = MaternKernel.Middle(2);
        var before = start.Logarithms.ToArray();
        var (kernel, value) = likelihood.Climb(start);
        Assert.Equal(value, likelihood.At(new MaternKernel([.. kernel.Logarithms])).Value);
        Assert.True(value >= likelihood.At(start).Value);
        Assert.Equal(before, start.Logarithms);
    }

    [Fact]
    public void Fit_EqualValuesAndRepeatedRows_PredictsThem()
    {
        var rows = new FeatureMatrix(4, 1, [0.5, 0.5, 0.5, 0.1]);
        var (mean, deviation) = GaussianProcess.Fit(rows, [0.7, 0.7, 0.7, 0.7], [0], new RandomStream(1, "gp")).Predict([0.3]);
        Assert.Equal(0.7, mean, 12);
        Assert.True(double.IsFinite(deviation));
    }

    [Theory]
    [InlineData(0.5, 0.1, 0.6, 0.008331547058768637)]
    [InlineData(0.7, 0.2, 0.6, 0.13955931148026118)]
    [InlineData(0.1, 0.05, 0.6, 3.73728012729756e-26)]
    [InlineData(1, 0, 0.5, 0.5)]
    [InlineData(0.4, 0, 0.5, 0)]
    public void ExpectedImprovement_SomeValues_MatchSciPy(double mean, double deviation, double best, double expected) =>
        Close.Assert([expected], [ExpectedImprovement.Of(mean, deviation, best)], 1e-15, 1e-9, $"{mean}");

    [Theory]
    [InlineData(-10, 7.61985302416047e-24)]
    [InlineData(-5, 2.866515718791933e-07)]
    [InlineData(-4.2, 1.334574901590631e-05)]
    [InlineData(-1, 0.15865525393145707)]
    [InlineData(0, 0.5)]
    [InlineData(0.3, 0.6179114221889526)]
    [InlineData(2.5, 0.9937903346742238)]
    [InlineData(4.24, 0.9999888240106679)]
    [InlineData(4.25, 0.9999893114742251)]
    [InlineData(9, 1)]
    public void NormalBelow_SomeValues_MatchSciPy(double z, double expected) =>
    Close.Assert([expected], [SpecialFunctions.NormalBelow(z)], 2e-16, 1e-11, $"{z}");
}
