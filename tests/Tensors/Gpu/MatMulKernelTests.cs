using Engine.Tensors;
using Engine.Tensors.Gpu;
using Engine.Tensors.Gpu.Kernels;
using Engine.Tests.Support;

namespace Engine.Tests.Tensors.Gpu;

/// <summary>
/// What <see cref="MatMulTests"/> does not reach: every tile over several groups, views at odd offsets, long sums in splits.
/// </summary>
[Collection(nameof(OpenClTests))]
public sealed class MatMulKernelTests : IDisposable
{
    private const double Unit = 1.0 / (1 << 24);

    private readonly TensorScope _scope = new();

    public static TheoryData<string, int, int, int, bool> Products => new()
    {
        // Whole float4 everywhere, then nowhere.
        { nameof(GpuTile.Large), 260, 132, 36, true },
        { nameof(GpuTile.Large), 131, 257, 19, false },
        { nameof(GpuTile.Medium), 132, 68, 84, true },
        { nameof(GpuTile.Medium), 65, 130, 33, false },
        { nameof(GpuTile.Small), 36, 68, 100, true },
        { nameof(GpuTile.Small), 70, 33, 65, false },
        // Splits of unequal length.
        { nameof(GpuTile.Large), 130, 3, 1300, true },
        { nameof(GpuTile.Medium), 20, 66, 1025, false },
        { nameof(GpuTile.Small), 20, 120, 3001, false },
    };

    public void Dispose()
    {
        GpuTile.Forced = null;
        _scope.Dispose();
    }

    [GpuTheory]
    [MemberData(nameof(Products))]
    public void MatMul_EveryTileAndTransposition_MatchesReference(string tile, int m, int n, int k, bool aligned)
    {
        Force(tile);
        foreach (var (transposeA, transposeB) in new[] { (false, false), (true, false), (false, true), (true, true) })
            Check(m, n, k, transposeA, transposeB, aligned ? 0 : 3, accumulate: transposeA, withBias: transposeB,
                relu: transposeA && transposeB);
    }

    // One operand by float4 and the other not, as a dense layer of 10 classes has it.
    [GpuFact]
    public void MatMul_OneAlignedOperand_MatchesReference()
    {
        Check(40, 10, 64, false, false, 0, false, true, true);
        Check(33, 64, 40, true, false, 0, false, true, true);
    }

    [GpuTheory]
    [InlineData(3, 3, false)]
    [InlineData(2, 3, false)]
    [InlineData(3, 2, false)]
    [InlineData(3, 2, true)]
    public void MatMul_Batches_MatchesReference(int rankA, int rankB, bool transposeA)
    {
        const int Batches = 5, M = 37, N = 41, K = 600;
        var random = new RandomStream(2, "batches");
        float[] a = GradCheck.Draw(random, (rankA == 3 ? Batches : 1) * M * K),
        b = GradCheck.Draw(random, (rankB == 3 ? Batches : 1) * K * N);
        var rows = transposeA ? new Shape(K, M) : new Shape(M, K);
        var left = Tensor.From(a, rankA == 3 ? new Shape(Batches, rows[0], rows[1]) : rows, Gpu);
        var right = Tensor.From(b, rankB == 3 ? new Shape(Batches, K, N) : new Shape(K, N), Gpu);
        var product = Tensor.MatMul(left, right, transposeA).ToArray();
        for (var batch = 0; batch < Batches; batch++)
        {
            var one = a.AsSpan(rankA == 3 ? batch * M * K : 0, M * K).ToArray();
            var two = b.AsSpan(rankB == 3 ? batch * K * N : 0, K * N).ToArray();
            Compare(one, two, new float[M * N], null, false, product.AsSpan(batch * M * N, M * N), M, N, K, transposeA, false);
        }
    }

    [GpuTheory]
    [InlineData(false)]
    [InlineData(true)]
    public void MatMul_NothingToSum_LeavesBiasOrResult(bool accumulate)
    {
        var result = Tensor.From([1, -2, 3, 4, 5, float.NaN], new Shape(2, 3), Gpu);
        var (a, b) = (Tensor.Zeros(new Shape(2, 0), Gpu), Tensor.Zeros(new Shape(0, 3), Gpu));
        var bias = Tensor.From([10, -20, 30], new Shape(3), Gpu);
        Gpu.Backend.MatMul(a, false, b, false, result, accumulate, bias, relu: true);
        Assert.Equal(accumulate ? [11, 0, 33, 14, 0, float.NaN] : [10, 0, 30, 10, 0, 30], result.ToArray());
    }

    // Rows and columns beside a NaN or an infinity stay clean, in a split sum too; ReLU keeps the NaN.
    [GpuTheory]
    [InlineData(40)]
    [InlineData(2000)]
    public void MatMul_NanAndInfinity_StayInTheirRowAndColumn(int k)
    {
        var (a, b) = (Enumerable.Repeat(1f, 35 * k).ToArray(), Enumerable.Repeat(1f, k * 34).ToArray());
        a[3 * k + 7] = float.NaN;
        b[5 * 34 + 33] = float.PositiveInfinity;
        var result = Tensor.Zeros(new Shape(35, 34), Gpu);
        Gpu.Backend.MatMul(Tensor.From(a, new Shape(35, k), Gpu), false, Tensor.From(b, new Shape(k, 34), Gpu), false, result,
            relu: true);
        var values = result.ToArray();
        for (var i = 0; i < values.Length; i++)
            Assert.Equal(i / 34 == 3 ? float.NaN : i % 34 == 33 ? float.PositiveInfinity : k, values[i]);
    }

    [GpuFact]
    public void MatMul_Twice_GivesTheSameBits()
    {
        var random = new RandomStream(3, "bits");
        var a = Tensor.From(GradCheck.Draw(random, 20 * 5000), new Shape(20, 5000), Gpu);
        var b = Tensor.From(GradCheck.Draw(random, 50 * 5000), new Shape(50, 5000), Gpu);
        Assert.Equal(Tensor.MatMul(a, b, transposeB: true).ToArray(), Tensor.MatMul(a, b, transposeB: true).ToArray());
    }

    [Fact]
    public void Divide_ByEveryDivisor_IsExact()
    {
        foreach (var divisor in Enumerable.Range(1, 300)
            .Concat([1023, 65_535, 65_536, 65_537, 158_404, 275_612, 1_000_003, (1 << 30) + 1, int.MaxValue]))
        {
            var d = new Divisor(divisor);
            foreach (var n in new[] { 0, 1, divisor - 1, divisor, divisor + 1L, 12_345_678, 1_999_999_999,
                int.MaxValue / divisor * (long)divisor - 1, int.MaxValue / divisor * (long)divisor, int.MaxValue })
            {
                if (n is >= 0 and <= int.MaxValue) Assert.Equal((int)n / divisor, d.Divide((int)n));
            }
        }
    }

    // Of shapes that recipes have, by hand: large results whole, small ones in small tiles, long sums in splits.
    [Fact]
    public void Choose_SizesOfRecipes_FillsTheDevice()
    {
        GpuTile[] tiles = [GpuTile.Large, GpuTile.Medium, GpuTile.Small];
        Assert.Equal((GpuTile.Large, 1024), GpuTile.Choose(tiles, 8192, 4096, 1024, 1));
        Assert.Equal(GpuTile.Small, GpuTile.Choose(tiles, 20, 120, 36_864, 1).Tile);
        Assert.InRange(GpuTile.Choose(tiles, 20, 120, 36_864, 1).Depth, 128, 256);
        Assert.Equal((GpuTile.Small, 64), GpuTile.Choose(tiles, 64, 10, 64, 1));
    }

    private static Device Gpu => Device.Get(TestDevice.Gpu);

    private static void Force(string tile) => GpuTile.Forced = tile switch
    {
        nameof(GpuTile.Large) => GpuTile.Large,
        nameof(GpuTile.Medium) => GpuTile.Medium,
        _ => GpuTile.Small,
    };

    private static void Check(
        int m, int n, int k, bool transposeA, bool transposeB, int offset, bool accumulate, bool withBias, bool relu)
    {
        var random = new RandomStream(1, $"tiles {m} {n} {k}");
        float[] a = GradCheck.Draw(random, m * k), b = GradCheck.Draw(random, k * n), c = GradCheck.Draw(random, m * n),
        bias = GradCheck.Draw(random, n);
        var result = View(c, new Shape(m, n), offset);
        Gpu.Backend.MatMul(
            View(a, transposeA ? new Shape(k, m) : new Shape(m, k), offset), transposeA,
            View(b, transposeB ? new Shape(n, k) : new Shape(k, n), offset), transposeB,
            result, accumulate, withBias ? View(bias, new Shape(n), offset) : null, relu);
        Compare(a, b, accumulate ? c : new float[c.Length], withBias ? bias : null, relu, result.ToArray(), m, n, k, transposeA,
            transposeB);
    }

    // Inside a larger block, whose margins a kernel must not write.
    private static Tensor View(float[] values, Shape shape, int offset) =>
        Tensor.From([.. new float[offset], .. values, .. new float[5]], new Shape(values.Length + offset + 5), Gpu)
            .Alias(shape, offset);

    private static void Compare(
        float[] a, float[] b, float[] before, float[]? bias, bool relu, ReadOnlySpan<float> actual, int m, int n, int k,
        bool transposeA, bool transposeB)
    {
        for (var i = 0; i < m; i++)
        {
            for (var j = 0; j < n; j++)
            {
                double sum = (double)before[i * n + j] + (bias?[j] ?? 0), magnitude = Math.Abs(before[i * n + j])
                    + Math.Abs(bias?[j] ?? 0);
                for (var p = 0; p < k; p++)
                {
                    var term = (double)a[transposeA ? p * m + i : i * k + p] * b[transposeB ? j * k + p : p * n + j];
                    sum += term;
                    magnitude += Math.Abs(term);
                }

                if (relu) sum = Math.Max(0, sum);
                var error = Math.Abs(sum - actual[i * n + j]);
                if (!(error <= 4 * Unit * Math.Sqrt(k) * magnitude))
                    Assert.Fail($"{m}×{k}×{n} [{i}, {j}]: expected {sum:R}, got {actual[i * n + j]:R}.");
            }
        }
    }
}
