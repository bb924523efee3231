using Engine.Tensors;
using Engine.Tensors.Autograd;
using Engine.Tensors.Cpu.Kernels;
using Engine.Tests.Support;

namespace Engine.Tests.Tensors;

/// <summary>Dense layers of small batches by weights that are packed once.</summary>
[EveryInstructionSet]
public class PackedDenseTests
{
    private const double Unit = 1.0 / (1 << 24);

    public static TheoryData<int, int, int> Sizes => new()
    {
        { 17, 13, 5 }, { 17, 32, 57 }, { 20, 33, 128 }, { 32, 247, 57 }, { 33, 64, 513 }, { 64, 31, 1100 }, { 60, 70, 90 },
        { 63, 100, 300 }, { 9, 40, 1 },
    };

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Dense_BiasAndRelu_MatchesReference(int m, int n, int k)
    {
        Assert.True(PackedDense.Serves(m, n, k));
        using var scope = new TensorScope();
        var random = new RandomStream(1, $"packed {m} {n} {k}");
        float[] a = GradCheck.Draw(random, m * k), b = GradCheck.Draw(random, n * k), bias = GradCheck.Draw(random, n);
        Tensor x = Tensor.From(a, new Shape(m, k)), weight = Tensor.From(b, new Shape(n, k)),
            shift = Tensor.From(bias, new Shape(n));
        var (sums, budgets) = (new double[m * n], new double[m * n]);
        for (var i = 0; i < m; i++)
        {
            for (var j = 0; j < n; j++)
            {
                var magnitude = Math.Abs((double)bias[j]);
                sums[i * n + j] = bias[j];
                for (var p = 0; p < k; p++)
                {
                    var term = (double)a[i * k + p] * b[j * k + p];
                    sums[i * n + j] += term;
                    magnitude += Math.Abs(term);
                }

                budgets[i * n + j] = 4 * Unit * Math.Sqrt(k + 1) * magnitude;
            }
        }

        // The second time by the weights that the first has packed.
        for (var pass = 0; pass < 2; pass++)
        {
            var plain = Tensor.Dense(x, weight, shift).ToArray();
            var shares = new double[plain.Length];
            for (var i = 0; i < shares.Length; i++) shares[i] = (plain[i] - sums[i]) / budgets[i];
            Close.Assert(new double[shares.Length], shares, 1, what: $"{m}×{k}×{n}");
            Assert.Equal(Array.ConvertAll(plain, v => Math.Max(0, v)), Tensor.Dense(x, weight, shift, relu: true).ToArray());
        }
    }

    [Fact]
    public void Dense_WeightsWritten_UsesTheNewOnes()
    {
        using var scope = new TensorScope();
        var random = new RandomStream(2, "written");
        Tensor x = Draw(random, 32, 57), weight = Draw(random, 40, 57);
        _ = Tensor.Dense(x, weight);
        weight.Write(GradCheck.Draw(random, weight.Count));
        float[] expected;
        using (new Tape()) expected = Tensor.Dense(x, weight).ToArray();
        Close.Assert(expected, Tensor.Dense(x, weight).ToArray(), 8 * Unit * 57, what: "after Write");
    }

    [Fact]
    public void Dense_PartOfAWeight_HasPanelsOfItsOwn()
    {
        using var scope = new TensorScope();
        var random = new RandomStream(3, "parts");
        Tensor x = Draw(random, 32, 57), weight = Draw(random, 80, 57);
        var whole = Tensor.Dense(x, weight).ToArray();
        for (var half = 0; half < 2; half++)
        {
            var part = Tensor.Dense(x, weight.Slice(0, 40 * half, 40)).ToArray();
            for (var i = 0; i < 32; i++)
                Assert.Equal(whole.AsSpan(i * 80 + 40 * half, 40).ToArray(), part.AsSpan(i * 40, 40).ToArray());
        }
    }

    [Fact]
    public void Dense_OneAndMoreThreads_GiveTheSameBits()
    {
        using var scope = new TensorScope();
        var random = new RandomStream(4, "threads");
        Tensor x = Draw(random, 33, 1500), weight = Draw(random, 150, 1500);
        ThreadCheck.SameBits(() => Tensor.Dense(x, weight).ToArray());
    }

    private static Tensor Draw(RandomStream random, params int[] sizes)
    {
        var shape = new Shape(sizes);
        return Tensor.From(GradCheck.Draw(random, shape.Count), shape);
    }
}
