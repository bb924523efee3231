using Engine.Nn;
using Engine.Nn.Layers;
using Engine.Tensors;
using Engine.Tests.Support;

namespace Engine.Tests.Nn;

/// <summary>Inverted residuals against plain loops in double precision: values and gradients.</summary>
public class BlockTests
{
    private const double Epsilon = 1e-3;

    private static double HardSwish(double x) => x * Math.Clamp(x + 3, 0, 6) / 6;

    private static double HardSigmoid(double x) => Math.Clamp(x + 3, 0, 6) / 6;

    private static double Sigmoid(double x) => 1 / (1 + Math.Exp(-x));

    [Theory]
    [InlineData(4, 4, 4, 3, 1, false, null)]
    [InlineData(4, 12, 4, 5, 1, true, "sigmoid")]
    [InlineData(4, 12, 6, 3, 2, true, "hard-sigmoid")]
    [InlineData(3, 9, 3, 5, 2, false, "sigmoid")]
    public void InvertedResidual_MatchesPlainLoops(
        int channels, int expanded, int filters, int kernel, int stride, bool isHardSwish, string? gate)
    {
        using var block = new InvertedResidual(
            channels, expanded, filters, kernel, stride, isHardSwish ? Activation.HardSwish : Activation.Relu,
            gate is null ? null : gate == "sigmoid" ? Activation.Sigmoid : Activation.HardSigmoid, epsilon: Epsilon);
        // Statistics and scales as after training, not 0 and 1.
        foreach (var p in block.State().Where(p => p.Shape.Rank == 1))
        {
            var low = p.Name.EndsWith("running_var", StringComparison.Ordinal) ? 0.5f : -0.5f;
            p.Initializer = (values, _, random) =>
            {
                for (var i = 0; i < values.Length; i++) values[i] = low + (float)random.NextDouble();
            };
        }

        block.Initialize(5);
        var (samples, size) = (2, (C: channels, H: 5, W: 6));
        var plain = new PlainBlocks(samples, name => block.Parameter(name).Value.ToArray());
        Func<double, double> activation = isHardSwish ? HardSwish : x => Math.Max(x, 0);
        var shape = new Shape(samples, size.C, size.H, size.W);
        GradCheck.Run([(shape, GradCheck.Draw(new RandomStream(1, "block"), shape.Count))],
            x => block.Forward(x[0], ForwardContext.Evaluate()), x => Reference(x[0]), 40);
        Assert.All(block.Parameters(), p => Assert.Contains(p.Gradient!.ToArray(), v => v != 0));

        double[] Reference(double[] x)
        {
            var (part, y, at) = (0, x, size);
            if (expanded != channels) y = [.. Convolution(expanded, 1, 1, 1).Select(activation)];
            y = [.. Convolution(expanded, kernel, stride, expanded).Select(activation)];
            if (gate is not null)
                y = plain.Squeeze(y, expanded, $"block.{part++}", gate == "sigmoid" ? Sigmoid : HardSigmoid);
            y = Convolution(filters, 1, 1, 1);
            return stride == 1 && channels == filters ? [.. y.Zip(x, (a, b) => a + b)] : y;

            double[] Convolution(int to, int taps, int step, int groups)
            {
                y = plain.Convolve(y, at, $"block.{part}.0", to, taps, step, groups, out at);
                return plain.Normalize(y, to, $"block.{part++}.1", Epsilon);
            }
        }
    }

    // MobileNetV3's rounding: a quarter to the nearest multiple of 8, at least 8 and nine tenths of the quarter.
    [Theory]
    [InlineData(8, 8)]
    [InlineData(48, 16)]
    [InlineData(72, 24)]
    [InlineData(272, 72)]
    [InlineData(384, 96)]
    public void SqueezeExcitation_Units_AreAQuarterRounded(int channels, int units)
    {
        using var layer = new SqueezeExcitation(channels);
        Assert.Equal(["fc1.weight", "fc1.bias", "fc2.weight", "fc2.bias"], layer.State().Select(p => p.Name));
        Assert.Equal(new Shape(units, channels), layer.Parameter("fc1.weight").Shape);
    }

    [Fact]
    public void InvertedResidual_EvenKernel_IsRefused() => Assert.Contains("kernel is 4; it must be odd",
        Assert.Throws<ArgumentException>(() => new InvertedResidual(2, 4, 2, 4, 1, Activation.Relu)).Message);

    [Fact]
    public void GlobalMaxAveragePool_TakesTurns()
    {
        using var x = Tensor.From([1, 4, 1, -3, -1, -2, 0, 8, 1, 7, 7, 7], new Shape(2, 2, 3));
        using var y = new GlobalMaxAveragePool().Forward(x, ForwardContext.Evaluate());
        Assert.Equal(new Shape(2, 4), y.Shape);
        Assert.Equal([4, 2, -1, -2, 8, 3, 7, 7], y.ToArray());
        using var max = new GlobalMaxPool().Forward(x, ForwardContext.Evaluate());
        Assert.Equal([4, -1, 8, 7], max.ToArray());
    }
}
