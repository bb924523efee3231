using Engine.Nn;
using Engine.Nn.Layers;
using Engine.Nn.Optimizers;
using Engine.Nn.Training;
using Engine.Tensors;
using Engine.Tensors.Cpu;
using Engine.Tests.Tensors;

namespace Engine.Tests.Nn;

/// <summary>Runs alone, as <see cref="MemoryTests"/> does: the pool that it watches belongs to the whole process.</summary>
[Collection(nameof(MemoryTests))]
public class TrainingMemoryTests
{
    // A batch of 32·4000 values would be 512 kB; the steps make only small objects.
    [Fact]
    public void Run_EpochAfterEpoch_KeepsMemoryFlat()
    {
        const int width = 4000;
        using var network = new Sequential(new Dense(width, 8), Activation.Relu(), new Dropout(0.1), new Dense(8, 2));
        using var optimizer = new Optimizer(network.Parameters(), new Adam());
        var options = new TrainerOptions
        {
            BatchSize = 32,
            Epochs = 6,
            AverageDecay = 0.9,
            MixUp = 0.2,
            EarlyStopping = new(EarlyStoppingMonitor.Loss, 10)
        };
        var watch = new Watch();
        MemoryTests.CollectForgotten();
        var before = watch.Pool.LiveBytes;
        new Trainer(network, optimizer, options).Run(TrainingSupport.Points(320, width), TrainingSupport.Points(40, width),
            watch);

        // The readings after the second epoch, when every buffer has been made.
        Assert.Single(watch.Live.Skip(1).Distinct());
        Assert.Single(watch.Reserved.Skip(1).Distinct());
        var steps = 10 + 2;
        Assert.All(watch.Allocated.Skip(2).Zip(watch.Allocated.Skip(1), (later, earlier) => later - earlier),
            bytes => Assert.InRange(bytes, 0, steps * 40_000));
        network.Dispose();
        optimizer.Dispose();
        Assert.Equal(before, watch.Pool.LiveBytes);
    }

    private sealed class Watch : IProgress<EpochRecord>
    {
        public CpuMemoryPool Pool { get; } = ((CpuBackend)Device.Cpu.Backend).Pool;

        public List<long> Live { get; } = [];

        public List<long> Reserved { get; } = [];

        public List<long> Allocated { get; } = [];

        public void Report(EpochRecord value)
        {
            Live.Add(Pool.LiveBytes);
            Reserved.Add(Pool.ReservedBytes);
            Allocated.Add(GC.GetAllocatedBytesForCurrentThread());
        }
    }
}
