using Engine.Tensors;
using Engine.Tensors.Cpu;
using Engine.Tensors.Cpu.Kernels;
using Engine.Tests.Support;

namespace Engine.Tests.Tensors;

[EveryInstructionSet]
public class DotProductsTests
{
    private const double Unit = 1.0 / (1 << 24);

    public static TheoryData<int, int, int> Sizes
    {
        get
        {
            var data = new TheoryData<int, int, int>();
            for (var m = 1; m <= 9; m++) data.Add(m, 10 - m, 16 + 5 * m);
            foreach (var k in new[] { 16, 17, 31, 32, 33, 47, 48, 63, 1023, 1024, 1025, 1040, 2050, 3000 })
            {
                data.Add(1, 5, k);
                data.Add(7, 6, k);
            }

            data.Add(32, 70, 600);
            data.Add(2, 300, 1100);
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Run_BiasAndRelu_MatchesReference(int m, int n, int k)
    {
        var random = new RandomStream(1, $"dots {m} {n} {k}");
        float[] a = GradCheck.Draw(random, m * k), b = GradCheck.Draw(random, n * k), bias = GradCheck.Draw(random, n);
        var (plain, finished) = (Product(m, n, k, a, b, null), Product(m, n, k, a, b, bias));
        for (var i = 0; i < m; i++)
        {
            for (var j = 0; j < n; j++)
            {
                double sum = 0, magnitude = 0;
                for (var p = 0; p < k; p++)
                {
                    var term = (double)a[i * k + p] * b[j * k + p];
                    (sum, magnitude) = (sum + term, magnitude + Math.Abs(term));
                }

                var budget = 4 * Unit * Math.Sqrt(k) * (magnitude + Math.Abs(bias[j]));
                Close.Assert([sum, Math.Max(0, sum + bias[j])], new double[] { plain[i * n + j], finished[i * n + j] }, budget,
                    what: $"{m}×{k}×{n} [{i}, {j}]");
            }
        }
    }

    // A row's end is summed from a vector that begins with values already summed: an infinity there counts once.
    [Fact]
    public void Run_InfinityAndNaN_ReachTheirOwnResultsOnly()
    {
        const int K = 37;
        var a = Enumerable.Repeat(1f, 2 * K).ToArray();
        var b = Enumerable.Repeat(1f, 3 * K).ToArray();
        b[K + 30] = float.PositiveInfinity;
        b[2 * K + 36] = float.NaN;
        var c = Product(2, 3, K, a, b, null);
        Assert.Equal([K, float.PositiveInfinity, float.NaN, K, float.PositiveInfinity, float.NaN], c);
    }

    [Theory]
    [InlineData(1, 130, 3000)]
    [InlineData(7, 67, 2049)]
    public void Run_OneAndMoreThreads_GiveTheSameBits(int m, int n, int k)
    {
        var random = new RandomStream(2, "threads");
        float[] a = GradCheck.Draw(random, m * k), b = GradCheck.Draw(random, n * k);
        ThreadCheck.SameBits(() => Product(m, n, k, a, b, null));
    }

    [Fact]
    public void Dense_FewRows_MatchesTheProductOfManyRows()
    {
        var random = new RandomStream(3, "dense");
        using var x = Tensor.From(GradCheck.Draw(random, 40 * 300), new Shape(40, 300));
        using var w = Tensor.From(GradCheck.Draw(random, 50 * 300), new Shape(50, 300));
        using var all = Tensor.Dense(x, w);
        for (var rows = 1; rows <= 33; rows += 8)
        {
            using var part = x.Slice(0, 0, rows);
            using var y = Tensor.Dense(part, w);
            Close.Assert(all.ToArray().AsSpan(0, rows * 50), y.ToArray(), 4 * Unit * Math.Sqrt(300) * 300, what: $"{rows} rows");
        }
    }

    private static unsafe float[] Product(int m, int n, int k, float[] a, float[] b, float[]? bias)
    {
        using Scratch left = new(m * k), right = new(n * k), result = new(m * n);
        a.CopyTo(new Span<float>(left.Floats, m * k));
        b.CopyTo(new Span<float>(right.Floats, n * k));
        new Span<float>(result.Floats, m * n).Fill(float.NaN);
        fixed (float* shift = bias)
            DotProducts.Run(m, n, k, left.Floats, right.Floats, result.Floats, new GemmEpilogue<float>(null, shift, bias is not null));
        return new Span<float>(result.Floats, m * n).ToArray();
    }
}
