using Engine.Nn;
using Engine.Nn.Layers;
using Engine.Nn.Optimizers;
using Engine.Nn.Schedules;
using Engine.Nn.Training;
using Engine.Tensors;
using Engine.Tensors.Distributed;
using Engine.Tests.Support;

namespace Engine.Tests.Nn;

public class TrainingRunTests
{
    [Fact]
    public void Run_Stripes_LearnsThemAndTellsEachEpoch()
    {
        using var network = TrainingTests.Pictures();
        using var optimizer = new Optimizer(network.Parameters(), new AdamW(0.01));
        var told = new Told();
        var options = new TrainerOptions { BatchSize = 16, Epochs = 12, Seed = 1, Schedule = new StepSchedule(6, 0.5).Start(12) };
        var outcome = new Trainer(network, optimizer, options).Run(TrainingSupport.Stripes(96),
            TrainingSupport.Stripes(30, skip: 96), told);
        Assert.Equal((12, 12, StopReason.Epochs), (outcome.History.Count, outcome.BestEpoch, outcome.Stopped));
        Assert.Equal(outcome.History, told.Records);
        Assert.Equal(Enumerable.Range(1, 12), outcome.History.Select(e => e.Epoch));
        Assert.Equal(0.01, outcome.History[5].LearningRate);
        Assert.Equal(0.005, outcome.History[6].LearningRate);
        Assert.True(outcome.History[^1].Loss < 0.5 * outcome.History[0].Loss);
        Assert.All(outcome.History,
            e => Assert.True(e.Seconds > 0 && e.SamplesPerSecond > 96 / e.Seconds && e.Accuracy is >= 0 and <= 1));
        Assert.Equal(1, outcome.History[^1].ValidAccuracy);

        // What was validated last is what the network is now.
        var source = TrainingSupport.Stripes(30, skip: 96);
        var probabilities = Evaluation.Probabilities(network, source, 7);
        var loss = Enumerable.Range(0, 30).Average(i => -Math.Log(probabilities[3 * i + source.Label(i)]));
        Close.Assert([outcome.History[^1].ValidLoss!.Value], new[] { loss }, 1e-5, 1e-6, "loss");
    }

    [Fact]
    public void Run_OneFullBatch_IsTheStepDoneByHand()
    {
        using var network = new Sequential(new Dense(4, 3), Activation.Tanh(), new Dense(3, 2));
        using var optimizer = new Optimizer(network.Parameters(), new Sgd(0.1));
        var source = TrainingSupport.Points(6);
        var warnings = new List<string>();
        var options = new TrainerOptions { BatchSize = 8, Epochs = 1, Seed = 5, Warn = warnings.Add };
        var outcome = new Trainer(network, optimizer, options).Run(source, null);
        Assert.Equal("The batch size 8 is more than the 6 training examples; every step sees all of them.",
            Assert.Single(warnings));

        using var other = new Sequential(new Dense(4, 3), Activation.Tanh(), new Dense(3, 2));
        other.Initialize(5);
        using var step = new Optimizer(other.Parameters(), new Sgd(0.1));
        var order = Enumerable.Range(0, 6).ToArray();
        new RandomStream(5, "shuffle/0").Shuffle<int>(order);
        var values = new float[24];
        for (var i = 0; i < 6; i++) source.Read(order[i], [values.AsMemory(4 * i, 4)], null);
        var loss = TrainingTests.Step(other, step, values, new Shape(6, 4), [.. order.Select(source.Label)],
            new RandomStream(5, "dropout/0/0"));
        Assert.Equal(TrainingSupport.Bits(other), TrainingSupport.Bits(network));
        Close.Assert([outcome.History[0].Loss], new[] { (double)loss }, 1e-7, 1e-7, "loss");
        Assert.Null(outcome.History[0].ValidLoss);
    }

    // The validation labels are wrong, so learning makes its loss rise from some epoch on.
    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public void Run_EarlyStopping_BearsItsPatienceAndRestoresTheBestWeights(int patience)
    {
        var (outcome, bits) = Stopped(new EarlyStopping(EarlyStoppingMonitor.Loss, patience), 40);
        Assert.Equal(StopReason.EarlyStopping, outcome.Stopped);
        var losses = outcome.History.Select(e => e.ValidLoss!.Value).ToArray();
        Assert.Equal(Array.IndexOf(losses, losses.Min()) + 1, outcome.BestEpoch);
        Assert.Equal(outcome.BestEpoch + patience + 1, losses.Length);
        Assert.Equal(Stopped(null, outcome.BestEpoch).Bits, bits);
    }

    [Fact]
    public void Run_EarlyStoppingByAccuracy_KeepsTheFirstOfEquals()
    {
        var outcome = Stopped(new EarlyStopping(EarlyStoppingMonitor.Accuracy, 3, 2), 40).Outcome;

        // Nothing is better by 2 than the first accuracy, which is better than none.
        Assert.Equal((1, 5 - 1 + 1, StopReason.EarlyStopping), (outcome.BestEpoch, outcome.History.Count, outcome.Stopped));
    }

    [Fact]
    public void Run_EpochsEndBeforePatience_StillRestoresTheBest()
    {
        var (outcome, bits) = Stopped(new EarlyStopping(EarlyStoppingMonitor.Accuracy, 30, 2), 4);
        Assert.Equal((1, 4, StopReason.Epochs), (outcome.BestEpoch, outcome.History.Count, outcome.Stopped));
        Assert.Equal(Stopped(null, 1).Bits, bits);
    }

    [Fact]
    public void Run_TrainAccuracyReached_StopsAfterThatEpoch()
    {
        using var network = Small();
        using var optimizer = new Optimizer(network.Parameters(), new Adam(0.02));
        var options = new TrainerOptions { BatchSize = 8, Epochs = 100, Seed = 1, StopAtTrainAccuracy = 0.9 };
        var outcome = new Trainer(network, optimizer, options).Run(TrainingSupport.Points(64), null);
        Assert.Equal(StopReason.TrainAccuracy, outcome.Stopped);
        Assert.True(outcome.History[^1].Accuracy >= 0.9);
        Assert.All(outcome.History.SkipLast(1), e => Assert.True(e.Accuracy < 0.9));
        Assert.Equal(outcome.History.Count, outcome.BestEpoch);
    }

    [Fact]
    public void Run_Average_IsWhatIsValidatedAndReturned()
    {
        var valid = TrainingSupport.Points(20);
        using var network = Small();
        using var optimizer = new Optimizer(network.Parameters(), new Adam(0.02));
        var options = new TrainerOptions { BatchSize = 8, Epochs = 2, Seed = 1, AverageDecay = 0.5 };
        var outcome = new Trainer(network, optimizer, options).Run(TrainingSupport.Points(16), valid);
        var averaged = TrainingSupport.Bits(network);

        // The same four steps by hand.
        using var other = Small();
        using var plain = new Optimizer(other.Parameters(), new Adam(0.02));
        new Trainer(other, plain, options with { AverageDecay = null }).Run(TrainingSupport.Points(16), valid);
        Assert.NotEqual(TrainingSupport.Bits(other), averaged);

        // In the run's batches, since losses are summed batch by batch.
        var batches = new EvaluationBatches(valid, options.BatchSize);
        var (loss, accuracy) = Evaluation.Measure(network, network.Forward, batches, Communicator.Alone, default);
        Assert.Equal((loss, accuracy), (outcome.History[^1].ValidLoss, outcome.History[^1].ValidAccuracy));
    }

    [Fact]
    public void Run_LastBatchOfOne_JoinsTheOneBefore()
    {
        using var network = new Sequential(new Dense(4, 8), new BatchNorm1d(8), new Dense(8, 2));
        using var optimizer = new Optimizer(network.Parameters(), new Adam(0.02));
        new Trainer(network, optimizer, new TrainerOptions { BatchSize = 4, Epochs = 2 }).Run(TrainingSupport.Points(9),
            TrainingSupport.Points(5));
        Assert.Equal(4, optimizer.Steps);
    }

    [Theory]
    [InlineData(1, 1, new[] { 1 })]
    [InlineData(1, 4, new[] { 1 })]
    [InlineData(3, 1, new[] { 1, 1, 1 })]
    [InlineData(3, 4, new[] { 3 })]
    [InlineData(5, 4, new[] { 5 })]
    [InlineData(6, 4, new[] { 4, 2 })]
    [InlineData(8, 4, new[] { 4, 4 })]
    [InlineData(9, 4, new[] { 4, 5 })]
    [InlineData(3, 2, new[] { 3 })]
    public void BatchPlan_AnyCount_CoversEveryExampleOnce(int examples, int batch, int[] expected)
    {
        var plan = new BatchPlan(examples, batch);
        Assert.Equal(expected, Enumerable.Range(0, plan.Batches).Select(plan.Count));
        Assert.Equal(expected.Max(), plan.Largest);
        Assert.All(Enumerable.Range(1, plan.Batches - 1),
            b => Assert.Equal(plan.Start(b - 1) + plan.Count(b - 1), plan.Start(b)));
    }

    private static Sequential Small() => new(new Dense(4, 8), Activation.Relu(), new Dense(8, 2));

    private static (TrainingOutcome Outcome, uint[] Bits) Stopped(EarlyStopping? stopping, int epochs)
    {
        using var network = Small();
        using var optimizer = new Optimizer(network.Parameters(), new Adam(0.005));
        var train = TrainingSupport.Points(40);
        var random = new RandomStream(4, "wrong");
        var valid = new ArraySource([.. Enumerable.Range(0, 80).Select(_ => (float)random.NextGaussian())],
            [.. Enumerable.Range(0, 20).Select(_ => random.NextInt(2))], 2, 4);
        var options = new TrainerOptions { BatchSize = 8, Epochs = epochs, Seed = 1, EarlyStopping = stopping };
        var outcome = new Trainer(network, optimizer, options).Run(train, valid);
        return (outcome, TrainingSupport.Bits(network));
    }

    private sealed class Told : IProgress<EpochRecord>
    {
        public List<EpochRecord> Records { get; } = [];

        public void Report(EpochRecord value) => Records.Add(value);
    }
}
