using Engine.Nn;
using Engine.Nn.Layers;
using Engine.Nn.Optimizers;
using Engine.Nn.Training;
using Engine.Tensors;
using Engine.Tensors.Cpu;
using Engine.Tests.Support;

namespace Engine.Tests.Nn;

/// <summary>
/// Figures that are left on a device until they are wanted. A second device that computes as the processor does shows that
/// this alone changes no bit.
/// </summary>
public sealed class PendingStepsTests : IDisposable
{
    private static readonly Device s_second = new("second", new CpuBackend());

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    // 41 examples in batches of 10, and in 41 steps an epoch; checkpoints never, after every step, and in between.
    [Theory]
    [InlineData(10, null, 0)]
    [InlineData(10, 0, 0)]
    [InlineData(10, 0, 0.4)]
    [InlineData(1, null, 0)]
    [InlineData(2, 1, 0.4)]
    public void Run_FiguresLeftOnTheDevice_AreThoseOfTheProcessor(int batch, int? milliseconds, double mixUp)
    {
        var expected = Train(Device.Cpu, batch, mixUp, null, TimeSpan.Zero);
        var path = milliseconds is null ? null : _folder["last.checkpoint"];
        var actual = Train(s_second, batch, mixUp, path, TimeSpan.FromMilliseconds(milliseconds ?? 0));
        Assert.Equal(expected.History, actual.History);
        Assert.Equal(expected.Bits, actual.Bits);
    }

    // More steps than wait at most.
    [Fact]
    public void Run_MoreStepsThanMayWait_GivesTheSame()
    {
        var source = TrainingSupport.Points(700);
        var expected = Points(Device.Cpu, source);
        Assert.Equal(expected, Points(s_second, source));

        static (double, double, uint) Points(Device device, IExampleSource source)
        {
            using var network = new Sequential(new Dense(4, 2));
            using var optimizer = new Optimizer(network.Parameters(), new Sgd(0.01));
            var record = new Trainer(network, optimizer,
                new TrainerOptions { BatchSize = 1, Epochs = 1, Device = device }).Run(source, null).History[0];
            return (record.Loss, record.Accuracy, TrainingSupport.Bits(network)[0]);
        }
    }

    [Fact]
    public void Take_ManyLargeBatches_HasRoomForOneAtLeast()
    {
        using var network = new Sequential(new Dense(4, 2));
        using var optimizer = new Optimizer(network.Parameters(), new Sgd(0.1));
        using var pending = new PendingSteps(new BatchPlan(1_000_000, 1_000_000), 2, optimizer, s_second);
        Assert.False(pending.IsFull);
        Assert.Empty(pending.Take());
    }

    [Fact]
    public void Run_CheckpointOfADevice_IsGoneOnWithOnAnother()
    {
        var expected = Train(Device.Cpu, 10, 0.4, null, TimeSpan.Zero);
        var path = _folder["last.checkpoint"];
        foreach (var (device, steps) in new[] { (s_second, 2), (Device.Cpu, 3), (s_second, 2) })
        {
            using var stop = new CancellationTokenSource();
            Assert.ThrowsAny<OperationCanceledException>(() => Train(device, 10, 0.4, path, TimeSpan.FromHours(1), steps, stop));
        }

        var actual = Train(s_second, 10, 0.4, path, TimeSpan.FromHours(1));
        Assert.Equal(expected.History, actual.History);
        Assert.Equal(expected.Bits, actual.Bits);
    }

    // Found when the epoch ends, and before the checkpoint could be written over.
    [Fact]
    public void Run_LossThatIsNotFinite_NamesTheStepAndKeepsTheCheckpoint()
    {
        var values = new float[40];
        values[4 * 6 + 2] = float.NaN;
        var path = _folder["last.checkpoint"];
        using var network = new Sequential(new Dense(4, 2));
        using var optimizer = new Optimizer(network.Parameters(), new Sgd(0.1));
        var options = new TrainerOptions
        {
            BatchSize = 2,
            Epochs = 1,
            Device = s_second,
            CheckpointPath = path,
            CheckpointInterval = TimeSpan.Zero
        };
        var error = Assert.Throws<TrainingException>(
            () => new Trainer(network, optimizer, options).Run(new ArraySource(values, new int[10], 2, 4), null));
        Assert.Matches(@"^Trainer: epoch 1, batch (\d) of 5 \(step \1\): the loss is NaN; second reports it only after later steps, .*--device cpu", error.Message);
        if (!File.Exists(path)) return;
        Assert.All(Engine.Tensors.Serialization.SafetensorsFile.Read(path).Tensors.Values.Select(t => t.Data).OfType<float[]>(),
            v => Assert.All(v, x => Assert.True(float.IsFinite(x))));
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public void Run_GradientTooLongToClip_NamesTheStepAndSavesNothingSpoilt(bool saveEachStep, bool cancel) =>
        TrainingErrorTests.FailsToClip(s_second, saveEachStep, cancel);

    private static (EpochRecord[] History, uint[] Bits) Train(
        Device device, int batch, double mixUp, string? checkpoint, TimeSpan interval, int stopAfter = -1,
        CancellationTokenSource? stop = null)
    {
        using var network = TrainingTests.Pictures();
        using var optimizer = new Optimizer(network.Parameters(), new Adam(0.01)) { ClipNorm = 1 };
        var options = new TrainerOptions
        {
            BatchSize = batch,
            Epochs = 3,
            Seed = 5,
            Device = device,
            MixUp = mixUp,
            LabelSmoothing = 0.1,
            AverageDecay = 0.8,
            EarlyStopping = new EarlyStopping(EarlyStoppingMonitor.Loss, 5),
            StopAtTrainAccuracy = 1,
            CheckpointPath = checkpoint,
            CheckpointInterval = interval,
            Schedule = new WatchedSchedule(_ => { if (stopAfter-- == 0) stop!.Cancel(); }),
        };
        var valid = TrainingSupport.Stripes(12, skip: 41);
        var outcome = new Trainer(network, optimizer, options).Run(TrainingSupport.Stripes(41), valid, null,
            stop?.Token ?? default);
        Assert.All(network.State(), p => Assert.Equal(device, p.Value.Device));
        return ([.. outcome.History.Select(e => e with { Seconds = 0, SamplesPerSecond = 0 })], TrainingSupport.Bits(network));
    }
}
