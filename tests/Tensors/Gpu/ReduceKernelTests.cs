using Engine.Cli.Cases;
using Engine.Tensors;
using Engine.Tests.Support;

namespace Engine.Tests.Tensors.Gpu;

/// <summary>Reductions of several groups and chunks: sums against a double reference, choices against the CPU.</summary>
[Collection(nameof(OpenClTests))]
public class ReduceKernelTests
{
    private const double Unit = 1.0 / (1 << 24);

    public static TheoryData<int[], int[]> Sums => new()
    {
        { [200_003], [0] }, { [3, 5000], [1] }, { [7000, 3], [1] }, { [1000, 10], [1] }, { [70_001, 3], [0] },
        { [33, 1000, 7], [1] }, { [5, 4097, 2], [1] },
        { [200, 2, 50], [0, 2] }, { [6, 17, 700], [0, 2] }, { [130, 300], [0] }, { [4, 3000], [0] },
        { [2, 1, 3, 40, 2], [0, 1, 3] }, { [5, 0, 3], [1] }, { [0, 3], [1] },
    };

    [GpuTheory, MemberData(nameof(Sums))]
    public void Sum_StaysWithinBudget(int[] sizes, int[] axes)
    {
        var (device, shape) = (Device.Get(TestDevice.Gpu), new Shape(sizes));
        var values = GradCheck.Draw(new RandomStream(1, "sums"), shape.Count);
        var kept = shape;
        foreach (var axis in axes) kept = kept.With(axis, 1);
        using var x = new GuardedTensor(device, shape, values);
        using var sum = new GuardedTensor(device, kept);
        device.Backend.Sum(x, sum);
        var wide = Array.ConvertAll(values, v => (double)v);
        var expected = ReduceCases.Fold(wide, shape, axes, g => g.Sum());
        var magnitudes = ReduceCases.Fold(wide, shape, axes, g => g.Sum(Math.Abs) * Math.Sqrt(g.Count));
        var actual = sum.Values();
        for (var i = 0; i < expected.Length; i++)
            Close.Assert([expected[i]], [(double)actual[i]], 4 * Unit * magnitudes[i], what: $"{shape}, sum {i}");

        // Whole numbers below 2²⁴ leave nothing to round.
        using var ones = Tensor.Full(shape, 1, device);
        device.Backend.Sum(ones, sum);
        Assert.All(sum.Values(), v => Assert.Equal(kept.Count == 0 ? 0 : shape.Count / kept.Count, v));
    }

    [GpuTheory]
    [InlineData(7, 5000)]
    [InlineData(3, 70_001)]
    [InlineData(1000, 10)]
    [InlineData(300, 33)]
    [InlineData(600, 1)]
    public void Max_TiesInfinitiesAndNaN_AreTheCpus(int rows, int n)
    {
        using var scope = new TensorScope();
        var random = new RandomStream(2, "maxima");
        foreach (var values in new Func<int, float>[]
        {
            _ => random.NextInt(5), _ => float.NegativeInfinity, _ => random.NextInt(n) < 3 ? float.NaN : random.NextInt(9),
            i => i % n, i => -(i % n), _ => float.NaN,
        })
        {
            var x = Enumerable.Range(0, rows * n).Select(values).ToArray();
            (float[], int[]) Find(Device device)
            {
                using var source = new GuardedTensor(device, new Shape(rows, n), x);
                using var maxima = new GuardedTensor(device, new Shape(rows));
                var places = Tensor.FromIndices(new int[rows], new Shape(rows), device);
                device.Backend.Max(source, maxima, places);
                return (maxima.Values(), places.ToIndices());
            }

            var (expected, expectedPlaces) = Find(Device.Cpu);
            var (actual, places) = Find(Device.Get(TestDevice.Gpu));
            Assert.Equal(expected, actual);
            Assert.Equal(expectedPlaces, places);
        }
    }

    [GpuFact]
    public void Scatter_ColumnThatIsNotThere_IsNaN()
    {
        using var scope = new TensorScope();
        var device = Device.Get(TestDevice.Gpu);
        using var target = new GuardedTensor(device, new Shape(4, 3));
        device.Backend.Scatter(Tensor.From([1, 2, 3, 4], new Shape(4), device),
            Tensor.FromIndices([2, 3, -1, 0], new Shape(4), device), target);
        Assert.Equal([0, 0, 1, float.NaN, float.NaN, float.NaN, float.NaN, float.NaN, float.NaN, 4, 0, 0], target.Values());
    }

    [GpuTheory]
    [InlineData(1, 1)]
    [InlineData(1000, 10)]
    [InlineData(257, 33)]
    [InlineData(3, 5000)]
    public void Softmax_ManyRows_MatchesReference(int rows, int n)
    {
        using var scope = new TensorScope();
        var device = Device.Get(TestDevice.Gpu);
        var values = Array.ConvertAll(GradCheck.Draw(new RandomStream(3, "rows"), rows * n), v => 8 * v);
        using var x = new GuardedTensor(device, new Shape(rows, n), values);
        foreach (var logarithm in new[] { false, true })
        {
            using var result = new GuardedTensor(device, new Shape(rows, n));
            device.Backend.Softmax(x, logarithm, result);
            var expected = SoftmaxCases.Reference(Array.ConvertAll(values, v => (double)v), n, 1, logarithm);
            Close.Assert(expected, Array.ConvertAll(result.Values(), v => (double)v), logarithm ? 4e-6 : 1e-30, 4e-6, "softmax");
        }
    }

    [GpuTheory]
    [InlineData(10, 0f)]
    [InlineData(1500, 0.1f)]
    public void CrossEntropy_LabelsThatAreNoClass_AreNaN_AndTheOthersTheCpus(int n, float smoothing)
    {
        using var scope = new TensorScope();
        const int rows = 70;
        var random = new RandomStream(4, "labels");
        var values = GradCheck.Draw(random, rows * n);
        int[] good = [.. Enumerable.Range(0, rows).Select(_ => random.NextInt(n))], bad = [.. good];
        (bad[0], bad[30], bad[69]) = (-1, n, int.MinValue);
        var (expected, expectedGradient) = Losses(Device.Cpu, good, true);
        var (actual, actualGradient) = Losses(Device.Get(TestDevice.Gpu), bad, true);
        var (alone, _) = Losses(Device.Get(TestDevice.Gpu), bad, false);
        Assert.Equal(actual, alone);
        foreach (var row in new[] { 0, 30, 69 })
        {
            expected[row] = float.NaN;
            Array.Fill(expectedGradient, float.NaN, row * n, n);
        }

        Close.Assert(expected, actual, 0, 4e-6, "losses");
        Close.Assert(expectedGradient, actualGradient, 1e-7, 4e-6, "gradient");

        (float[] Losses, float[] Gradient) Losses(Device device, int[] labels, bool withGradient)
        {
            using var x = new GuardedTensor(device, new Shape(rows, n), values);
            using var losses = new GuardedTensor(device, new Shape(rows));
            using var gradient = new GuardedTensor(device, new Shape(rows, n));
            device.Backend.CrossEntropy(x, Tensor.FromIndices(labels, new Shape(rows), device), smoothing, losses,
                withGradient ? gradient.Tensor : null);
            return (losses.Values(), gradient.Values());
        }
    }
}
