using Engine.Nn;
using Engine.Nn.Layers;
using Engine.Nn.Optimizers;
using Engine.Tensors;
using Engine.Tensors.Autograd;

namespace Engine.Peers;

/// <summary>One training step of a network on one batch: forward, cross entropy, backward, optimiser.</summary>
internal sealed class TrainingStep : IDisposable
{
    private readonly Module _network;
    private readonly Optimizer _optimizer;
    private readonly RandomStream _dropout = new(1, "dropout");
    private readonly Tensor _x;
    private readonly Tensor _labels;

    public TrainingStep(string name, int batch)
    {
        (_network, var shape) = name switch
        {
            "cs464-conv2d" => (Conv2d(), new Shape(batch, 3, 400, 400)),
            "cs464-lstm" => (Lstm(), new Shape(batch, 400, 1200)),
            "cs464-conv1d-raw" => (Conv1dRaw(), new Shape(batch, 1, 551_250)),
            "mel-cnn" => (MelCnn(), new Shape(batch, 1, 128, 130)),
            "mlp" => (Mlp(), new Shape(batch, 57)),
            _ => throw new ArgumentException($"peers: no network is called '{name}'."),
        };
        _network.Initialize(1);
        _optimizer = name == "cs464-conv2d"
            ? new Optimizer(_network.Parameters(), new Sgd(1e-3)) : new Optimizer(_network.Parameters(), new Adam(1e-3));
        var random = new Random(1);
        var values = new float[shape.Count];
        foreach (ref var value in values.AsSpan()) value = random.NextSingle() - 0.5f;
        _x = Tensor.From(values, shape);
        _labels = Tensor.FromIndices([.. Enumerable.Range(0, batch).Select(i => i % 10)], new Shape(batch));
    }

    /// <summary>Makes the step, fetches its loss, as a training loop that prints it does, and waits until all is done.</summary>
    public float Run()
    {
        _optimizer.ClearGradients();
        float loss;
        using (var tape = new Tape())
        {
            var mean = Tensor.CrossEntropy(_network.Forward([_x], ForwardContext.Train(_dropout)), _labels);
            tape.Backward(mean);
            loss = mean.Item();
        }

        _optimizer.Step();
        Device.Default.Backend.Wait();
        return loss;
    }

    public void Dispose()
    {
        _optimizer.Dispose();
        _network.Dispose();
        _x.Dispose();
        _labels.Dispose();
    }

    private static Sequential Conv2d() => new(
        new Conv2d(3, 16, 3), Activation.Relu(), new Conv2d(16, 16, 3), Activation.Relu(), new MaxPool2d(2),
        new Conv2d(16, 16, 3), Activation.Relu(), new MaxPool2d(2), new Conv2d(16, 16, 3), Activation.Relu(), new MaxPool2d(2),
        new Dropout(0.25), new Flatten(), new Dense(36864, 120), Activation.Relu(), new Dropout(0.5), new Dense(120, 10));

    private static Sequential Lstm() => new(new Lstm(1200, 400, layers: 2), new Dense(400, 10));

    private static Sequential Conv1dRaw() => new(
        new Conv1d(1, 8, 27, stride: 2), Activation.Relu(), new MaxPool1d(4), new Conv1d(8, 16, 52), Activation.Relu(),
        new MaxPool1d(8),
        new Conv1d(16, 48, 97, stride: 2), Activation.Relu(), new MaxPool1d(4), new Conv1d(48, 128, 127), Activation.Relu(),
        new Flatten(), new Dense(119_936, 128), Activation.Relu(), new Dense(128, 10));

    private static Sequential MelCnn() => new(
        new Conv2d(1, 32, 3), Activation.Relu(), new MaxPool2d(2), new Conv2d(32, 64, 3), Activation.Relu(), new MaxPool2d(2),
        new Conv2d(64, 128, 3), Activation.Relu(), new MaxPool2d(2), new Flatten(), new Dense(128 * 14 * 14, 10));

    private static Sequential Mlp() => new(
        new Dense(57, 256), Activation.Relu(), new Dense(256, 128), Activation.Relu(), new Dense(128, 64), Activation.Relu(),
        new Dense(64, 10));
}
