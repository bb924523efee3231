using Engine.Classifiers;
using Engine.Classifiers.Numerics;
using Engine.Tests.Support;
using static Engine.Tests.Support.ReferenceMatrix;

namespace Engine.Tests.Classifiers.Numerics;

[EveryInstructionSet]
public class MatrixProductTests
{
    // A sum of k products of normal values: 4u√K·Σ|aᵢbᵢ|, and Σ|aᵢbᵢ| is below K.
    private static double Budget(int k) => 4 * Math.Pow(2, -53) * Math.Sqrt(k) * (k + 10);

    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(3, 2, 5)]
    [InlineData(12, 16, 8)]
    [InlineData(13, 17, 300)]
    [InlineData(97, 129, 257)]
    [InlineData(100, 40, 513)]
    public void Multiply_EveryTransposition_MatchesReference(int m, int n, int k)
    {
        var (a, b) = (Normal(m, k, 1), Normal(k, n, 2));
        var expected = Product(a, b).Data;
        Close.Assert(expected, MatrixProduct.Multiply(a, b).Data, Budget(k));
        Close.Assert(expected, MatrixProduct.Multiply(Transpose(a), b, transposeA: true).Data, Budget(k));
        Close.Assert(expected, MatrixProduct.Multiply(a, Transpose(b), transposeB: true).Data, Budget(k));
        Close.Assert(expected, MatrixProduct.Multiply(Transpose(a), Transpose(b), true, true).Data, Budget(k));
    }

    [Fact]
    public void Multiply_EverySmallShape_MatchesReference()
    {
        for (var m = 1; m <= 26; m++)
        {
            for (var n = 1; n <= 34; n++)
                Close.Assert(Product(Normal(m, 5, 3), Normal(5, n, 4)).Data,
                    MatrixProduct.Multiply(Normal(m, 5, 3), Normal(5, n, 4)).Data, Budget(5), 0, $"[{m}, {n}]");
        }
    }

    [Fact]
    public void Multiply_MoreRowsAndColumnsThanABlock_MatchesReference()
    {
        var (tall, wide) = (Normal(1700, 3, 5), Normal(3, 1100, 6));
        Close.Assert(Product(tall, wide).Data, MatrixProduct.Multiply(tall, wide).Data, Budget(3));
    }

    [Theory]
    [InlineData(1, 4)]
    [InlineData(50, 7)]
    [InlineData(140, 300)]
    [InlineData(1600, 2)]
    public void Gram_RowsOrColumns_IsTheProductBitForBit(int n, int k)
    {
        var a = Normal(n, k, 7);
        var expected = MatrixProduct.Multiply(a, a, transposeB: true);
        Assert.Equal(expected.Data, MatrixProduct.Gram(a).Data);
        Assert.Equal(expected.Data, MatrixProduct.Gram(Transpose(a), ofColumns: true).Data);
    }

    [Fact]
    public void Multiply_OneOrManyThreads_SameBits()
    {
        var (a, b) = (Normal(300, 400, 8), Normal(400, 200, 9));
        Assert.Equal(MatrixProduct.Multiply(a, b, threads: 1).Data, MatrixProduct.Multiply(a, b).Data);
    }

    [Fact]
    public void Multiply_NothingToAdd_IsZero() =>
    Assert.Equal(new double[6], MatrixProduct.Multiply(new FeatureMatrix(2, 0), new FeatureMatrix(0, 3)).Data);

    [Fact]
    public void Multiply_SizesThatDisagree_NamesThem() => Assert.Equal(
        "MatrixProduct: left [2, 3] has 3 columns but right [4, 5] has 4 rows.",
        Assert.Throws<EngineException>(() => MatrixProduct.Multiply(new FeatureMatrix(2, 3), new FeatureMatrix(4, 5))).Message);
}
