using Engine.Nn;
using Engine.Nn.Layers;
using Engine.Nn.Optimizers;
using Engine.Nn.Training;
using Engine.Tensors.Distributed;
using Engine.Tests.Support;

namespace Engine.Tests.Nn.Distributed;

/// <summary>How a training of the tests ended on one rank.</summary>
internal sealed record PartsEnd(uint[] Bits, TrainingOutcome Outcome)
{
    public void AssertSame(PartsEnd other)
    {
        Assert.Equal(Bits, other.Bits);
        Assert.Equal(Figures(), other.Figures());
        Assert.Equal((Outcome.BestEpoch, Outcome.Stopped), (other.Outcome.BestEpoch, other.Outcome.Stopped));
    }

    // All but what a clock says.
    private IEnumerable<EpochRecord> Figures() => Outcome.History.Select(e => e with { Seconds = 0, SamplesPerSecond = 0 });
}

/// <summary>Networks and options of the tests of training in parts.</summary>
internal static class PartsSupport
{
    public static readonly string[] Kinds = ["mlp", "cnn", "mixup", "clip", "average", "stopping", "lstm", "large"];

    /// <summary>41 examples in batches of 10: the last has 11.</summary>
    public static TrainerOptions Options(string kind, int parts) => new()
    {
        BatchSize = 10,
        Epochs = kind == "large" ? 1 : 2,
        Seed = 7,
        Parts = parts,
        MixUp = kind == "mixup" ? 0.4 : 0,
        LabelSmoothing = kind == "mixup" ? 0.1 : 0,
        AverageDecay = kind == "average" ? 0.8 : null,
        EarlyStopping = kind == "stopping" ? new EarlyStopping(EarlyStoppingMonitor.Loss, 0, 10) : null,
        Schedule = new WatchedSchedule(_ => { }),
        Metadata = new Dictionary<string, string> { ["recipe"] = kind },
    };

    public static (PartsEnd End, StepProfile Profile) Train(
        string kind, int parts, Communicator ranks, Func<TrainerOptions, TrainerOptions>? change = null,
        CancellationToken cancellation = default)
    {
        using var network = Network(kind);
        using var optimizer = kind switch
        {
            "mlp" => new Optimizer(network.Parameters(), new Adam(0.01)),
            "clip" => new Optimizer(network.Parameters(), new Sgd(0.05) { Momentum = 0.9, Nesterov = true }) { ClipNorm = 0.5 },
            _ => new Optimizer(network.Parameters(), new Sgd(0.05) { Momentum = 0.9 }),
        };
        var profile = new StepProfile();
        var options = Options(kind, parts) with { Ranks = ranks, Profile = profile };
        var outcome = new Trainer(network, optimizer, change?.Invoke(options) ?? options)
            .Run(Examples(kind, 41, 0), Examples(kind, 23, 41), null, cancellation);
        return (new PartsEnd(TrainingSupport.Bits(network), outcome), profile);
    }

    /// <summary>The same on several ranks, which must agree.</summary>
    public static PartsEnd TrainOn(
        int size, string kind, int parts, Func<TrainerOptions, TrainerOptions>? change = null)
    {
        var ends = ThreadRanks.Run(size, ranks => Train(kind, parts, ranks, change).End);
        foreach (var end in ends) ends[0].AssertSame(end);
        return ends[0];
    }

    public static Sequential Network(string kind) => kind switch
    {
        "mlp" => new(new Flatten(), new Dense(64, 24), new BatchNorm1d(24), Activation.Relu(), new Dropout(0.3),
            new Dense(24, 3)),
        "lstm" => new(new Lstm(8, 12), new Dense(12, 3)),
        // More than one bucket, one layer in three of them.
        "large" => new(new Flatten(), new Dense(64, 1100), Activation.Relu(), new Dense(1100, 240), new BatchNorm1d(240),
            new Dense(240, 3)),
        _ => TrainingTests.Pictures(),
    };

    public static ArraySource Examples(string kind, int count, int skip)
    {
        var (values, labels) = TrainingTests.Stripes(skip + count);
        return kind == "lstm"
            ? new ArraySource(values[(64 * skip)..], labels[skip..], 3, 8, 8)
            : TrainingSupport.Stripes(count, skip: skip);
    }
}
