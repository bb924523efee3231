using Engine.Nn;
using Engine.Nn.Layers;
using Engine.Tensors;
using Engine.Tests.Support;

namespace Engine.Tests.Nn;

/// <summary>Batches whose first layers are evaluated a few samples at a time.</summary>
public class SampleBySampleTests
{
    // 8: as many parts as samples; 29: parts of several samples, the last of fewer; 7: the whole batch.
    [Theory]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(29)]
    public void Forward_Batch_MatchesLayerByLayer(int batch)
    {
        using var network = Network();
        using var x = Input(batch);
        using Tensor expected = network.Forward(x, ForwardContext.Evaluate((_, _) => { })),
            actual = network.Forward(x, ForwardContext.Evaluate());
        Assert.Equal(expected.Shape, actual.Shape);
        Close.Assert(expected.ToArray(), actual.ToArray(), 1e-5, 1e-5, $"{batch} samples");
    }

    [Fact]
    public void Forward_OneAndMoreThreads_GiveTheSameBits()
    {
        using var network = Network();
        using var x = Input(21);
        ThreadCheck.SameBits(() =>
        {
            using var scores = network.Forward(x, ForwardContext.Evaluate());
            return scores.ToArray();
        });
    }

    [Fact]
    public void Forward_EndsWithTheConvolutions_OwnsItsResult()
    {
        using var network = new Sequential(new Conv2d(2, 3, 3), Activation.Relu(), new MaxPool2d(2));
        network.Initialize(1, Device.Cpu);
        using var x = Input(16);
        using Tensor expected = network.Forward(x, ForwardContext.Evaluate((_, _) => { })),
            actual = network.Forward(x, ForwardContext.Evaluate());
        Close.Assert(expected.ToArray(), actual.ToArray(), 1e-5, 1e-5);
    }

    [Fact]
    public void Forward_AfterTraining_UsesTheNewWeights()
    {
        using var network = Network();
        using var x = Input(16);
        network.Forward(x, ForwardContext.Evaluate()).Dispose();
        foreach (var parameter in network.Parameters())
            parameter.Value.Write(Array.ConvertAll(parameter.Value.ToArray(), v => 0.5f * v));
        using Tensor expected = network.Forward(x, ForwardContext.Evaluate((_, _) => { })),
            actual = network.Forward(x, ForwardContext.Evaluate());
        Close.Assert(expected.ToArray(), actual.ToArray(), 1e-5, 1e-5);
    }

    private static Sequential Network()
    {
        var network = new Sequential(
            new Conv2d(2, 20, 3), Activation.Relu(), new MaxPool2d(2), new BatchNorm2d(20), new Dropout(0.3),
            new Conv2d(20, 18, 3, padding: 1), Activation.Relu(), new AveragePool2d(3, 2), new Flatten(),
            new Dense(18 * 6 * 6, 12), Activation.Relu(), new Dense(12, 4));
        network.Initialize(3, Device.Cpu);
        return network;
    }

    private static Tensor Input(int batch)
    {
        var shape = new Shape(batch, 2, 30, 30);
        return Tensor.From(GradCheck.Draw(new RandomStream(4, "samples"), shape.Count), shape, Device.Cpu);
    }
}
