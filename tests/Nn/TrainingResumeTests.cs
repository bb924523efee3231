using Engine.Nn.Optimizers;
using Engine.Nn.Schedules;
using Engine.Nn.Training;
using Engine.Tensors.Cpu;
using Engine.Tests.Support;

namespace Engine.Tests.Nn;

/// <summary>
/// A run that was stopped and gone on with, in new objects as in a new process, ends with the bits of one that was not.
/// </summary>
public class TrainingResumeTests
{
    // 41 examples in batches of 10: four steps an epoch, the last with the one left over.
    private const int Steps = 4 * Epochs, Epochs = 3;

    public static TheoryData<string> Kinds => ["everything", "plain", "loss", "nadam"];

    [Theory, MemberData(nameof(Kinds))]
    public void Run_StoppedBeforeAnyBatch_EndsWithTheSameBits(string kind)
    {
        using var folder = new TemporaryFolder();
        var whole = Train(kind, null).Result!;
        for (var stop = 0; stop < Steps; stop++)
        {
            var path = folder[$"{stop}"];
            using var cancel = new CancellationTokenSource();
            Assert.Null(Train(kind, path, new Interruption(stop, cancel.Cancel), cancellation: cancel.Token).Result);
            whole.AssertSame(Train(kind, path).Result!);
        }
    }

    // As kill -9 does: nothing is written any more, and the last checkpoint is of the batch before.
    [Theory, MemberData(nameof(Kinds))]
    public void Run_KilledAgainAndAgain_EndsWithTheSameBits(string kind)
    {
        using var folder = new TemporaryFolder();
        var path = folder["last.checkpoint"];
        var whole = Train(kind, null).Result!;
        for (var kill = 2; kill <= Steps; kill += 3)
        {
            Assert.IsType<TimeoutException>(
                Train(kind, path, new Interruption(2, () => throw new TimeoutException()), TimeSpan.Zero).Error);
        }

        whole.AssertSame(Train(kind, path).Result!);
    }

    [Fact]
    public void Run_StoppedWhileItValidates_ValidatesAgain()
    {
        using var folder = new TemporaryFolder();
        var whole = Train("everything", null).Result!;
        using var cancel = new CancellationTokenSource();
        Assert.Null(Train("everything", folder["a"], onValidate: cancel.Cancel, cancellation: cancel.Token).Result);
        whole.AssertSame(Train("everything", folder["a"]).Result!);
    }

    [Fact]
    public void Run_OneAndTwoThreadsAndAgain_EndsWithTheSameBits()
    {
        var threads = WorkerPool.Threads;
        try
        {
            WorkerPool.Threads = 1;
            var one = Train("everything", null).Result!;
            WorkerPool.Threads = 2;
            Train("everything", null).Result!.AssertSame(one);
            Train("everything", null).Result!.AssertSame(one);
        }
        finally
        {
            WorkerPool.Threads = threads;
        }
    }

    [Fact]
    public void Run_ThatHadEnded_GivesItsResultAgain()
    {
        using var folder = new TemporaryFolder();
        var first = Train("everything", folder["a"]).Result!;
        var again = Train("everything", folder["a"], new Interruption(0, () => Assert.Fail("A step was made."))).Result!;
        first.AssertSame(again);
        Assert.Equal(first.Outcome.History, again.Outcome.History);
    }

    [Fact]
    public void Run_GivenMoreEpochs_GoesOnAsIfItHadAlwaysHadThem()
    {
        using var folder = new TemporaryFolder();
        var five = Train("plain", null, epochs: 5).Result!;
        Assert.Equal(3, Train("plain", folder["a"]).Result!.Outcome.History.Count);
        five.AssertSame(Train("plain", folder["a"], epochs: 5).Result!);
    }

    [Fact]
    public void Run_TwiceWithTheSameTrainer_StartsAfresh()
    {
        using var network = TrainingTests.Pictures();
        using var optimizer = new Optimizer(network.Parameters(), new Adam(0.01));
        var options = new TrainerOptions
        {
            BatchSize = 10,
            Epochs = 2,
            Seed = 1,
            Schedule = new PlateauSchedule(0.1, 0, 0.9).Start(2)
        };
        var trainer = new Trainer(network, optimizer, options);
        trainer.Run(TrainingSupport.Stripes(30), null);
        var first = TrainingSupport.Bits(network);
        trainer.Run(TrainingSupport.Stripes(30), null);
        Assert.Equal(first, TrainingSupport.Bits(network));
        Assert.Equal(0.01, optimizer.LearningRate);
    }

    private static (Ended? Result, Exception? Error) Train(
        string kind, string? checkpoint, Interruption? interruption = null, TimeSpan? interval = null, Action? onValidate = null,
        int epochs = Epochs, CancellationToken cancellation = default)
    {
        using var network = TrainingTests.Pictures();
        using Optimizer optimizer = kind switch
        {
            "plain" => new Optimizer(network.Parameters(), new Sgd(0.05)),
            "nadam" => new Optimizer(network.Parameters(), new NAdam(0.01)),
            _ => new Optimizer(network.Parameters(), new Sgd(0.05) { Momentum = 0.9, Nesterov = true }) { ClipNorm = 1 },
        };
        var options = new TrainerOptions
        {
            BatchSize = 10,
            Epochs = epochs,
            Seed = 7,
            CheckpointPath = checkpoint,
            CheckpointInterval = interval ?? TimeSpan.FromHours(1),
            Schedule = new WatchedSchedule(_ => interruption?.Step()),
            MixUp = kind == "everything" ? 0.4 : 0,
            LabelSmoothing = kind == "everything" ? 0.1 : 0,
            AverageDecay = kind == "everything" ? 0.8 : null,
            EarlyStopping = kind switch
            {
                "everything" => new EarlyStopping(EarlyStoppingMonitor.Accuracy, 5),
                "loss" => new EarlyStopping(EarlyStoppingMonitor.Loss, 0, 0.01),
                _ => null,
            },
            Metadata = new Dictionary<string, string> { ["recipe"] = kind },
        };
        try
        {
            var valid = kind == "plain" ? null : TrainingSupport.Stripes(12, _ => onValidate?.Invoke(), skip: 41);
            var outcome = new Trainer(network, optimizer, options).Run(TrainingSupport.Stripes(41), valid, null, cancellation);
            return (new Ended(TrainingSupport.Bits(network), outcome), null);
        }
        catch (Exception error) when (error is OperationCanceledException or TimeoutException)
        {
            return (null, error);
        }
    }

    /// <summary>Does something when so many steps have begun before.</summary>
    private sealed class Interruption(int steps, Action action)
    {
        private int _step;

        public void Step()
        {
            if (_step++ == steps) action();
        }
    }

    private sealed record Ended(uint[] Bits, TrainingOutcome Outcome)
    {
        public void AssertSame(Ended other)
        {
            Assert.Equal(Bits, other.Bits);
            Assert.Equal(Figures(), other.Figures());
            Assert.Equal((Outcome.BestEpoch, Outcome.Stopped), (other.Outcome.BestEpoch, other.Outcome.Stopped));
        }

        // All but what a clock says.
        private IEnumerable<EpochRecord> Figures() => Outcome.History.Select(e => e with { Seconds = 0, SamplesPerSecond = 0 });
    }
}
