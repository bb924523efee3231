using Engine.Classifiers;
using Engine.Classifiers.Scaling;
using Engine.Tensors.Serialization;
using Engine.Tests.Support;

namespace Engine.Tests.Classifiers;

public class ScalerTests
{
    public static TheoryData<string> Names => ["standard", "robust", "minmax"];

    private static LinearScaler Create(string name) => name switch
    {
        "standard" => new StandardScaler(),
        "robust" => new RobustScaler(),
        _ => new MinMaxScaler(),
    };

    private static double[] Row(ReadOnlySpan<double> values) => values.ToArray();

    [Fact]
    public void StandardScaler_Column_HasMeanZeroAndPopulationDeviationOne()
    {
        var scaler = new StandardScaler();
        scaler.Fit(new FeatureMatrix(4, 1, [1, 2, 3, 6]));
        Assert.Equal([3], Row(scaler.Center));
        Close.Assert([Math.Sqrt(3.5)], scaler.Scale, 1e-15);
        Close.Assert([-2 / Math.Sqrt(3.5)], scaler.Transform(new FeatureMatrix(1, 1, [1])).Data, 1e-15);
    }

    [Fact]
    public void StandardScaler_LargeOffset_KeepsItsDigits()
    {
        // 1e9 + {0, 1, 2}: a one-pass Σx² - (Σx)² would have no digit left.
        var scaler = new StandardScaler();
        scaler.Fit(new FeatureMatrix(3, 1, [1e9, 1e9 + 1, 1e9 + 2]));
        Close.Assert([Math.Sqrt(2.0 / 3)], scaler.Scale, 1e-12);
    }

    [Fact]
    public void StandardScaler_ConstantUpToRounding_IsOnlyCentred()
    {
        // The mean of three times 0.1 is not 0.1 in binary; the residue must not be blown up to ±1.
        var scaler = new StandardScaler();
        scaler.Fit(new FeatureMatrix(3, 1, [0.1, 0.1, 0.1]));
        Assert.Equal([1], Row(scaler.Scale));
    }

    [Fact]
    public void RobustScaler_FiveValues_InterpolatesQuartiles()
    {
        // numpy.percentile([1, 2, 4, 10, 50, 100], [25, 50, 75]) is 2.5, 7, 40.
        var scaler = new RobustScaler();
        scaler.Fit(new FeatureMatrix(6, 1, [100, 1, 10, 2, 50, 4]));
        Assert.Equal([7], Row(scaler.Center));
        Assert.Equal([37.5], Row(scaler.Scale));
    }

    [Fact]
    public void MinMaxScaler_Column_MapsToUnitInterval()
    {
        var scaler = new MinMaxScaler();
        scaler.Fit(new FeatureMatrix(3, 1, [-2, 0, 2]));
        Assert.Equal([0.0, 0.5, 1.0, 1.5], scaler.Transform(new FeatureMatrix(4, 1, [-2, 0, 2, 4])).Data);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Scaler_ConstantColumn_BecomesZero(string name)
    {
        var scaler = Create(name);
        var x = new FeatureMatrix(3, 2, [5, 1, 5, 2, 5, 3]);
        scaler.Fit(x);
        var scaled = scaler.Transform(x);
        Assert.Equal(1, scaler.Scale[0]);
        for (var r = 0; r < 3; r++) Assert.Equal(0, scaled[r, 0]);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Scaler_StateIntoAnother_TransformsAlike(string name)
    {
        var (first, second) = (Create(name), Create(name));
        var x = new FeatureMatrix(3, 2, [5, 1, 7, 2, 4, 9]);
        first.Fit(x);
        second.LoadState(first.SaveState());
        Assert.Equal(2, second.Columns);
        Assert.Equal(first.Transform(x).Data, second.Transform(x).Data);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Scaler_WrongInput_NamesTheValue(string name)
    {
        var scaler = Create(name);
        Assert.Contains("not fitted", Message(() => scaler.Transform(new FeatureMatrix(1, 1))));
        Assert.Contains("not fitted", Message(() => scaler.SaveState()));
        Assert.Contains("[0, 3]", Message(() => scaler.Fit(new FeatureMatrix(0, 3))));
        Assert.Contains("row 1, column 0 is NaN", Message(() => scaler.Fit(new FeatureMatrix(2, 2, [0, 0, double.NaN, 0]))));
        scaler.Fit(new FeatureMatrix(2, 2, [0, 1, 2, 3]));
        Assert.Contains("3 columns but it was fitted on 2", Message(() => scaler.Transform(new FeatureMatrix(1, 3))));
        Assert.Contains("tensor 'center' is missing", Message(() => scaler.LoadState(new Dictionary<string, StoredTensor>())));
        var state = new Dictionary<string, StoredTensor>
        {
            ["center"] = new(new double[2], 2),
            ["scale"] = new(new double[3], 3)
        };
        Assert.Contains("tensor 'scale' is F64 [3]; expected F64 [2]", Message(() => scaler.LoadState(state)));
        state["scale"] = new(new double[2], 2);
        Assert.Contains("tensor 'scale' is 0 at index 0", Message(() => scaler.LoadState(state)));
        state["scale"] = new(new[] { 1, double.PositiveInfinity }, 2);
        Assert.Contains("tensor 'scale' holds Infinity", Message(() => scaler.LoadState(state)));
    }

    [Fact]
    public void StandardScaler_RangeBeyondDouble_Throws() =>
        Assert.Contains("column 0 has too wide a range",
            Message(() => new StandardScaler().Fit(new FeatureMatrix(2, 1, [-1.7e308, 1.7e308]))));

    private static string Message(Action act) => Assert.Throws<EngineException>(act).Message;
}
