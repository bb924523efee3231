using Engine.Nn;
using Engine.Nn.Layers;
using Engine.Tensors;

namespace Engine.Tests.Nn;

/// <summary>Batch normalisations folded into convolutions.</summary>
public sealed class FoldingTests
{
    private static readonly Shape s_input = new(2, 3, 9, 7);

    [Fact]
    public void Fold_Chain_SameOutputWithoutNormalisation()
    {
        using var network = Filled(new Graph(
            new("conv", new Conv2d(3, 8, 3, 3, Conv2dOptions.Uniform(1, 1), bias: false)), new("norm", new BatchNorm2d(8)),
            new("relu", Activation.Relu()), new("conv2", new Conv2d(8, 4, 3, 2, 1)),
            new("norm2", new BatchNorm2d(4, epsilon: 1e-3))));
        Compare(network, ["norm2"], normalisationsLeft: 0);
    }

    [Fact]
    public void Fold_InvertedResiduals_SameOutput()
    {
        using var network = Filled(new Graph(
            new("expand", new InvertedResidual(3, 8, 6, 3, 2, Activation.Relu)),
            new("squeeze", new InvertedResidual(6, 12, 6, 5, 1, Activation.HardSwish, Activation.Sigmoid)),
            new("plain", new InvertedResidual(6, 6, 6, 3, 1, Activation.Relu)), new("pool", new GlobalAveragePool())));
        Compare(network, ["squeeze", "pool"], normalisationsLeft: 0);
    }

    // The output of a convolution that others read, or that is wanted, must stay what it was.
    [Fact]
    public void Fold_ConvolutionReadTwiceOrWanted_IsLeftAlone()
    {
        using var twice = Filled(new Graph(
            new("conv", new Conv2d(3, 3, 1)), new("norm", new BatchNorm2d(3)), new("add", new Add(), "norm", "conv")));
        Compare(twice, ["add"], normalisationsLeft: 1);
        using var wanted = Filled(new Graph(new("conv", new Conv2d(3, 3, 1)), new("norm", new BatchNorm2d(3))));
        Compare(wanted, ["conv", "norm"], normalisationsLeft: 1);
    }

    [Fact]
    public void Fold_NormalisationAfterAnActivation_IsLeftAlone()
    {
        using var network = Filled(new Graph(
            new("first", new BatchNorm2d(3)), new("conv", new Conv2d(3, 3, 1)), new("relu", Activation.Relu()),
            new("norm", new BatchNorm2d(3))));
        Compare(network, ["norm"], normalisationsLeft: 2);
    }

    [Fact]
    public void OutputShape_OfANode_IsThatOfItsOutput()
    {
        using var network = new Graph(new("conv", new Conv2d(3, 5, 3)), new("pool", new GlobalAveragePool()));
        Assert.Equal(new Shape(2, 5, 7, 5), network.OutputShape(s_input, "conv"));
        Assert.Equal(new Shape(2, 5), network.OutputShape(s_input, "pool"));
        Assert.Contains("no node is called 'x'",
            Assert.Throws<ArgumentException>(() => network.OutputShape(s_input, "x")).Message);
    }

    private static void Compare(Graph network, string[] outputs, int normalisationsLeft)
    {
        using var scope = new TensorScope();
        var random = new RandomStream(3, "input");
        using var x = Tensor.From(Values(s_input.Count, random, -1, 1), s_input, Device.Cpu);
        var before = network.Outputs(x, ForwardContext.Evaluate(), outputs).Select(o => o.ToArray()).ToArray();
        network.FoldNormalizations(outputs);
        var after = network.Outputs(x, ForwardContext.Evaluate(), outputs).Select(o => o.ToArray()).ToArray();
        for (var o = 0; o < outputs.Length; o++)
        {
            var scale = before[o].Max(Math.Abs);
            Assert.Equal(before[o].Length, after[o].Length);
            Assert.All(before[o].Zip(after[o]),
                p => Assert.True(Math.Abs(p.First - p.Second) <= 3e-6 * scale, $"{outputs[o]}: {p}"));
        }

        var left = 0;
        network.Outputs(x, ForwardContext.Evaluate((module, _) => left += module is BatchNorm ? 1 : 0), outputs);
        Assert.Equal(normalisationsLeft, left);
    }

    private static Graph Filled(Graph network)
    {
        var random = new RandomStream(1, "weights");
        foreach (var p in network.State())
        {
            var low = p.Name.EndsWith("running_var", StringComparison.Ordinal) ? 0.3 : -0.7;
            p.Assign(Values(p.Shape.Count, random, low, 0.9), Device.Cpu);
        }

        return network;
    }

    private static float[] Values(int count, RandomStream random, double low, double high) =>
        [.. Enumerable.Range(0, count).Select(_ => (float)(low + (high - low) * random.NextDouble()))];
}
