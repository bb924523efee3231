using Engine.Nn;
using Engine.Nn.Layers;
using Engine.Tensors;

namespace Engine.Tests.Nn;

/// <summary>The parameter counts that the reproduced systems published.</summary>
public class PublishedNetworksTests
{
    // 400×400 RGB picture; every convolution without padding.
    [Fact]
    public void Cs464Conv2d_HasThePublishedParameters()
    {
        var network = new Sequential(
            new Conv2d(3, 16, 3), Activation.Relu(), new Conv2d(16, 16, 3), Activation.Relu(), new MaxPool2d(2),
            new Conv2d(16, 16, 3), Activation.Relu(), new MaxPool2d(2),
            new Conv2d(16, 16, 3), Activation.Relu(), new MaxPool2d(2), new Dropout(0.25),
            new Flatten(), new Dense(16 * 48 * 48, 120), Activation.Relu(), new Dropout(0.5), new Dense(120, 10));
        var summary = NetworkSummary.Of(network, new Shape(20, 3, 400, 400));
        Assert.Equal(4_432_418, summary.Parameters);
        Assert.Equal(new Shape(20, 10), summary.Output);
    }

    // The published count fits a picture of 400 rows and 1,000 columns (4 × 10 inches at 100 dpi), no padding, and a pool
    // after each convolution: 22 × 60 positions of 32 channels.
    [Fact]
    public void Cs464Conv2dKeras_HasThePublishedParameters()
    {
        var network = new Sequential(
            new Conv2d(3, 8, 5), Activation.Relu(), new MaxPool2d(2),
            new Conv2d(8, 8, 5), Activation.Relu(), new MaxPool2d(2),
            new Conv2d(8, 16, 3), Activation.Relu(), new MaxPool2d(2),
            new Conv2d(16, 32, 3), Activation.Relu(), new MaxPool2d(2),
            new Flatten(), new Dense(32 * 22 * 60, 1024), Activation.Relu(), new Dense(1024, 10));
        var summary = NetworkSummary.Of(network, new Shape(1, 3, 400, 1000));
        Assert.Equal(43_273_058, summary.Parameters);
        Assert.Equal(new Shape(1, 10), summary.Output);
    }

    // 25 s at 22,050 Hz; no padding: 128 channels of 937 positions.
    [Fact]
    public void Cs464Conv1dRaw_FlattensToThePublishedSize()
    {
        var network = new Sequential(
            new Conv1d(1, 8, 27, stride: 2), Activation.Relu(), new MaxPool1d(4),
            new Conv1d(8, 16, 52), Activation.Relu(), new MaxPool1d(8),
            new Conv1d(16, 48, 97, stride: 2), Activation.Relu(), new MaxPool1d(4),
            new Conv1d(48, 128, 127), Activation.Relu(), new Flatten());
        Assert.Equal(new Shape(50, 119_936), network.OutputShape(new Shape(50, 1, 551_250)));
    }

    [Fact]
    public void MultiplyAdds_AreThoseOfTheProducts()
    {
        var network = new Sequential(new Conv2d(3, 16, 3), new MaxPool2d(2), new Flatten(), new Dense(16 * 4 * 4, 10));
        var summary = NetworkSummary.Of(network, new Shape(2, 3, 10, 10));
        Assert.Equal([2L * 16 * 8 * 8 * 27, 0, 0, 2L * 256 * 10], summary.Layers.Select(l => l.MultiplyAdds));
        Assert.Equal([448L, 0, 0, 2570], summary.Layers.Select(l => l.Parameters));
        // On the way back through the pool: the picture, a byte for each maximum, and the gradients before and after.
        Assert.Equal(4L * 2 * 300 + 2 * 256 + 4L * 2 * (16 * 64 + 256), summary.StepBytes);
        Assert.Equal(["0", "1", "2", "3"], summary.Layers.Select(l => l.Path));
        // 4H gates see the features and the states at each step.
        Assert.Equal(5L * 7 * 4 * 6 * (3 + 6), new Lstm(3, 6).MultiplyAdds(new Shape(5, 7, 3)));
    }
}
