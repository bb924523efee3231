using Engine.Tensors;
using Engine.Tensors.Operators;
using Engine.Tests.Support;

namespace Engine.Tests.Tensors.Gpu;

/// <summary>
/// Updates of many parameters in one call: each as if it were alone, on either device, and within budget of the CPU.
/// </summary>
[Collection(nameof(OpenClTests))]
public class OptimizerKernelTests
{
    // More than two launches; empty ones, ragged ones, and one of several groups.
    private static readonly int[] s_counts = [3, 0, 5000, 1024, 1025, 1, 64, 7, 70_000, 0, 10, 33, 2048, 1, 1, 1, 1, 900];

    private static readonly UpdateFactors s_factors = new()
    {
        Clip = 0.4f,
        DirectDecay = 0.01f,
        GradientRate = 0.1f,
        StateRate = 0.2f,
        FirstDecay = 0.9f,
        FirstShare = 0.1f,
        SecondDecay = 0.99f,
        SecondShare = 0.01f,
        SecondScale = 1.1f,
        Epsilon = 1e-3f,
    };

    public static TheoryData<UpdateRule> Rules => [.. Enum.GetValues<UpdateRule>()];

    [GpuTheory, MemberData(nameof(Rules))]
    public void UpdateAll_IsEachUpdateAlone(UpdateRule rule)
    {
        foreach (var device in new[] { Device.Cpu, Device.Get(TestDevice.Gpu) })
            Assert.Equal(Run(device, rule, alone: true), Run(device, rule, alone: false));
        Close.Assert(Run(Device.Cpu, rule, alone: true), Run(Device.Get(TestDevice.Gpu), rule, alone: false), 1e-6, 1e-6,
            $"{rule}");
    }

    [GpuFact]
    public void SumSquares_MatchesReference()
    {
        using var scope = new TensorScope();
        var random = new RandomStream(2, "squares");
        float[][] values = [.. s_counts.Select(c => GradCheck.Draw(random, c))];
        var expected = values.Select(x => x.Sum(v => (double)v * v)).ToArray();
        foreach (var device in new[] { Device.Cpu, Device.Get(TestDevice.Gpu) })
        {
            var sums = Tensor.SumSquares([.. values.Select(x => new GuardedTensor(device, new Shape(x.Length), x).Tensor)]);
            Close.Assert(expected, Array.ConvertAll(sums.ToArray(), v => (double)v), 0, 1e-6, device.Name);
        }
    }

    // A scale that could not be found must show in every parameter, also where the gradient is zero.
    [GpuTheory, MemberData(nameof(Rules))]
    public void UpdateAll_NoScaleOneAndNaN_ChangeAllAlike(UpdateRule rule)
    {
        foreach (var device in new[] { Device.Cpu, Device.Get(TestDevice.Gpu) })
        {
            Assert.Equal(Run(device, rule, alone: false, scale: null), Run(device, rule, alone: false, scale: 1));
            Assert.All(Run(device, rule, alone: false, scale: float.NaN, zeroGradients: true), v => Assert.True(float.IsNaN(v)));
        }
    }

    // Squares of which every fifth is large, so that none may be left out; around the group's size and above it. The sum of
    // the last has no float. A quotient and two roots are within 3 ulp where a device does not round them correctly.
    [GpuTheory]
    [InlineData(0, 1, 1)]
    [InlineData(1, 1, 0.1)]
    [InlineData(9, 1, 0.1)]
    [InlineData(9, 1, 100)]
    [InlineData(255, 1e-30, 1e-15)]
    [InlineData(256, 1, 3)]
    [InlineData(257, 1e30, 1e13)]
    [InlineData(1000, 1, double.MaxValue)]
    [InlineData(1000, 1, double.PositiveInfinity)]
    [InlineData(1000, 1, 1)]
    [InlineData(1000, 3e38, 1e18)]
    public void ClipScale_MatchesReference(int count, double size, double limit)
    {
        var random = new RandomStream(4, "clip");
        float[] squares = [.. GradCheck.Draw(random, count)
            .Select((v, i) => (float)(size * Math.Min(1, v * v) * (i % 5 == 0 ? 1 : 0.1)))];
        var expected = Math.Min(1, limit / Math.Sqrt(squares.Sum(v => (double)v)));
        foreach (var device in new[] { Device.Cpu, Device.Get(TestDevice.Gpu) })
        {
            using var scope = new TensorScope();
            var scale = ClipScale(device, squares, limit);
            // The processor sums in double and rounds once.
            if (device == Device.Cpu) Assert.Equal((float)expected, scale);
            else Close.Assert([expected], [(double)scale], 0, 1e-6, device.Name);
        }
    }

    // At any place, in the first round of the group's items or a later one, and with the other kind beside it.
    [GpuTheory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void ClipScale_SquareThatIsNotFinite_IsNaN(float bad)
    {
        foreach (var device in new[] { Device.Cpu, Device.Get(TestDevice.Gpu) })
        {
            foreach (var (count, at) in new[] { (1, 0), (9, 8), (300, 0), (300, 128), (300, 256), (300, 299) })
            {
                using var scope = new TensorScope();
                var squares = new float[count];
                squares[at] = bad;
                Assert.True(float.IsNaN(ClipScale(device, squares, 1)), $"{device}: {bad} at {at} of {count}");
                squares[0] = float.PositiveInfinity;
                Assert.True(float.IsNaN(ClipScale(device, squares, double.PositiveInfinity)),
                    $"{device}: infinity and {bad} at {at} of {count}");
            }
        }
    }

    private static float ClipScale(Device device, float[] squares, double limit)
    {
        var result = new GuardedTensor(device, new Shape());
        device.Backend.ClipScale(new GuardedTensor(device, new Shape(squares.Length), squares), limit, result);
        return result.Values()[0];
    }

    private static float[] Run(Device device, UpdateRule rule, bool alone, float? scale = 0.5f, bool zeroGradients = false)
    {
        using var scope = new TensorScope();
        var random = new RandomStream(1, "updates");
        var (first, second) = (rule.HasFirst(), rule.HasSecond());
        var parameters = new List<GuardedTensor>();
        var updates = new List<ParameterUpdate>();
        foreach (var count in s_counts)
        {
            GuardedTensor Next() => new(device, new Shape(count), GradCheck.Draw(random, count));
            GuardedTensor p = Next(), g = Next(), m = Next(), v = Next();
            if (zeroGradients) device.Backend.Fill(g, 0);
            device.Backend.Unary<Power>(v, 2, v);
            parameters.Add(p);
            if (first) parameters.Add(m);
            if (second) parameters.Add(v);
            updates.Add(new(p, g, first ? m.Tensor : null, second ? v.Tensor : null) { WeightDecay = 0.001f * (count % 10) });
        }

        var one = scale is { } value ? new GuardedTensor(device, new Shape(1), value) : null;
        for (var step = 0; step < 2; step++)
        {
            if (!alone) Tensor.UpdateAll(rule, s_factors, [.. updates], one?.Tensor);
            else foreach (var update in updates) Tensor.UpdateAll(rule, s_factors, [update], one?.Tensor);
        }

        return [.. parameters.SelectMany(p => p.Values())];
    }
}
