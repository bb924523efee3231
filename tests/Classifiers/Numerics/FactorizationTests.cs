using Engine.Classifiers;
using Engine.Classifiers.Numerics;
using Engine.Tests.Support;
using static Engine.Tests.Support.ReferenceMatrix;

namespace Engine.Tests.Classifiers.Numerics;

[EveryInstructionSet]
public class FactorizationTests
{
    private const double Unit = 1.0 / (1L << 53);

    private static FeatureMatrix Symmetric(int n, ulong seed)
    {
        var a = Normal(n, n, seed);
        var sum = new FeatureMatrix(n, n);
        for (var i = 0; i < n; i++)
            for (var j = 0; j < n; j++) sum.Row(i)[j] = a[i, j] + a[j, i];
        return sum;
    }

    private static FeatureMatrix PositiveDefinite(int n, ulong seed)
    {
        var a = MatrixProduct.Gram(Normal(n, n + 5, seed));
        for (var i = 0; i < n; i++) a.Row(i)[i] += 1;
        return a;
    }

    private static void AssertEigen(FeatureMatrix a, double scale)
    {
        var n = a.Rows;
        var (values, vectors) = SymmetricEigen.Largest(a);
        for (var i = 1; i < n; i++) Assert.True(values[i] <= values[i - 1]);
        Close.Assert(Identity(n).Data, Product(vectors, Transpose(vectors)).Data, 20 * n * Unit, 0, "orthonormal");
        var image = Product(a, Transpose(vectors));
        for (var i = 0; i < n; i++)
        {
            Close.Assert([.. vectors.Row(i).ToArray().Select(v => values[i] * v)],
                [.. Enumerable.Range(0, n).Select(r => image[r, i])], 30 * n * scale * Unit, 0, $"n {n}, vector {i}");
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(10)]
    [InlineData(57)]
    [InlineData(200)]
    public void Largest_SymmetricMatrix_SolvesTheEigenproblem(int n) => AssertEigen(Symmetric(n, 1), 4 * Math.Sqrt(n));

    [Fact]
    public void Largest_EqualAndZeroEigenvalues_SolvesTheEigenproblem()
    {
        AssertEigen(new FeatureMatrix(6, 6), 1);
        AssertEigen(Identity(6), 1);
        AssertEigen(MatrixProduct.Gram(Normal(40, 3, 2)), 100);
        AssertEigen(new FeatureMatrix(3, 3, [2, 0, 0, 0, -1, 0, 0, 0, 5]), 5);
        AssertEigen(new FeatureMatrix(20, 20, [.. Enumerable.Repeat(1.0, 400)]), 20);
    }

    [Theory]
    [InlineData(1e200)]
    [InlineData(1e-200)]
    public void Largest_HugeAndTinyValues_ScaleTheEigenvaluesOnly(double factor)
    {
        var a = Symmetric(12, 3);
        var (values, _) = SymmetricEigen.Largest(a);
        var (scaled, _) = SymmetricEigen.Largest(new FeatureMatrix(12, 12, [.. a.Data.Select(v => v * factor)]));
        Close.Assert([.. values.Select(v => v * factor)], scaled, 1e-13 * factor * 20);
    }

    [Fact]
    public void Largest_DiscreteLaplacian_HasItsKnownEigenvalues()
    {
        const int n = 30;
        var a = new FeatureMatrix(n, n);
        for (var i = 0; i < n; i++)
        {
            a.Row(i)[i] = 2;
            if (i > 0) a.Row(i)[i - 1] = a.Row(i - 1)[i] = -1;
        }

        var expected = Enumerable.Range(1, n).Select(k => 2 - 2 * Math.Cos(Math.PI * k / (n + 1))).OrderDescending().ToArray();
        Close.Assert(expected, SymmetricEigen.Largest(a).Values, 1e-14 * n);
    }

    [Fact]
    public void Largest_FewOfMany_AreTheFirst()
    {
        var a = Symmetric(30, 4);
        var (all, few) = (SymmetricEigen.Largest(a), SymmetricEigen.Largest(a, 4));
        Assert.Equal(all.Values[..4], few.Values);
        Assert.Equal(all.Vectors.Data[..120], few.Vectors.Data);
    }

    [Fact]
    public void Largest_OneOrManyThreads_SameBits()
    {
        var a = Symmetric(260, 5);
        var (one, many) = (SymmetricEigen.Largest(a, threads: 1), SymmetricEigen.Largest(a));
        Assert.Equal(one.Values, many.Values);
        Assert.Equal(one.Vectors.Data, many.Vectors.Data);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(31)]
    [InlineData(90)]
    public void Cholesky_PositiveDefinite_FactorsAndSolves(int n)
    {
        var a = PositiveDefinite(n, 6);
        var cholesky = Cholesky.TryFactor(a)!;
        Close.Assert(a.Data, Product(cholesky.Factor, Transpose(cholesky.Factor)).Data, 20 * n * n * Unit);
        var b = Normal(1, n, 7).Data;
        var x = cholesky.Solve(b);
        Close.Assert(b, Product(a, new FeatureMatrix(n, 1, x)).Data, 1e-11 * n);
        Close.Assert(Identity(n).Data, Product(a, cholesky.Inverse()).Data, 1e-11 * n);
        Close.Assert([SymmetricEigen.Largest(a).Values.Sum(Math.Log)], [cholesky.LogDeterminant], 1e-11 * n);
    }

    [Fact]
    public void Cholesky_NotPositiveDefinite_IsNull()
    {
        Assert.Null(Cholesky.TryFactor(new FeatureMatrix(2, 2, [1, 2, 2, 1])));
        Assert.Null(Cholesky.TryFactor(new FeatureMatrix(1, 1)));
        Assert.Null(Cholesky.TryFactor(new FeatureMatrix(1, 1, [double.NaN])));
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(3, 3)]
    [InlineData(5, 40)]
    [InlineData(20, 3000)]
    public void ThinQr_Vectors_AreOrthonormalAndSpanTheSame(int k, int n)
    {
        var a = Normal(k, n, 8);
        var q = new FeatureMatrix(k, n, [.. a.Data]);
        var r = ThinQr.Factor(q);
        Close.Assert(Identity(k).Data, Product(q, Transpose(q)).Data, 20 * Math.Sqrt(n) * k * Unit);
        Close.Assert(a.Data, Product(Transpose(r), q).Data, 50 * Math.Sqrt(n) * k * Unit);
        Assert.All(Enumerable.Range(0, k), i => Assert.All(Enumerable.Range(0, i), j => Assert.Equal(0, r[i, j])));
    }

    [Fact]
    public void ThinQr_DependentVectors_StayOrthonormal()
    {
        var q = new FeatureMatrix(4, 6, [.. Enumerable.Repeat(1.0, 12), .. new double[12]]);
        ThinQr.Factor(q);
        Close.Assert(Identity(4).Data, Product(q, Transpose(q)).Data, 1e-15);
    }

    [Fact]
    public void Factorizations_WrongShapes_NameThem()
    {
        Assert.Equal("Cholesky: the matrix is [2, 3]; it must be square.",
            Message(() => Cholesky.TryFactor(new FeatureMatrix(2, 3))));
        Assert.Equal("SymmetricEigen: the matrix is [2, 3]; it must be square.",
            Message(() => SymmetricEigen.Largest(new FeatureMatrix(2, 3))));
        Assert.Equal("SymmetricEigen: 3 eigenvalues were asked for; the matrix has 2.",
            Message(() => SymmetricEigen.Largest(new FeatureMatrix(2, 2), 3)));
        Assert.Equal("SymmetricEigen: row 0, column 1 is NaN; every value must be finite.",
            Message(() => SymmetricEigen.Largest(new FeatureMatrix(1, 2, [0, double.NaN]).Select([0, 0]))));
        Assert.Equal("ThinQr: 3 vectors of 2 values; there must be no more vectors than values.",
            Message(() => ThinQr.Factor(new FeatureMatrix(3, 2))));
    }

    private static string Message(Action act) => Assert.Throws<EngineException>(act).Message;
}
