using Engine.Tensors;
using Engine.Tests.Support;

namespace Engine.Tests.Tensors.Gpu;

/// <summary>Normalisation of several groups and chunks and in place, and dropout, against the CPU.</summary>
[Collection(nameof(OpenClTests))]
public class NormKernelTests
{
    public static TheoryData<int, int, int> Channels => new()
    {
        { 64, 40, 7 }, { 3, 2, 9000 }, { 700, 5, 1 }, { 40, 3, 17 }, { 2, 600, 30 }, { 3000, 3, 2 }, { 1, 1, 2 }, { 5, 300, 16 },
    };

    [GpuTheory, MemberData(nameof(Channels))]
    public void ChannelStatistics_FarFromZero_MatchReference(int n, int channels, int length)
    {
        var values = GradCheck.Draw(new RandomStream(1, "statistics"), n * channels * length);
        for (var i = 0; i < values.Length; i++) values[i] += 100 * (i / length % channels % 7);
        var device = Device.Get(TestDevice.Gpu);
        using var x = new GuardedTensor(device, new Shape(n, channels, length), values);
        using var mean = new GuardedTensor(device, new Shape(channels));
        using var variance = new GuardedTensor(device, new Shape(channels));
        device.Backend.ChannelStatistics(x, mean, variance);
        var (actualMean, actualVariance) = (mean.Values(), variance.Values());
        for (var channel = 0; channel < channels; channel++)
        {
            double[] own = [.. Enumerable.Range(0, n * length)
                .Select(j => (double)values[(j / length * channels + channel) * length + j % length])];
            var average = own.Average();
            Close.Assert([average], [(double)actualMean[channel]], 1e-7, 1.0 / (1 << 23), $"mean {channel}");
            Close.Assert([own.Average(v => (v - average) * (v - average))], [(double)actualVariance[channel]], 0, 1e-6,
                $"variance {channel}");
        }
    }

    // One value far from all others, wherever it stands, must not take the others' digits.
    [GpuTheory]
    [InlineData(0)]
    [InlineData(5000)]
    public void ChannelStatistics_Outlier_KeepsTheVariance(int place)
    {
        var values = GradCheck.Draw(new RandomStream(2, "outlier"), 20_000);
        values[place] = 1000;
        using var scope = new TensorScope();
        var device = Device.Get(TestDevice.Gpu);
        Tensor mean = Tensor.Zeros(new Shape(1), device), variance = Tensor.Zeros(new Shape(1), device);
        device.Backend.ChannelStatistics(Tensor.From(values, new Shape(2, 1, 10_000), device), mean, variance);
        var expected = values.Average(v => (double)v);
        Close.Assert([expected], [(double)mean.Item()], 1e-7, 1e-6, "mean");
        Close.Assert([values.Average(v => (v - expected) * (v - expected))], [(double)variance.Item()], 0, 1e-6, "variance");
    }

    [GpuTheory, MemberData(nameof(Channels))]
    public void BatchNorm_ForwardAndBackward_InPlace_AreTheCpus(int n, int channels, int length)
    {
        var random = new RandomStream(3, "batch norm");
        var shape = new Shape(n, channels, length);
        float[] x = GradCheck.Draw(random, shape.Count), g = GradCheck.Draw(random, shape.Count),
        mean = GradCheck.Draw(random, channels), scale = GradCheck.Draw(random, channels);
        foreach (var batchStatistics in new[] { true, false })
        {
            var (output, gradInput, gradWeight, gradBias) = Run(Device.Cpu, batchStatistics);
            var actual = Run(Device.Get(TestDevice.Gpu), batchStatistics);
            var budget = 1e-6 * Math.Sqrt(n * length);
            Close.Assert(output, actual.Output, 1e-6, 1e-6, "output");
            Close.Assert(gradBias, actual.GradBias, budget, 1e-6, "gradBias");
            Close.Assert(gradWeight, actual.GradWeight, budget, 1e-6, "gradWeight");
            Close.Assert(gradInput, actual.GradInput, 2e-6, 2e-6, "gradInput");
        }

        (float[] Output, float[] GradInput, float[] GradWeight, float[] GradBias) Run(Device device, bool batchStatistics)
        {
            using var scope = new TensorScope();
            GuardedTensor input = new(device, shape, x), gradient = new(device, shape, g),
            means = new(device, new Shape(channels), mean), scales = new(device, new Shape(channels), scale);
            GuardedTensor gradWeight = new(device, new Shape(channels)), gradBias = new(device, new Shape(channels));
            device.Backend.BatchNormGradient(input, means, scales, means, batchStatistics, gradient, gradient, gradWeight,
                gradBias);
            device.Backend.NormalizeChannels(input, means, scales, means, input);
            return (input.Values(), gradient.Values(), gradWeight.Values(), gradBias.Values());
        }
    }

    [GpuTheory]
    [InlineData(1000, 37)]
    [InlineData(3, 5000)]
    [InlineData(300, 1)]
    [InlineData(2, 257)]
    [InlineData(0, 5)]
    public void LayerNorm_ForwardAndBackward_InPlace_AreTheCpus(int rows, int n)
    {
        var random = new RandomStream(4, "layer norm");
        float[] x = GradCheck.Draw(random, rows * n), g = GradCheck.Draw(random, rows * n), weight = GradCheck.Draw(random, n),
        bias = GradCheck.Draw(random, n);
        var (output, gradInput, gradWeight, gradBias) = Run(Device.Cpu);
        var actual = Run(Device.Get(TestDevice.Gpu));
        Close.Assert(output, actual.Output, 1e-5, 1e-6, "output");
        Close.Assert(gradBias, actual.GradBias, 1e-6 * Math.Sqrt(rows), 1e-6, "gradBias");
        Close.Assert(gradWeight, actual.GradWeight, 4e-6 * Math.Sqrt(rows), 1e-6, "gradWeight");
        Close.Assert(gradInput, actual.GradInput, 1e-5, 1e-5, "gradInput");

        (float[] Output, float[] GradInput, float[] GradWeight, float[] GradBias) Run(Device device)
        {
            using var scope = new TensorScope();
            Shape shape = new(rows, n), vector = new(n);
            GuardedTensor input = new(device, shape, x), gradient = new(device, shape, g), weights = new(device, vector, weight),
            output = new(device, shape);
            GuardedTensor statistics = new(device, new Shape(rows, 2)), gradWeight = new(device, vector),
            gradBias = new(device, vector);
            device.Backend.LayerNorm(input, weights, Tensor.From(bias, vector, device), 0.01f, output, statistics);
            device.Backend.LayerNormGradient(input, statistics, weights, gradient, gradient, gradWeight, gradBias);
            return (output.Values(), gradient.Values(), gradWeight.Values(), gradBias.Values());
        }
    }

    [GpuTheory]
    [InlineData(0, 1)]
    [InlineData(1, 7)]
    [InlineData(63, 7)]
    [InlineData(65, 7)]
    [InlineData(100_003, 0xFFFF_FFF0)]
    [InlineData(1000, ulong.MaxValue - 3)]
    public void Dropout_InPlace_IsTheCpus(int count, ulong counter)
    {
        var values = GradCheck.Draw(new RandomStream(5, "dropout"), count);
        if (count > 60) values.AsSpan(0, 60).Fill(float.PositiveInfinity);
        Assert.Equal(Drop(Device.Cpu), Drop(Device.Get(TestDevice.Gpu)));

        float[] Drop(Device device)
        {
            using var x = new GuardedTensor(device, new Shape(count), values);
            device.Backend.Dropout(x, 0.3f, 0x1234_5678_9ABC_DEF0, 0xFEDC_BA98_7654_3210, counter, x);
            return x.Values();
        }
    }
}
