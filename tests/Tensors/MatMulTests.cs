using Engine.Cli.Cases;
using Engine.Tensors;
using Engine.Tensors.Cpu.Kernels;
using Engine.Tests.Support;

namespace Engine.Tests.Tensors;

[EveryInstructionSet]
public class MatMulTests
{
    // 4u√K·Σ|ab| with u = 2⁻²⁴, for random operands.
    private const double Unit = 1.0 / (1 << 24);

    public static TheoryData<int, int, int> Sizes => new()
    {
        { 1, 1, 1 }, { 1, 33, 5 }, { 5, 1, 7 }, { 12, 32, 384 }, { 13, 31, 385 }, { 4, 32, 1 }, { 20, 120, 1000 }, { 16, 40, 27 },
        { 145, 257, 3 }, { 150, 300, 400 }, { 1540, 40, 10 }, { 37, 3080, 9 }, { 64, 64, 1153 }, { 7, 65, 0 }, { 0, 4, 4 },
        { 3, 0, 4 },
        { 20, 120, 800 }, { 1, 32, 5 }, { 64, 33, 385 }, { 65, 47, 40 }, { 11, 63, 7 }, { 3, 3100, 20 }, { 9, 16, 50 },
        { 9, 17, 50 },
    };

    [Theory]
    [MemberData(nameof(Sizes))]
    public void MatMul_EveryTransposition_MatchesReference(int m, int n, int k)
    {
        var random = new RandomStream(1, $"matmul {m} {n} {k}");
        foreach (var (transposeA, transposeB) in new[] { (false, false), (true, false), (false, true), (true, true) })
        {
            var a = GradCheck.Draw(random, m * k);
            var b = GradCheck.Draw(random, k * n);
            using var left = Tensor.From(a, transposeA ? new Shape(k, m) : new Shape(m, k));
            using var right = Tensor.From(b, transposeB ? new Shape(n, k) : new Shape(k, n));
            using var product = Tensor.MatMul(left, right, transposeA, transposeB);
            Assert.Equal(new Shape(m, n), product.Shape);
            var actual = product.ToArray();
            for (var i = 0; i < m; i++)
            {
                for (var j = 0; j < n; j++)
                {
                    double sum = 0, magnitude = 0;
                    for (var p = 0; p < k; p++)
                    {
                        var term = (double)a[transposeA ? p * m + i : i * k + p] * b[transposeB ? j * k + p : p * n + j];
                        sum += term;
                        magnitude += Math.Abs(term);
                    }

                    Close.Assert([sum], new double[] { actual[i * n + j] }, 4 * Unit * Math.Sqrt(k) * magnitude,
                        what: $"{m}×{k}×{n} [{i}, {j}]");
                }
            }
        }
    }

    // 64 rows read b in place, 65 from packed panels; c lies in a wider matrix whose other columns stay.
    [Theory]
    [InlineData(20, 55, 400, false)]
    [InlineData(64, 33, 17, true)]
    [InlineData(65, 55, 400, true)]
    [InlineData(7, 95, 390, true)]
    public unsafe void Gemm_AccumulateBiasAndRelu_MatchesReference(int m, int n, int k, bool accumulate)
    {
        var random = new RandomStream(5, $"gemm {m} {n} {k}");
        float[] a = GradCheck.Draw(random, m * k), b = GradCheck.Draw(random, k * n), bias = GradCheck.Draw(random, n),
        c = GradCheck.Draw(random, m * (n + 3));
        var before = c.ToArray();
        fixed (float* left = a, right = b, shift = bias, target = c)
            Gemm.Run(m, n, k, new MatrixOperand<float>(left, k, 1), new MatrixOperand<float>(right, 1, n), target, n + 3,
                accumulate, new GemmEpilogue<float>(null, shift, true));

        for (var i = 0; i < m; i++)
        {
            for (var j = 0; j < n + 3; j++)
            {
                double expected = before[i * (n + 3) + j], magnitude = 0;
                if (j < n)
                {
                    expected = (accumulate ? expected : 0) + bias[j];
                    magnitude = Math.Abs(expected);
                    for (var p = 0; p < k; p++)
                    {
                        expected += (double)a[i * k + p] * b[p * n + j];
                        magnitude += Math.Abs((double)a[i * k + p] * b[p * n + j]);
                    }

                    expected = Math.Max(0, expected);
                }

                Close.Assert([expected], new double[] { c[i * (n + 3) + j] }, 4 * Unit * Math.Sqrt(k) * magnitude,
                    what: $"[{i}, {j}]");
            }
        }
    }

    [Fact]
    public unsafe void Gemm_NeitherFloatNorDouble_IsNamed() => Assert.Equal(
        "Gemm: the elements are System.Half; they must be float or double.",
        Assert.Throws<NotSupportedException>(() => Gemm.Run<Half>(1, 1, 1, new(null, 1, 1), new(null, 1, 1), null, 1)).Message);

    [Fact]
    public void MatMul_Batched_MatchesPyTorch() =>
        new NnOps("matmul_batched").Check(c => Tensor.MatMul(c["a"], c["b"]), 7);

    [Fact]
    public void Dense_MatchesPyTorch() => new NnOps("linear").Check(c => Tensor.Dense(c["x"], c["w"], c["b"]), 19);

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public void MatMul_Gradients_MatchReference(bool transposeA, bool transposeB)
    {
        var random = new RandomStream(3, "matmul gradients");
        var a = transposeA ? new Shape(6, 5) : new Shape(5, 6);
        var b = transposeB ? new Shape(4, 6) : new Shape(6, 4);
        GradCheck.Run(
            [(a, GradCheck.Draw(random, 30)), (b, GradCheck.Draw(random, 24))],
            t => Tensor.MatMul(t[0], t[1], transposeA, transposeB),
            x => MatMulCases.Product(x[0], x[1], 5, 4, 6, transposeA, transposeB),
            6);
    }

    [Fact]
    public void Dense_ReluGradients_MatchReference()
    {
        var random = new RandomStream(4, "dense gradients");
        GradCheck.Run(
            [(new Shape(2, 3, 6), GradCheck.Draw(random, 36)), (new Shape(5, 6), GradCheck.Draw(random, 30)),
                (new Shape(5), GradCheck.Draw(random, 5))],
            t => Tensor.Dense(t[0], t[1], t[2], relu: true),
            x =>
            {
                var y = MatMulCases.Product(x[0], x[1], 6, 5, 6, false, true);
                for (var i = 0; i < y.Length; i++) y[i] = Math.Max(0, y[i] + x[2][i % 5]);
                return y;
            },
            6);
    }

    [Fact]
    public void MatMul_BadShapes_NamesThem()
    {
        using var a = Tensor.Zeros(new Shape(32, 128));
        using var b = Tensor.Zeros(new Shape(64, 10));
        Assert.Equal("MatMul: left [32, 128] has 128 columns but right [64, 10] has 64 rows.",
            Assert.Throws<ArgumentException>(() => Tensor.MatMul(a, b)).Message);
        using var v = Tensor.Zeros(new Shape(3));
        Assert.Contains("[3]", Assert.Throws<ArgumentException>(() => Tensor.MatMul(v, a)).Message);
        Assert.Contains("takes 10", Assert.Throws<ArgumentException>(() => Tensor.Dense(a, b)).Message);
    }

    [Theory]
    [InlineData(500)]
    [InlineData(20)]
    public void MatMul_OneAndTwoThreads_GiveTheSameBits(int rows)
    {
        var random = new RandomStream(2, "threads");
        using var a = Tensor.From(GradCheck.Draw(random, rows * 700), new Shape(rows, 700));
        using var b = Tensor.From(GradCheck.Draw(random, 700 * 300), new Shape(700, 300));
        ThreadCheck.SameBits(() =>
        {
            using var product = Tensor.MatMul(a, b);
            return product.ToArray();
        });
    }
}
