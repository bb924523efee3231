using System.Globalization;
using Engine.Classifiers;
using Engine.Classifiers.Numerics;
using Engine.Classifiers.Scaling;
using Engine.Tensors.Serialization;
using Engine.Tests.Support;

namespace Engine.Tests.Classifiers;

/// <summary>
/// Power and log scaler. The references of the power scaler were computed with 60 digits (mpmath 1.2.1: the root of the slope of
/// the likelihood); scikit-learn 1.2.1 gives the same λ to about 1e-7, where it does not overflow.
/// </summary>
public class CurvedScalerTests
{
    private const int Rows = 40;

    public static TheoryData<string> Names => ["power", "log"];

    // Values from 0 to 1.1 in no order.
    private static double[] Column(Func<double, double> of) =>
        [.. Enumerable.Range(0, Rows).Select(i => of((i * 37 + 11) % 41 / 41.0 + 0.003 * i))];

    public static TheoryData<string, double, double[]> References => new()
    {
        { "skewed", -0.0968046838994666, [-0.970850736948, -1.2497773982, -1.50509671589, 0.351961038974] },
        { "negative", 2.12431839514008, [0.967571916584, 1.24844695916, 1.50901109994, -0.349790122493] },
        { "mixed", 1.21302879555362, [-0.781833427581, -1.19102344235, -1.73829156282, 0.256350083627] },
        { "large", 0.0336752931956447, [-0.950772624434, -1.25609541847, -1.55755383465, 0.358830054836] },
        { "tiny", -1921.71291630943, [-0.977253764913, -1.20619626931, -1.4057487442, 0.296483684461] },
        { "left", 9.38636279730697, [0.984442489476, 1.15397657045, 1.28696120626, -0.237318984755] },
        { "zeros", -0.85587652294682, [-0.991310326388, -0.625121936341, -0.907098237212, 1.04011778306] },
    };

    private static double[] Values(string name) => name switch
    {
        "skewed" => Column(u => Math.Exp(3 * u)),
        "negative" => Column(u => -Math.Exp(2.5 * u)),
        "mixed" => Column(u => Math.Sinh(4 * (u - 0.6))),
        "large" => Column(u => 1e9 * Math.Exp(4 * u)),
        "tiny" => Column(u => 1e-4 * Math.Exp(2 * u)),
        "left" => Column(u => 100 - Math.Exp(3 * u)),
        _ => [.. Column(u => u * u * 5).Select((v, i) => i % 3 == 0 ? 0 : v)],
    };

    [Theory]
    [MemberData(nameof(References))]
    public void PowerScaler_AwkwardColumn_HasThePowerOfGreatestLikelihood(string name, double lambda, double[] expected)
    {
        var x = new FeatureMatrix(Rows, 1, Values(name));
        var scaler = new PowerScaler();
        scaler.Fit(x);
        Close.Assert([lambda], scaler.Lambda, 0, 1e-9, "lambda");
        var y = scaler.Transform(x).Data;
        Close.Assert(expected, [y[0], y[1], y[2], y[17]], 1e-9, 0, name);
        Assert.Equal(0, y.Average(), 1e-9);
        Assert.Equal(1, y.Average(v => v * v), 1e-9);
    }

    [Fact]
    public void PowerScaler_MirroredColumn_IsTheMirrorImage()
    {
        foreach (var name in new[] { "skewed", "mixed", "large", "left" })
        {
            var values = Values(name);
            var (one, other) = (new PowerScaler(), new PowerScaler());
            one.Fit(new(Rows, 1, values));
            other.Fit(new(Rows, 1, [.. values.Select(v => -v)]));
            Assert.Equal(2 - one.Lambda[0], other.Lambda[0], 1e-8);
        }
    }

    // The likelihood of 1000 + u³ still rises where values would underflow; scipy 1.12 and later stop at the same bound.
    [Fact]
    public void PowerScaler_NearlyConstantColumn_StopsAtTheBound()
    {
        var x = new FeatureMatrix(Rows, 1, Column(u => 1000 + u * u * u));
        var scaler = new PowerScaler();
        scaler.Fit(x);
        Assert.Equal(-33.9410793751929, scaler.Lambda[0], 1e-8);
        Assert.All(scaler.Transform(x).Data, v => Assert.True(double.IsFinite(v)));
    }

    [Theory]
    [InlineData(7.0)]
    [InlineData(0.0)]
    [InlineData(-0.1)]
    [InlineData(1e300)]
    public void PowerScaler_ConstantColumn_IsOnlyCentred(double value)
    {
        var x = new FeatureMatrix(3, 1, [value, value, value]);
        var scaler = new PowerScaler();
        scaler.Fit(x);
        Assert.Equal(1, scaler.Lambda[0]);
        Assert.All(scaler.Transform(x).Data, v => Assert.True(Math.Abs(v) <= 1e-15 * Math.Abs(value)));
    }

    [Fact]
    public void PowerScaler_HugeValues_StayFinite()
    {
        var x = new FeatureMatrix(4, 3, [1e300, -1e150, 5e-324, 1e250, 1e149, 1e-300, 1e100, 3, 1, 1e308, -7, 1e5]);
        var scaler = new PowerScaler();
        scaler.Fit(x);
        Assert.All(scaler.Transform(x).Data, v => Assert.True(double.IsFinite(v)));
    }

    // No power but 1 keeps both ends finite, and then the variance is not.
    [Fact]
    public void PowerScaler_RangeBeyondDouble_IsRefused() =>
        Assert.Contains("PowerScaler: column 0 has too wide a range",
            Message(() => new PowerScaler().Fit(new(3, 1, [-1.7e308, 1, 1.7e308]))));

    [Fact]
    public void PowerScaler_ValueFarFromWhatWasLearned_IsNamed()
    {
        var scaler = new PowerScaler();
        scaler.Fit(new(Rows, 1, Values("left")));
        Assert.Contains(
            "PowerScaler: row 1, column 0 is 1E+60, so far from what was learned that it overflows (lambda 9.38",
            Message(() => scaler.Transform(new(2, 1, [1, 1e60]))));
    }

    [Fact]
    public void LogScaler_Column_IsTheStandardisedSymmetricLogarithm()
    {
        double[] values = [-9, 0, 0.5, 1, 3, 100];
        var scaler = new LogScaler();
        scaler.Fit(new(6, 1, values));
        Assert.Equal([3.0], scaler.Unit.ToArray());
        var logs = values.Select(v => Math.Sign(v) * Math.Log(1 + Math.Abs(v) / 3)).ToArray();
        var mean = logs.Average();
        var deviation = Math.Sqrt(logs.Average(v => (v - mean) * (v - mean)));
        Close.Assert([.. logs.Select(v => (v - mean) / deviation)], scaler.Transform(new(6, 1, values)).Data, 1e-14);
    }

    // Small numbers bend as large ones do; zeros have no magnitude.
    [Fact]
    public void LogScaler_OtherUnits_GiveTheSameColumn()
    {
        double[] values = [-9, 0, 0.5, 1, 3, 100];
        var expected = Scaled(values);
        Close.Assert(expected, Scaled([.. values.Select(v => v * 1e-200)]), 1e-12);
        Close.Assert(expected, Scaled([.. values.Select(v => v * 1e200)]), 1e-12);
        Assert.Equal(new double[3], Scaled([0, 0, 0]));
        Assert.All(Scaled([1e-300, 1e-300, 1e300]), v => Assert.True(double.IsFinite(v)));

        static double[] Scaled(double[] values)
        {
            var (x, scaler) = (new FeatureMatrix(values.Length, 1, values), new LogScaler());
            scaler.Fit(x);
            return scaler.Transform(x).Data;
        }
    }

    private static CurvedScaler Create(string name) => name == "power" ? new PowerScaler() : new LogScaler();

    [Theory]
    [MemberData(nameof(Names))]
    public void Scaler_StateIntoAnother_TransformsAlike(string name)
    {
        var (first, second) = (Create(name), Create(name));
        var x = new FeatureMatrix(4, 2, [5, 1, 7, -2, 4, 9, 3, 0]);
        first.Fit(x);
        second.LoadState(first.SaveState());
        Assert.Equal(2, second.Columns);
        Assert.Equal(first.Transform(x).Data, second.Transform(x).Data);
    }

    [Theory]
    [InlineData("power", "lambda")]
    [InlineData("log", "unit")]
    public void Scaler_WrongInput_NamesTheValue(string name, string parameter)
    {
        var scaler = Create(name);
        Assert.Contains("not fitted", Message(() => scaler.Transform(new FeatureMatrix(1, 1))));
        Assert.Contains("not fitted", Message(() => scaler.SaveState()));
        Assert.Contains("Scaler: cannot be fitted on [0, 3]", Message(() => scaler.Fit(new FeatureMatrix(0, 3))));
        Assert.Contains("row 1, column 0 is NaN", Message(() => scaler.Fit(new FeatureMatrix(2, 2, [0, 0, double.NaN, 0]))));
        scaler.Fit(new FeatureMatrix(2, 2, [0, 1, 2, 3]));
        Assert.Contains("3 columns but it was fitted on 2", Message(() => scaler.Transform(new FeatureMatrix(1, 3))));
        Assert.Contains($"tensor '{parameter}' is missing",
            Message(() => scaler.LoadState(new Dictionary<string, StoredTensor>())));
        var state = new Dictionary<string, StoredTensor>(scaler.SaveState()) { ["center"] = new(new double[3], 3) };
        Assert.Contains("tensor 'center' is F64 [3]; expected F64 [2]", Message(() => scaler.LoadState(state)));
        state = new(scaler.SaveState()) { ["scale"] = new(new double[2], 2) };
        Assert.Contains("Scaler: tensor 'scale' is 0 at index 0", Message(() => scaler.LoadState(state)));
        if (name != "log") return;
        state = new(scaler.SaveState()) { ["unit"] = new(new[] { 1.0, -1 }, 2) };
        Assert.Contains("LogScaler: tensor 'unit' is -1 at index 1", Message(() => scaler.LoadState(state)));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Typical_Rows_LieAtTheMiddleAndBesideIt(string name)
    {
        var scaler = Create(name);
        scaler.Fit(new(Rows, 2, [.. Values("skewed").Zip(Values("negative"), (a, b) => new[] { a, b }).SelectMany(v => v)]));
        Close.Assert([0.0, 0, 1, 1], scaler.Transform(scaler.Typical()).Data, 1e-9);
    }

    [Fact]
    public void Exponentials_NearZero_KeepTheirDigits()
    {
        foreach (var x in new[] { 1e-300, 1e-20, 1e-9, 1e-3, 0.3, 0.999, 1.001, 20 })
        {
            // (e^x - 1) / x of the series, whose terms are all positive.
            double mean = 0, slope = 0, term = 1;
            for (var k = 1; k < 120; k++)
            {
                mean += term / k;
                slope += term / (k + 1.0);
                term *= x / k;
            }

            Close.Assert([mean, x * mean], [Exponentials.Mean(x), Exponentials.Expm1(x)], 0, 1e-15,
                x.ToString(CultureInfo.InvariantCulture));
            Close.Assert([slope], [Exponentials.MeanSlope(x)], 0, 1e-13, "slope");
            Assert.Equal(x, Exponentials.Log1p(Exponentials.Expm1(x)), 4e-16 * x);
        }
    }

    private static string Message(Action act) => Assert.Throws<EngineException>(act).Message;
}
