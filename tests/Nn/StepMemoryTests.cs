using Engine.Nn;
using Engine.Nn.Layers;
using Engine.Tensors;
using Engine.Tensors.Autograd;
using Engine.Tensors.Cpu;
using Engine.Tests.Support;
using Engine.Tests.Tensors;

namespace Engine.Tests.Nn;

/// <summary>Runs alone: the pool that it watches belongs to the whole process.</summary>
[Collection(nameof(MemoryTests))]
public class StepMemoryTests
{
    public static TheoryData<string> Names => [.. Networks.Keys];

    private static Dictionary<string, (Func<Layer> Make, Shape Input)> Networks { get; } = new()
    {
        ["convolutions and pools"] = (() => new Sequential(
            new Conv2d(3, 16, 3), Activation.Relu(), new Conv2d(16, 16, 3), Activation.Relu(), new MaxPool2d(2),
            new Conv2d(16, 16, 3), Activation.Relu(), new MaxPool2d(2),
            new Dropout(0.25), new Flatten(), new Dense(16 * 48 * 48, 20), Activation.Relu(), new Dense(20, 10)),
                new Shape(4, 3, 200, 200)),
        ["batch norm"] = (() => new Sequential(
            new Conv2d(1, 16, 3), new BatchNorm2d(16), Activation.Relu(), new MaxPool2d(2), new Dropout(0.2),
            new Conv2d(16, 16, 3), new BatchNorm2d(16), Activation.Relu(),
            new GlobalAveragePool(), new Dense(16, 10)), new Shape(8, 1, 100, 100)),
        ["residual"] = (() => new Sequential(
            new Conv2d(1, 16, 3, padding: 1),
            new Graph(
                new("first", new Conv2d(16, 16, 3, padding: 1)), new("norm", new BatchNorm2d(16)), new("relu", Activation.Relu()),
                new("second", new Conv2d(16, 16, 3, padding: 1)), new("last", new BatchNorm2d(16)),
                new("sum", new Add(), "last", Graph.Input), new("both", new Concat(), "sum", "relu")),
            new GlobalMaxAveragePool(), new Dense(64, 10)), new Shape(8, 1, 100, 100)),
        ["inverted residuals"] = (() => new Sequential(
            new Conv2d(1, 8, 3, 2, 1), new InvertedResidual(8, 24, 8, 3, 1, Activation.Relu),
            new InvertedResidual(8, 32, 8, 5, 1, Activation.HardSwish, Activation.Sigmoid),
            new InvertedResidual(8, 32, 16, 3, 2, Activation.HardSwish, Activation.Sigmoid),
            new GlobalAveragePool(), new Dense(16, 10)), new Shape(8, 1, 128, 100)),
        ["series"] = (() => new Sequential(
            new Series(), new Conv1d(30, 16, 9), Activation.Tanh(), new AveragePool1d(4), new Flatten(), new Dense(16 * 248, 10)),
                new Shape(40, 3, 10, 1000)),
        ["lstm"] = (() => new Sequential(new Sequence(), new Lstm(60, 96, 2), new Dense(96, 10)), new Shape(16, 60, 100)),
        ["gru, both ways"] = (() =>
            new Sequential(new Gru(60, 64, 2, bidirectional: true, wholeSequence: true), new Flatten(), new Dense(128 * 80, 10)),
            new Shape(16, 80, 60)),
        ["dense"] = (() => new Sequential(new Flatten(), new Dense(4000, 300), Activation.Relu(), new Dropout(0.5),
            new Dense(300, 10)), new Shape(100, 40, 100)),
    };

    [Theory]
    [InlineData("lstm")]
    [InlineData("gru, both ways")]
    public void Held_OfRecurrentLayers_IsNearThePeakOfEvaluation(string name)
    {
        var pool = ((CpuBackend)Device.Cpu.Backend).Pool;
        var (make, shape) = Networks[name];
        using var scope = new TensorScope();
        using var network = make();
        network.Initialize(1);
        using var x = Tensor.From(GradCheck.Draw(new RandomStream(1, "memory"), shape.Count), shape);
        network.Forward(x, ForwardContext.Evaluate()).Dispose();

        MemoryTests.CollectForgotten();
        var before = pool.LiveBytes - 4L * x.Count;
        pool.ResetPeak();
        network.Forward(x, ForwardContext.Evaluate()).Dispose();
        var estimate = 4 * NetworkSummary.Of(network, shape).Layers.Max(l => l.Input.Count + l.Output.Count + l.Held);
        var ratio = (double)estimate / (pool.PeakBytes - before);
        Assert.True(ratio is >= 0.9 and <= 1.4,
            $"{name}: estimated {estimate:N0} bytes are {ratio:F3} times the peak of {pool.PeakBytes - before:N0}.");
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void StepBytes_AreNearThePeakOfAStep(string name)
    {
        var pool = ((CpuBackend)Device.Cpu.Backend).Pool;
        var (make, shape) = Networks[name];
        using var scope = new TensorScope();
        using var network = make();
        network.Initialize(1);
        Step();

        MemoryTests.CollectForgotten();
        var before = pool.LiveBytes;
        pool.ResetPeak();
        Step();
        var estimate = NetworkSummary.Of(network, shape).StepBytes + 4 * network.CountParameters();
        var ratio = (double)estimate / (pool.PeakBytes - before);
        Assert.True(ratio is >= 0.8
            and <= 1.25, $"{name}: estimated {estimate:N0} bytes are {ratio:F3} times the peak of {pool.PeakBytes - before:N0}.");

        void Step()
        {
            using (var tape = new Tape())
            {
                using var x = Tensor.From(GradCheck.Draw(new RandomStream(1, "memory"), shape.Count), shape);
                using var labels = Tensor.FromIndices(Enumerable.Range(0, shape[0]).Select(i => i % 10).ToArray(),
                    new Shape(shape[0]));
                using var scores = network.Forward(x, ForwardContext.Train(new RandomStream(2, "dropout")));
                tape.Backward(Tensor.CrossEntropy(scores, labels));
            }

            network.ClearGradients();
        }
    }
}
