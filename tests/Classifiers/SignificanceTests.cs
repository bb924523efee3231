using Engine.Classifiers;
using Engine.Classifiers.Evaluation;
using Engine.Tests.Support;
using FsCheck;
using FsCheck.Fluent;

namespace Engine.Tests.Classifiers;

/// <summary>
/// Tail probabilities, McNemar's test and the corrected resampled t-test; reference values are SciPy 1.10's, of quantiles
/// mpmath's (SciPy's have ten digits).
/// </summary>
public class SignificanceTests
{
    [Theory]
    [InlineData(1e-3, 6.907178885383853)]
    [InlineData(0.5, 0.5723649429247)]
    [InlineData(1, 0)]
    [InlineData(2.5, 0.2846828704729192)]
    [InlineData(14.9, 24.924132002217277)]
    [InlineData(150.5, 602.5139548705853)]
    [InlineData(1e6, 12815504.569147611)]
    public void LogGamma_SomeValues_MatchSciPy(double x, double expected) =>
    Close.Assert([expected], [SpecialFunctions.LogGamma(x)], 1e-13, 1e-14, $"{x}");

    [Theory]
    [InlineData(0.5, 0.5, 0.3, 0.3690101195655454)]
    [InlineData(10, 0.5, 0.9, 0.15164090963470997)]
    [InlineData(200, 300, 0.41, 0.6776281647721865)]
    [InlineData(0.01, 3, 0.2, 0.9950871182313158)]
    [InlineData(5, 1000, 0.01, 0.9720514415805842)]
    public void IncompleteBeta_SomeValues_MatchSciPy(double a, double b, double x, double expected) =>
        Close.Assert([expected], [SpecialFunctions.IncompleteBeta(a, b, x)], 1e-12, 1e-12, $"I_{x}({a}, {b})");

    [Theory]
    [InlineData(2.0, 9, 0.07655282377070093)]
    [InlineData(0.3, 1, 0.8144528418445154)]
    [InlineData(12.5, 4, 0.00023561604689269984)]
    [InlineData(4.781, 199, 3.3867066283705287e-06)]
    [InlineData(0.001, 2, 0.99929289339559)]
    public void StudentT_TwoSided_MatchesSciPy(double t, double freedom, double expected) =>
    Close.Assert([expected], [StudentT.TwoSided(t, freedom)], 0, 1e-11, $"{t}");

    [Theory]
    [InlineData(0.05, 9, 2.2621571627982055)]
    [InlineData(0.05, 1, 12.706204736174705)]
    [InlineData(0.01, 29, 2.7563859036706055)]
    public void StudentT_Quantile_MatchesMpmath(double chance, double freedom, double expected) =>
        Close.Assert([expected], [StudentT.TwoSidedQuantile(chance, freedom)], 0, 1e-12, $"{chance}");

    [Theory]
    [InlineData(0, 0, 1.0)]
    [InlineData(1, 5, 0.21875)]
    [InlineData(5, 1, 0.21875)]
    [InlineData(10, 10, 1.0)]
    [InlineData(0, 1, 1.0)]
    [InlineData(25, 60, 0.00018679938527835335)]
    [InlineData(3, 400, 1.056134041536089e-114)]
    public void McNemar_Counts_MatchSciPysBinomialTest(int onlyFirst, int onlySecond, double expected) =>
        Close.Assert([expected], [McNemar.Of(onlyFirst, onlySecond).PValue], 0, 1e-10, $"{onlyFirst}, {onlySecond}");

    [Fact]
    public void McNemar_AnyRows_CountsThemAndSumsTheBinomial()
    {
        Prop.ForAll(ArbMap.Default.ArbFor<NonEmptyArray<(bool First, bool Second)>>(), rows =>
        {
            var test = McNemar.Of([.. rows.Get.Select(r => r.First)], [.. rows.Get.Select(r => r.Second)]);
            var (b, c) = (rows.Get.Count(r => r is (true, false)), rows.Get.Count(r => r is (false, true)));
            var (term, tail) = (Math.Pow(0.5, b + c), 0.0);
            for (var k = 0; k <= Math.Min(b, c); k++)
            {
                tail += term;
                term *= (b + c - k) / (k + 1.0);
            }

            return test.OnlyFirst == b && test.OnlySecond == c && Math.Abs(test.PValue - Math.Min(1, 2 * tail)) < 1e-12;
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void McNemar_WrongInput_NamesTheValues()
    {
        Assert.Contains("2 rows of the first classifier but 1",
            Assert.Throws<EngineException>(() => McNemar.Of([true, false], [true])).Message);
        Assert.Contains("-1 and 3", Assert.Throws<EngineException>(() => McNemar.Of(-1, 3)).Message);
    }

    [Fact]
    public void CorrectedResampled_TenRounds_MatchesSciPy()
    {
        double[] differences = [0.02, 0.01, -0.01, 0.03, 0.00, 0.015, 0.02, 0.005, -0.005, 0.03];
        Close.Assert([0.1970614781772109], [CorrectedResampled.PValue(differences, 0.25)], 0, 1e-11, "p");
        Close.Assert([0.7161741741785002, 0.7878258258214998], CorrectedResampled.Interval([0.75, 0.73, 0.78, 0.74, 0.76], 0.25),
            1e-12, 0, "interval");
    }

    [Fact]
    public void CorrectedResampled_EqualRounds_IsCertainOrUndecided()
    {
        Assert.Equal(1, CorrectedResampled.PValue([0, 0, 0], 0.25));
        Assert.Equal(0, CorrectedResampled.PValue([0.125, 0.125, 0.125], 0.25));
        Assert.Equal([0.5, 0.5], CorrectedResampled.Interval([0.5, 0.5], 0.25));
        Assert.Equal([0.0, 1.0], CorrectedResampled.Interval([0.1, 0.9], 0.25));
    }

    [Fact]
    public void CorrectedResampled_WrongInput_NamesTheValue()
    {
        Assert.Contains("1 rounds", Assert.Throws<EngineException>(() => CorrectedResampled.Interval([0.5], 0.25)).Message);
        Assert.Contains("NaN tested rows", Assert.Throws<EngineException>(() => CorrectedResampled.PValue([0.5, 0.4], double.NaN))
            .Message);
    }
}
