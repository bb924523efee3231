using Engine.Tensors;
using Engine.Tests.Support;

namespace Engine.Tests.Tensors.Gpu;

/// <summary>Updates of many parameters in one call: each as if it were alone, on either device, and within budget of the CPU.</summary>
public class OptimizerKernelTests
{
    // More than two launches; empty ones, ragged ones, and one of several groups.
    private static readonly int[] s_counts = [3, 0, 5000, 1024, 1025, 1, 64, 7, 70_000, 0, 10, 33, 2048, 1, 1, 1, 1, 900];

    private static readonly UpdateFactors s_factors = new()
    {
        GradientScale = 0.5f,
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

    [OpenClTheory, MemberData(nameof(Rules))]
    public void UpdateAll_IsEachUpdateAlone(UpdateRule rule)
    {
        foreach (var device in new[] { Device.Cpu, Device.Get("opencl") }) Assert.Equal(Run(device, rule, alone: true), Run(device, rule, alone: false));
        Close.Assert(Run(Device.Cpu, rule, alone: true), Run(Device.Get("opencl"), rule, alone: false), 1e-6, 1e-6, $"{rule}");
    }

    [OpenClFact]
    public void SumSquares_MatchesReference()
    {
        using var scope = new TensorScope();
        var random = new RandomStream(2, "squares");
        float[][] values = [.. s_counts.Select(c => GradCheck.Draw(random, c))];
        var expected = values.Select(x => x.Sum(v => (double)v * v)).ToArray();
        foreach (var device in new[] { Device.Cpu, Device.Get("opencl") })
        {
            var sums = Tensor.SumSquares([.. values.Select(x => new GuardedTensor(device, new Shape(x.Length), x).Tensor)]);
            Close.Assert(expected, Array.ConvertAll(sums.ToArray(), v => (double)v), 0, 1e-6, device.Name);
        }
    }

    private static float[] Run(Device device, UpdateRule rule, bool alone)
    {
        using var scope = new TensorScope();
        var random = new RandomStream(1, "updates");
        var first = rule is UpdateRule.Momentum or UpdateRule.Adam or UpdateRule.Adamax or UpdateRule.RmsPropMomentum;
        var second = rule is not (UpdateRule.Plain or UpdateRule.Momentum);
        var parameters = new List<GuardedTensor>();
        var updates = new List<ParameterUpdate>();
        foreach (var count in s_counts)
        {
            GuardedTensor Next() => new(device, new Shape(count), GradCheck.Draw(random, count));
            GuardedTensor p = Next(), g = Next(), m = Next(), v = Next();
            device.Backend.Unary(UnaryOp.Power, v, 2, v);
            parameters.Add(p);
            if (first) parameters.Add(m);
            if (second) parameters.Add(v);
            updates.Add(new(p, g, first ? m.Tensor : null, second ? v.Tensor : null) { WeightDecay = 0.001f * (count % 10) });
        }

        for (var step = 0; step < 2; step++)
        {
            if (!alone) Tensor.UpdateAll(rule, s_factors, [.. updates]);
            else foreach (var update in updates) Tensor.UpdateAll(rule, s_factors, [update]);
        }

        return [.. parameters.SelectMany(p => p.Values())];
    }
}
