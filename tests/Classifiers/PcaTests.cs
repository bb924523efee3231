using Engine.Classifiers;
using Engine.Classifiers.Decomposition;
using Engine.Tensors.Serialization;
using Engine.Tests.Support;
using static Engine.Tests.Support.ReferenceMatrix;
using Vectors = Engine.Classifiers.Numerics.Vectors;

namespace Engine.Tests.Classifiers;

[EveryInstructionSet]
public class PcaTests
{
    // Rows whose columns have falling deviations, mixed by a normal matrix, far from the origin.
    private static FeatureMatrix Rows(int rows, int columns, ulong seed, double decay = 0.7)
    {
        var x = Normal(rows, columns, seed);
        for (var r = 0; r < rows; r++)
            for (var c = 0; c < columns; c++) x.Row(r)[c] *= Math.Pow(decay, c);
        x = Product(x, Normal(columns, columns, seed + 1));
        foreach (ref var v in x.Data.AsSpan()) v += 10;
        return x;
    }

    private static FeatureMatrix Covariance(FeatureMatrix x)
    {
        var mean = new double[x.Columns];
        for (var r = 0; r < x.Rows; r++)
            for (var c = 0; c < x.Columns; c++) mean[c] += x[r, c] / x.Rows;
        var covariance = new FeatureMatrix(x.Columns, x.Columns);
        for (var r = 0; r < x.Rows; r++)
            for (var a = 0; a < x.Columns; a++)
                for (var b = 0; b < x.Columns; b++)
                    covariance.Row(a)[b] += (x[r, a] - mean[a]) * (x[r, b] - mean[b]) / (x.Rows - 1);
        return covariance;
    }

    private static Pca Fitted(FeatureMatrix x, PcaOptions options, ulong seed = 0, int threads = 0)
    {
        var pca = new Pca(options) { Seed = seed, Threads = threads };
        pca.Fit(x);
        return pca;
    }

    [Theory]
    [InlineData(60, 12, 12)]
    [InlineData(12, 12, 5)]
    [InlineData(15, 40, 6)]
    [InlineData(700, 5, 2)]
    [InlineData(6, 1500, 3)]
    public void Fit_Full_FindsTheCovariancesEigenvectors(int rows, int columns, int components)
    {
        var x = Rows(rows, columns, 1);
        var pca = Fitted(x, new PcaOptions(components) { Solver = PcaSolver.Full });
        var covariance = columns > 100 ? null : Covariance(x);
        Close.Assert(Identity(components).Data, Product(pca.Components, Transpose(pca.Components)).Data, 1e-12, 0, "orthonormal");
        for (var i = 0; i < components; i++)
        {
            var axis = pca.Components.Row(i).ToArray();
            Assert.True(axis[Array.FindIndex(axis, v => Math.Abs(v) == axis.Max(Math.Abs))] > 0);
            if (covariance is null) continue;
            var image = Product(covariance, new FeatureMatrix(columns, 1, axis)).Data;
            Close.Assert([.. axis.Select(v => v * pca.ExplainedVariance[i])], image, 1e-10 * pca.ExplainedVariance[0]);
        }

        if (components == Math.Min(rows, columns)) Assert.Equal(1, pca.ExplainedVarianceRatio.ToArray().Sum(), 1e-12);
    }

    [Fact]
    public void Fit_Randomized_FindsWhatFullFinds()
    {
        var x = Rows(120, 300, 2, 0.9);
        var full = Fitted(x, new PcaOptions(5) { Solver = PcaSolver.Full });
        var sketch = Fitted(x, new PcaOptions(5, Solver: PcaSolver.Randomized), seed: 3);
        Close.Assert(full.ExplainedVariance, sketch.ExplainedVariance, 0, 1e-8, "variance");
        Close.Assert(full.ExplainedVarianceRatio, sketch.ExplainedVarianceRatio, 0, 1e-8, "ratio");
        Close.Assert(full.Components.Data, sketch.Components.Data, 1e-6, 0, "components");
    }

    [Fact]
    public void Transform_AllComponents_KeepsDistances()
    {
        var x = Rows(20, 6, 4);
        var projected = Fitted(x, new PcaOptions(6)).Transform(x);
        for (var r = 1; r < x.Rows; r++)
        {
            Assert.Equal(Vectors.SquaredDistance(x.Row(0), x.Row(r)), Vectors.SquaredDistance(projected.Row(0), projected.Row(r)),
                1e-9);
        }
    }

    [Fact]
    public void Transform_Whitened_HasUnitCovariance()
    {
        var x = Rows(50, 8, 5);
        var pca = Fitted(x, new PcaOptions(4) { Whiten = true });
        Close.Assert(Identity(4).Data, Covariance(pca.Transform(x)).Data, 1e-10);
    }

    [Theory]
    [InlineData(10, 4)]
    [InlineData(4, 10)]
    public void Fit_ConstantColumnsAndDuplicatedRows_StayOrthonormalAndFinite(int rows, int columns)
    {
        var x = new FeatureMatrix(rows, columns);
        for (var r = 0; r < rows; r++) x.Row(r)[1] = r / 2;
        var pca = Fitted(x, new PcaOptions(4) { Whiten = true });
        Close.Assert(Identity(4).Data, Product(pca.Components, Transpose(pca.Components)).Data, 1e-12);
        Assert.Equal(1, pca.ExplainedVarianceRatio[0], 1e-12);
        Assert.All(pca.Transform(x).Data, v => Assert.True(double.IsFinite(v)));
        var constant = Fitted(new FeatureMatrix(5, 3), new PcaOptions(2));
        Assert.Equal([0, 0], constant.ExplainedVarianceRatio.ToArray());
    }

    [Theory]
    [InlineData(PcaSolver.Full)]
    [InlineData(PcaSolver.Randomized)]
    public void Fit_OneOrManyThreads_SameBits(PcaSolver solver)
    {
        var x = Rows(90, 200, 6);
        var (one, many) = (Fitted(x, new PcaOptions(7) { Solver = solver }, threads: 1),
            Fitted(x, new PcaOptions(7) { Solver = solver }));
        Assert.Equal(one.Components.Data, many.Components.Data);
        Assert.Equal(one.Transform(x).Data, many.Transform(x).Data);
    }

    [Fact]
    public void LoadState_IntoAnother_TransformsAlike()
    {
        var x = Rows(30, 9, 7);
        var options = new PcaOptions(3) { Whiten = true };
        var (first, second) = (Fitted(x, options), new Pca(options));
        second.LoadState(first.SaveState());
        Assert.Equal((9, 3), (second.Columns, second.OutputColumns));
        Assert.Equal(first.Transform(x).Data, second.Transform(x).Data);
        Assert.Contains("tensor 'components' is F64 [3, 9]; expected F64 [4, 9]",
            Message(() => new Pca(new PcaOptions(4)).LoadState(first.SaveState())));
        Assert.Contains("tensor 'mean' is missing", Message(() => second.LoadState(new Dictionary<string, StoredTensor>())));
    }

    [Fact]
    public void Pca_WrongInput_NamesTheValue()
    {
        Assert.Contains("components is 0", Message(() => _ = new Pca(new PcaOptions(0))));
        Assert.Contains("solver 9 is unknown", Message(() => _ = new Pca(new PcaOptions(1) { Solver = (PcaSolver)9 })));
        var pca = new Pca(new PcaOptions(3));
        Assert.Contains("not fitted", Message(() => pca.Transform(new FeatureMatrix(1, 1))));
        Assert.Contains("not fitted", Message(() => pca.SaveState()));
        Assert.Contains("1 rows; variance needs at least 2", Message(() => pca.Fit(new FeatureMatrix(1, 5))));
        Assert.Contains("3 components were requested; rows [9, 2] have at most 2",
            Message(() => pca.Fit(new FeatureMatrix(9, 2))));
        Assert.Contains("row 0, column 1 is NaN",
            Message(() => pca.Fit(new FeatureMatrix(3, 3, [0, double.NaN, 0, 0, 0, 0, 0, 0, 0]))));
        pca.Fit(Normal(5, 4, 1));
        Assert.Contains("3 columns but it was fitted on 4", Message(() => pca.Transform(new FeatureMatrix(1, 3))));
    }

    private static string Message(Action act) => Assert.Throws<EngineException>(act).Message;
}
