using Engine.Nn;
using Engine.Nn.Layers;
using Engine.Nn.Optimizers;
using Engine.Nn.Schedules;
using Engine.Nn.Training;
using Engine.Tensors;
using Engine.Tests.Support;

namespace Engine.Tests.Nn;

/// <summary>Frozen layers, learning rates by layer, and stages of training.</summary>
public class FreezingTests
{
    private static readonly TrainingStage[] s_stages =
    [
        new() { Epochs = 2, Frozen = ["0", "1", "5"] },
        new() { Epochs = 2, Frozen = ["0", "1"], LearningRate = 0.02, Schedule = new CosineSchedule().Start(2) },
        new() { LearningRate = 0.005 },
    ];

    [Fact]
    public void BatchNorm_Frozen_NormalisesByItsRunningStatisticsAndKeepsThem()
    {
        using var norm = new BatchNorm1d(2, epsilon: 1e-3);
        norm.Initialize(0, Device.Cpu);
        norm.Parameter("running_mean").Value.Write([1f, -2]);
        norm.Parameter("running_var").Value.Write([4f, 0.25f]);
        norm.Parameter("weight").Value.Write([3f, 1]);
        norm.Parameter("bias").Value.Write([0.5f, 0]);
        foreach (var parameter in norm.Parameters()) parameter.IsFrozen = true;
        using var x = Tensor.From([5f, 0, 1, -2], new Shape(2, 2), Device.Cpu);
        using var y = norm.Forward(x, ForwardContext.Train(new RandomStream(0, "dropout")));
        // (x - mean) / sqrt(variance + 0.001) · weight + bias
        Close.Assert([6.499250281f, 3.992023932f, 0.5f, 0f], y.ToArray(), 1e-6, 1e-6, "frozen");
        Assert.Equal([1, -2], norm.Parameter("running_mean").Value.ToArray());
        Assert.Equal([4, 0.25f], norm.Parameter("running_var").Value.ToArray());
    }

    [Fact]
    public void Optimizer_LearningRateScale_IsThatOfAnOptimiserWithTheRate()
    {
        float[] Steps(double rate, double scale)
        {
            using var network = OptimizerTests.VectorModule.Zeros(3, 3);
            network.Initialize(0, Device.Cpu);
            network.Parameter("a").LearningRateScale = scale;
            using var optimizer = new Optimizer(network.Parameters(), new AdamW(rate, WeightDecay: 0.1)) { ClipNorm = 1 };
            for (var step = 0; step < 3; step++)
            {
                network.Parameter("a").Value.Grad = Tensor.From([1f, -2, step], new Shape(3), Device.Cpu);
                network.Parameter("b").Value.Grad = Tensor.From([0f, 1, 5], new Shape(3), Device.Cpu);
                optimizer.Step();
                network.ClearGradients();
            }

            return [.. network.Parameters().SelectMany(p => p.Value.ToArray())];
        }

        var (scaled, slow, fast) = (Steps(0.5, 0.25), Steps(0.125, 1), Steps(0.5, 1));
        Assert.Equal([.. slow[..3], .. fast[3..]], scaled);
        Assert.NotEqual(slow, fast);
    }

    [Fact]
    public void Optimizer_FrozenParameter_HasNoState()
    {
        using var network = OptimizerTests.VectorModule.Zeros(2, 2);
        network.Initialize(0, Device.Cpu);
        network.Parameter("a").IsFrozen = true;
        network.Parameter("b").Value.Grad = Tensor.Full(new Shape(2), 1, Device.Cpu);
        using var optimizer = new Optimizer(network.Parameters(), new Adam());
        optimizer.Step();
        Assert.Equal(["b.first", "b.second"], optimizer.State().Select(s => s.Name));
    }

    [Fact]
    public void Stages_EachInTurn_ChangeWhatTheyDoNotFreezeAndNothingElse()
    {
        var bits = new Dictionary<int, Dictionary<string, float[]>>();
        using var network = Network();
        Train(network, s_stages, 6, progress: new Seen(epoch => bits[epoch] = Values(network)));
        string[] Changed(int from, int to) => [.. bits[from].Keys.Where(n => !bits[from][n].SequenceEqual(bits[to][n]))];
        Assert.Equal(["8.weight", "8.bias"], Changed(1, 2));
        Assert.Equal(["5.weight", "5.bias", "8.weight", "8.bias"], Changed(3, 4));
        Assert.Equal(bits[1].Keys, Changed(4, 6));
        Assert.All(network.Parameters(), p => Assert.False(p.IsFrozen));
    }

    [Fact]
    public void Stages_RatesAndSchedules_AreThoseOfTheStage()
    {
        using var network = Network();
        var outcome = Train(network, s_stages, 6);
        // Of the last of four steps; the second stage's cosine runs over its own two epochs.
        double Cosine(double time) => 0.02 * 0.5 * (1 + Math.Cos(Math.PI * time / 2));
        Close.Assert([0.05, 0.05, Cosine(0.75), Cosine(1.75), 0.005, 0.005],
            [.. outcome.History.Select(e => e.LearningRate)], 1e-12, 0, "rates");
    }

    [Fact]
    public void FrozenPrefix_ComputedOnce_GivesTheBitsOfComputingItEachTime()
    {
        var stages = s_stages[..1].Select(s => s with { Epochs = null }).ToArray();
        using var cached = Network();
        using var onDisk = Network();
        using var free = Network();
        var reads = 0;
        Train(cached, stages, 4, onRead: () => reads++);
        Assert.Equal(41, reads);
        reads = 0;
        Train(onDisk, stages, 4, memory: 0, onRead: () => reads++);
        Assert.Equal(41, reads);
        reads = 0;
        Train(free, stages, 4, onRead: () => reads++, augments: true);
        Assert.Equal(4 * 41, reads);
        Assert.Equal(TrainingSupport.Bits(cached), TrainingSupport.Bits(onDisk));
        Assert.Equal(TrainingSupport.Bits(cached), TrainingSupport.Bits(free));
    }

    [Fact]
    public void FrozenPrefix_Layers_EndBeforeDropoutAndWhatLearns()
    {
        using var network = new Sequential(
            new Dense(4, 3), new BatchNorm1d(3), Activation.Relu(), new Dropout(0.5), new Dense(3, 2));
        network.Initialize(0, Device.Cpu);
        Assert.Null(FrozenPrefix.Of(network));
        foreach (var parameter in network.Parameters()) parameter.IsFrozen = parameter.Name != "4.bias";
        Assert.Equal([new Shape(3)], FrozenPrefix.Of(network)!.Shapes([new Shape(4)]));
        network.Parameter("1.weight").IsFrozen = false;
        Assert.Equal([new Shape(3)], FrozenPrefix.Of(network)!.Shapes([new Shape(4)]));
        using var random = new Sequential(new Dropout(0.5), new Dense(4, 2), new Dense(2, 2));
        foreach (var parameter in random.Parameters()) parameter.IsFrozen = true;
        Assert.Null(FrozenPrefix.Of(random));
    }

    [Fact]
    public void FrozenPrefix_OfOneBranch_LeavesTheOtherAsItIs()
    {
        uint[] Bits(bool augments)
        {
            using var network = new Joined(new Dense(5, 2), new Sequential(new Dense(3, 3), Activation.Relu()),
                new Sequential(new Dense(2, 2), Activation.Tanh()));
            using var optimizer = new Optimizer(network.Parameters(), new Sgd(0.1));
            var options = Options([new() { Frozen = ["branches.0"] }], 3);
            new Trainer(network, optimizer, options).Run(new TwoInputs(augments), null);
            return TrainingSupport.Bits(network);
        }

        Assert.Equal(Bits(augments: true), Bits(augments: false));
    }

    [Fact]
    public void FrozenPrefix_OfAGraph_EndsWhereOneTensorIsAllThatIsRead()
    {
        uint[] Bits(bool augments, out int layers)
        {
            using var network = new Graph(new GraphNode("a", new Dense(4, 3)), new GraphNode("b", Activation.Tanh()),
                new GraphNode("c", new Dense(3, 3)), new GraphNode("d", new Add(), "b", "c"), new GraphNode("e", new Dense(3, 3)),
                new GraphNode("f", new Add(), "d", "e"), new GraphNode("g", new Dense(3, 2)));
            using var optimizer = new Optimizer(network.Parameters(), new Sgd(0.1));
            layers = 0;
            foreach (var name in new[] { "a", "c" })
            {
                foreach (var parameter in network.Parameters().Where(p => p.Name[..1] == name)) parameter.IsFrozen = true;
                // What follows c reads b too; what follows d reads only d.
                Assert.Equal(name == "a" ? 2 : 4, layers = ((IDivisible)network).FixedLayers);
            }

            var source = new ArraySource([.. Enumerable.Range(0, 48).Select(i => MathF.Sin(i))],
                [.. Enumerable.Range(0, 12).Select(i => i % 2)], 2, 4)
            { Augments = augments };
            new Trainer(network, optimizer, Options([], 3)).Run(source, null);
            return TrainingSupport.Bits(network);
        }

        Assert.Equal(Bits(augments: true, out _), Bits(augments: false, out _));
    }

    [Theory]
    [InlineData("plain")]
    [InlineData("everything")]
    public void Stages_StoppedBeforeAnyBatch_EndWithTheSameBits(string kind)
    {
        using var folder = new TemporaryFolder();
        using var whole = Network();
        var outcome = Train(whole, s_stages, 6, kind: kind);
        for (var stop = 0; stop < 24; stop += kind == "plain" ? 1 : 3)
        {
            var (path, step) = (folder[$"{stop}"], 0);
            using var cancel = new CancellationTokenSource();
            using var network = Network();
            void Count(double _)
            {
                if (step++ == stop) cancel.Cancel();
            }

            try
            {
                Train(network, Watched(Count), 6, path, kind: kind, cancellation: cancel.Token);
            }
            catch (OperationCanceledException)
            {
            }

            var again = Train(network, Watched(_ => { }), 6, path, kind: kind);
            Assert.Equal(TrainingSupport.Bits(whole), TrainingSupport.Bits(network));
            Assert.Equal(outcome.History.Select(e => e.Loss), again.History.Select(e => e.Loss));
            Assert.Equal((outcome.BestEpoch, outcome.Stopped), (again.BestEpoch, again.Stopped));
        }

        // The same factors of 1 as the stages have, which tell when a step begins.
        TrainingStage[] Watched(Action<double> onStep) =>
            [.. s_stages.Select(s => s with { Schedule = new Watching(onStep, s.Schedule) })];
    }

    [Fact]
    public void Stages_EarlyStopping_EndsAStageAndTheNextStartsFromTheBest()
    {
        using var network = Network();
        string[] body = ["0", "1", "5"];
        TrainingStage[] stages =
            [new() { Epochs = 50, Frozen = body, LearningRate = 1e-9 }, new() { Frozen = body, LearningRate = 0.05 }];
        var outcome = Train(network, stages, 53, kind: "everything");
        // The first epoch is the best of its stage, and three follow it; the last stage has its three.
        var rates = outcome.History.Select(e => e.LearningRate).ToArray();
        Assert.Equal((4, 3), (rates.Count(r => r < 1e-6), rates.Count(r => r > 1e-6)));
    }

    [Fact]
    public void StartingValues_OfSomeParameters_LeaveTheOthersToTheSeed()
    {
        using var network = Network();
        using var fresh = Network();
        fresh.Initialize(7, Device.Cpu);
        var body = new float[fresh.Parameter("5.weight").Shape.Count];
        Array.Fill(body, 0.125f);
        using var optimizer = new Optimizer(network.Parameters(), new Sgd(0.05));
        var options = Options([new() { Frozen = ["0", "1", "5", "8.weight"] }], 1) with
        {
            StartingValues = new Dictionary<string, float[]> { ["5.weight"] = body },
        };
        new Trainer(network, optimizer, options).Run(Stripes(null, false), null);
        Assert.Equal(body, network.Parameter("5.weight").Value.ToArray());
        Assert.Equal(fresh.Parameter("8.weight").Value.ToArray(), network.Parameter("8.weight").Value.ToArray());
    }

    [Fact]
    public void Trainer_StagesThatDoNotFit_AreRefused()
    {
        Refused("stage 1: 'features' is neither a parameter nor a module", [new() { Frozen = ["features"] }]);
        Refused("stage 2: it freezes every parameter", [new() { Epochs = 1 }, new() { Frozen = ["0", "1", "5", "8"] }]);
        Refused("Stages[0].Epochs is null; every stage but the last", [new(), new()]);
        Refused("Stages[0].Epochs is 2; every stage but the last", [new() { Epochs = 2 }]);
        Refused("the stages before the last have 6 epochs; Epochs, which is 6", [new() { Epochs = 6 }, new()]);
        Refused("Stages[0].LearningRate is 0", [new() { LearningRate = 0 }]);
        using var network = Network();
        using var optimizer = new Optimizer(network.Parameters(), new Sgd(0.05));
        void Starts(string message, string name, int count) => Assert.Contains(message, Assert.Throws<ArgumentException>(
            () => new Trainer(network, optimizer, Options([], 1) with
            {
                StartingValues = new Dictionary<string, float[]> { [name] = new float[count] },
            })).Message);
        Starts("no parameter '9.weight'", "9.weight", 3);
        Starts("5 values were given for 8.bias [3]; it takes 3", "8.bias", 5);
    }

    private static void Refused(string message, TrainingStage[] stages)
    {
        using var network = Network();
        Assert.Contains(message, Assert.Throws<ArgumentException>(() => Train(network, stages, 6)).Message);
    }

    private static Sequential Network() => new(
        new Conv2d(1, 4, 3), new BatchNorm2d(4), Activation.Relu(), new MaxPool2d(2), new Flatten(), new Dense(36, 8),
        Activation.Relu(), new Dropout(0.2), new Dense(8, 3));

    private static TrainingOutcome Train(
        Module network, TrainingStage[] stages, int epochs, string? checkpoint = null, string kind = "plain", long? memory = null,
        Action? onRead = null, bool augments = false, IProgress<EpochRecord>? progress = null,
        CancellationToken cancellation = default)
    {
        using var optimizer = new Optimizer(network.Parameters(), new Adam(0.05));
        var options = Options(stages, epochs) with
        {
            CheckpointPath = checkpoint,
            CheckpointInterval = TimeSpan.FromHours(1),
            FrozenMemory = memory,
            AverageDecay = kind == "everything" ? 0.8 : null,
            EarlyStopping = kind == "everything" ? new EarlyStopping(Patience: 2, MinimumDelta: 1e-6) : null,
        };
        var valid = kind == "everything" ? TrainingSupport.Stripes(12, skip: 41) : null;
        return new Trainer(network, optimizer, options).Run(Stripes(onRead, augments), valid, progress, cancellation);
    }

    private static TrainerOptions Options(TrainingStage[] stages, int epochs) =>
        new() { BatchSize = 10, Epochs = epochs, Seed = 7, Device = Device.Cpu, Stages = stages };

    private static ArraySource Stripes(Action? onRead, bool augments)
    {
        var (values, labels) = TrainingTests.Stripes(41);
        return new ArraySource(values, labels, 3, 1, 8, 8) { Augments = augments, OnRead = _ => onRead?.Invoke() };
    }

    private static Dictionary<string, float[]> Values(Module network) =>
        network.State().ToDictionary(p => p.Name, p => p.Value.ToArray());

    private sealed class Seen(Action<int> act) : IProgress<EpochRecord>
    {
        public void Report(EpochRecord value) => act(value.Epoch);
    }

    private sealed class Watching(Action<double> onStep, LearningRateSchedule? schedule) : LearningRateSchedule
    {
        public override string Name => "watched";

        public override double Factor(double epoch)
        {
            onStep(epoch);
            return schedule?.Factor(epoch) ?? 1;
        }
    }

    private sealed class TwoInputs(bool augments) : IExampleSource
    {
        public int Count => 12;

        public IReadOnlyList<Shape> Shapes { get; } = [new Shape(3), new Shape(2)];

        public int Classes => 2;

        public bool Augments => augments;

        public int Label(int index) => index % 2;

        public void Read(int index, IReadOnlyList<Memory<float>> inputs, RandomStream? augmentation)
        {
            for (var i = 0; i < 3; i++) inputs[0].Span[i] = MathF.Sin(index * 3 + i);
            for (var i = 0; i < 2; i++) inputs[1].Span[i] = MathF.Cos(index * 2 + i);
        }
    }
}
