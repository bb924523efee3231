using Engine.Nn;
using Engine.Nn.Layers;
using Engine.Nn.Optimizers;
using Engine.Nn.Training;
using Engine.Tensors;
using Engine.Tensors.Gpu;
using Engine.Tensors.Gpu.Drivers;
using Engine.Tests.Support;
using Engine.Tests.Tensors.Gpu;

namespace Engine.Tests.Nn;

/// <summary>Small networks with the layers of the published ones, trained on OpenCL as on the processor.</summary>
[Collection(nameof(OpenClTests))]
public sealed class OpenClTrainingTests
{
    private const int Epochs = 2, Batches = 6;

    private static readonly string[] s_kinds = ["mlp", "conv2d", "conv1d", "lstm", "lstm clipped", "gru"];

    public static TheoryData<string> Kinds => [.. s_kinds];

    // A step's loss is off by a few roundings of 2⁻²⁴ for each of some ten layers, and what they do to the weights adds up
    // over twelve steps.
    [OpenClTheory, MemberData(nameof(Kinds))]
    public void Run_OnOpenCl_HasTheProcessorsLossesAndTheSameBitsAgain(string kind)
    {
        var (expected, _) = Train(kind, Device.Cpu);
        var (first, bits) = Train(kind, Device.Get("opencl"));
        var (again, same) = Train(kind, Device.Get("opencl"));
        Close.Assert([.. expected.Select(e => e.Loss)], first.Select(e => e.Loss).ToArray(), 0, 1e-5, kind);
        Close.Assert([.. expected.Select(e => e.ValidLoss!.Value)], first.Select(e => e.ValidLoss!.Value).ToArray(), 0, 1e-5,
            kind);
        Assert.Equal(first.Select(e => (e.Loss, e.Accuracy, e.ValidLoss)), again.Select(e => (e.Loss, e.Accuracy, e.ValidLoss)));
        Assert.Equal(bits, same);
    }

    [OpenClFact]
    public void Training_OnOpenCl_PassesTheSameTests() => TestDevice.Rerun(
        "opencl", typeof(TrainingRunTests), typeof(TrainingResumeTests), typeof(TrainingErrorTests),
        typeof(TrainingCheckpointTests), typeof(LayerTests));

    // The reader's uploads and the steps' kernels are queued; what waits comes when the epoch ends.
    [OpenClFact]
    public void Run_StepsOfAnEpoch_NeverWaitForTheDevice()
    {
        using var driver = new CountingDriver(new OpenClPlatform().Open(0));
        var device = new Device("counted", new GpuBackend(driver));
        foreach (var kind in s_kinds)
        {
            var waits = new List<int>();
            Train(kind, device, () => waits.Add(driver.Waits));

            // One call a step, and one when the epoch has ended.
            Assert.Equal(Epochs * (Batches + 1), waits.Count);
            foreach (var epoch in waits.Chunk(Batches + 1))
            {
                Assert.All(epoch[..Batches], count => Assert.Equal(epoch[0], count));
                Assert.True(epoch[Batches] > epoch[0], $"{kind}: the figures of the epoch were fetched");
            }
        }
    }

    [OpenClFact]
    public void Run_CheckpointOfOpenCl_IsGoneOnWithOnTheProcessor()
    {
        using var folder = new TemporaryFolder();
        var (expected, _) = Train("conv2d", Device.Cpu);
        using var stop = new CancellationTokenSource();
        var steps = 0;
        Assert.ThrowsAny<OperationCanceledException>(() => Train("conv2d", Device.Get("opencl"), () =>
        {
            if (++steps == 4)
                stop.Cancel();
        }, folder["a"], stop: stop.Token));
        var (moved, _) = Train("conv2d", Device.Cpu, checkpoint: folder["a"]);
        Close.Assert([.. expected.Select(e => e.Loss)], moved.Select(e => e.Loss).ToArray(), 0, 1e-5);
    }

    internal static (IReadOnlyList<EpochRecord> History, uint[] Bits) Train(
        string kind, Device device, Action? onStep = null, string? checkpoint = null,
        TimeSpan? checkpointInterval = null, CancellationToken stop = default)
    {
        var (network, sizes) = Network(kind);
        using (network)
        {
            using Optimizer optimizer = kind switch
            {
                "mlp" => new Optimizer(network.Parameters(), new NAdam(1e-3)),
                "conv2d" => new Optimizer(network.Parameters(), new Sgd(1e-2) { Momentum = 0.9 }),
                // Less than any gradient here has, and more parameters than go into one launch.
                "lstm clipped" => new Optimizer(network.Parameters(), new Sgd(1e-1) { Momentum = 0.9 }) { ClipNorm = 0.1 },
                _ => new Optimizer(network.Parameters(), new Adam(1e-3)),
            };
            var options = new TrainerOptions
            {
                BatchSize = 8,
                Epochs = Epochs,
                Seed = 3,
                Device = device,
                LabelSmoothing = kind == "mlp" ? 0.1 : 0,
                MixUp = kind == "conv2d" ? 0.3 : 0,
                AverageDecay = kind == "conv2d" ? 0.9 : null,
                CheckpointPath = checkpoint,
                CheckpointInterval = checkpointInterval ?? TimeSpan.FromHours(1),
                Schedule = new WatchedSchedule(_ => onStep?.Invoke()),
            };
            var outcome = new Trainer(network, optimizer, options).Run(Source(8 * Batches, sizes, 1), Source(10, sizes, 2), null,
                stop);
            Assert.All(network.State(), p => Assert.Equal(device, p.Value.Device));
            return (outcome.History, TrainingSupport.Bits(network));
        }
    }

    private static (Sequential Network, int[] Sizes) Network(string kind) => kind switch
    {
        "mlp" => (new(new Dense(57, 64), Activation.Relu(), new Dropout(0.3), new Dense(64, 32), Activation.Relu(),
            new Dropout(0.3), new Dense(32, 10)), [57]),
        "conv2d" => (new(
            new Conv2d(3, 8, 3, 1, 1), new BatchNorm2d(8), Activation.Relu(), new MaxPool2d(2), new Dropout(0.25),
            new Conv2d(8, 16, 3), Activation.Relu(), new AveragePool2d(2), new Flatten(), new Dense(16 * 5 * 5, 24),
            Activation.Elu(), new Dense(24, 10)), [3, 24, 24]),
        "conv1d" => (new(
            new Conv1d(1, 8, 27, 2), Activation.Relu(), new MaxPool1d(4), new Conv1d(8, 16, 13), Activation.Relu(),
            new MaxPool1d(4),
            new Flatten(), new Dense(16 * 13, 10)), [1, 560]),
        "lstm" or "lstm clipped" => (new(new Lstm(20, 24, 2), new Dense(24, 10)), [30, 20]),
        _ => (new(new Gru(20, 24, bidirectional: true, wholeSequence: true), new LayerNorm(48), new Flatten(),
            new Dense(48 * 12, 10)), [12, 20]),
    };

    private static ArraySource Source(int count, int[] sizes, ulong seed)
    {
        var random = new RandomStream(seed, "examples");
        var (values, labels) = (new float[count * sizes.Aggregate(1, (a, b) => a * b)], new int[count]);
        for (var i = 0; i < count; i++) labels[i] = i % 10;
        for (var i = 0; i < values.Length; i++)
            values[i] = (float)(random.NextGaussian() + 0.1 * labels[i * count / values.Length]);
        return new ArraySource(values, labels, 10, sizes);
    }
}
