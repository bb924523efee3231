using Engine.Nn;
using Engine.Nn.Layers;
using Engine.Nn.Optimizers;
using Engine.Nn.Training;
using Engine.Tensors;
using Engine.Tensors.Serialization;
using Engine.Tests.Support;

namespace Engine.Tests.Nn;

public class TrainingErrorTests
{
    [Fact]
    public void Trainer_OptionOutOfRange_IsNamed()
    {
        var fine = new TrainerOptions { BatchSize = 4, Epochs = 1 };
        foreach (var (options, expected) in new (TrainerOptions, string)[]
        {
            (fine with { BatchSize = 0 }, "Trainer: BatchSize is 0; it must be at least 1."),
            (fine with { Epochs = 0 }, "Trainer: Epochs is 0; it must be at least 1."),
            (fine with { LabelSmoothing = 1 }, "Trainer: LabelSmoothing is 1; it must be at least 0 and below 1."),
            (fine with { MixUp = -1 }, "Trainer: MixUp is -1; it must be at least 0."),
            (fine with { AverageDecay = double.NaN }, "Trainer: AverageDecay is NaN; it must be at least 0 and below 1."),
            (fine with { StopAtTrainAccuracy = 90 }, "Trainer: StopAtTrainAccuracy is 90; it must be above 0 and at most 1."),
            (fine with { CheckpointInterval = TimeSpan.FromSeconds(-1) },
                "Trainer: CheckpointInterval is -00:00:01; it must not be negative."),
            (fine with { EarlyStopping = new(EarlyStoppingMonitor.Loss, -1) },
                "Trainer: EarlyStopping.Patience is -1; it must be at least 0."),
            (fine with { EarlyStopping = new(EarlyStoppingMonitor.Loss, 1, -1) },
                "Trainer: EarlyStopping.MinimumDelta is -1; it must be at least 0."),
        })
        {
            using var network = Network();
            using var optimizer = new Optimizer(network.Parameters(), new Sgd(0.1));
            Assert.Equal(expected, Assert.Throws<ArgumentException>(() => new Trainer(network, optimizer, options)).Message);
        }
    }

    [Fact]
    public void Run_ExamplesThatDoNotFit_AreNamed()
    {
        var fine = TrainingSupport.Points(8);
        var stopping = new TrainerOptions { BatchSize = 4, Epochs = 1, EarlyStopping = new(EarlyStoppingMonitor.Loss, 1) };
        foreach (var (train, valid, options, expected) in new (IExampleSource, IExampleSource?, TrainerOptions?, string)[]
        {
            (new ArraySource([], [], 2, 4), null, null, "Trainer: there are no training examples; it needs at least one."),
            (fine, new ArraySource([], [], 2, 4), null, "Trainer: there are no validation examples; it needs at least one."),
            (new ArraySource(new float[8], [1, 2], 2, 4), null, null,
                "Trainer: training example 1 has the label 2; the 2 classes are 0 to 1."),
            (fine, new ArraySource(new float[4], [-1], 2, 4), null,
                "Trainer: validation example 0 has the label -1; the 2 classes are 0 to 1."),
            (new ArraySource(new float[4], [1], 3, 4), null, null,
                "Trainer: the network maps one example to [1, 2]; it must be [1, 3], one score per class."),
            (new ArraySource(new float[5], [1], 2, 5), null, null, "0 (Dense 4 -> 2): input [1, 5]"),
            (fine, new ArraySource(new float[5], [1], 2, 5), null,
                "Trainer: training examples are [4] but validation examples [5]."),
            (fine, new ArraySource(new float[4], [1], 3, 4), null,
                "Trainer: the training examples have 2 classes but the validation examples 3."),
            (fine, null, stopping, "Trainer: early stopping needs validation examples; there are none."),
        })
        {
            using var network = Network();
            using var optimizer = new Optimizer(network.Parameters(), new Sgd(0.1));
            var trainer = new Trainer(network, optimizer, options ?? new TrainerOptions { BatchSize = 4, Epochs = 1 });
            Assert.Contains(expected, Assert.Throws<ArgumentException>(() => trainer.Run(train, valid)).Message);
        }
    }

    [Fact]
    public void Run_ReadingThatFails_ThrowsWhatItThrew()
    {
        using var network = Network();
        using var optimizer = new Optimizer(network.Parameters(), new Sgd(0.1));
        var source = new ArraySource(new float[40], new int[10], 2, 4)
        {
            OnRead = i =>
            {
                if (i == 7)
                    throw new FileNotFoundException("gone");
            }
        };
        Assert.Equal("gone", Assert.Throws<FileNotFoundException>(
            () => new Trainer(network, optimizer, new TrainerOptions { BatchSize = 2, Epochs = 1 }).Run(source, null)).Message);
        Assert.Throws<FileNotFoundException>(() => Evaluation.Probabilities(network, source, 3));
    }

    [Fact]
    public void Run_NotFiniteInput_NamesTheExample()
    {
        var values = new float[40];
        values[4 * 6 + 2] = float.NaN;
        var message = Fails(Network(), new ArraySource(values, new int[10], 2, 4), 0.1);
        Assert.Contains("Trainer: epoch 1, batch ", message);
        Assert.Contains("the loss is NaN; input 0 of example 6 holds NaN.", message);
    }

    // 1e30·1e30 overflows in the middle layer, at the first step.
    [Fact]
    public void Run_LayerThatOverflows_IsNamedFirst()
    {
        var network = new Sequential(new Dense(4, 4), new Dense(4, 4), new Dense(4, 2));
        foreach (var parameter in network.Parameters())
            parameter.Initializer = Initializers.Constant(parameter.Name[0] == '2' ? 1f : 1e20f);
        var message = Fails(network, TrainingSupport.Points(8), 0.1);
        Assert.Contains("Trainer: epoch 1, batch 1 of 2 (step 1): the loss is ", message);
        Assert.Contains("the first layer whose output is not finite (", message);
        Assert.EndsWith(") is 1 (Dense 4 -> 4).", message);
    }

    // A learning rate that throws the weights out of the range of float32 within a few steps.
    [Fact]
    public void Run_StepThatIsTooLong_NamesTheLayerAndItsWeights()
    {
        var message = Fails(new Sequential(new Dense(4, 8), Activation.Relu(), new Dense(8, 2)), TrainingSupport.Points(8), 1e38);
        Assert.Contains("Trainer: epoch ", message);
        Assert.Contains("is not finite", message);
        Assert.Contains("(Dense ", message);
    }

    [Fact]
    public void Run_LastStepSpoilsTheWeights_IsNoResult()
    {
        var values = TrainingSupport.Points(4);
        var network = new Sequential(new Dense(4, 2));
        network.Parameter("0.weight").L2 = 1e38;
        Assert.Contains("Trainer: epoch 1 (step 1): 0.weight [2, 4] is no longer finite.", Fails(network, values, 1e30));
    }

    [Fact]
    public void Run_ScoresTooFarApart_SayThatTheLossIsTooLarge()
    {
        var network = new Sequential(new Dense(1, 2, bias: false));
        network.Parameter("0.weight").Initializer = (values, _, _) => (values[0], values[1]) = (3e38f, -3e38f);
        Assert.EndsWith("every layer's output and every gradient is finite, so the loss itself is too large.",
            Fails(network, new ArraySource([1, 1], [1, 1], 2, 1), 0));
    }

    [Fact]
    public void Run_GradientTooLongToClip_NamesTheStep()
    {
        var network = new Sequential(new Dense(1, 2));
        using var optimizer = new Optimizer(network.Parameters(), new Sgd(0.1)) { ClipNorm = 1 };
        var source = new ArraySource([1e30f, -1e30f], [1, 1], 2, 1);
        var error = Assert.Throws<TrainingException>(
            () => new Trainer(network, optimizer, new TrainerOptions { BatchSize = 2, Epochs = 1 }).Run(source, null));
        Assert.Contains("Trainer: epoch 1, batch 1 of 1 (step 1): Sgd: the squared gradient of 0.weight [2, 1] sums to ",
            error.Message);
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public void Run_GradientTooLongToClipLater_NamesTheStepAndSavesNothingSpoilt(bool saveEachStep, bool cancel) =>
        FailsToClip(Device.Default, saveEachStep, cancel);

    [Fact]
    public void Run_ValidationThatOverflows_NamesTheLayer()
    {
        using var network = Network();
        network.Parameter("0.weight").Initializer = Initializers.Constant(1);
        using var optimizer = new Optimizer(network.Parameters(), new Sgd(1e-3));
        var valid = new ArraySource([3e38f, 3e38f, 3e38f, 3e38f], [0], 2, 4);
        var error = Assert.Throws<TrainingException>(
            () => new Trainer(network, optimizer, new TrainerOptions { BatchSize = 8, Epochs = 1 }).Run(TrainingSupport.Points(8),
                valid));
        Assert.Contains("Trainer: after epoch 1 (step 1): the loss of the validation examples is ", error.Message);
        Assert.EndsWith("is 0 (Dense 4 -> 2).", error.Message);
    }

    [Fact]
    public void Probabilities_NoExamples_AreNone()
    {
        using var network = Network();
        network.Initialize(1);
        Assert.Empty(Evaluation.Probabilities(network, new ArraySource([], [], 2, 4), 3));
        Assert.Throws<ArgumentException>(() => Evaluation.Probabilities(network, TrainingSupport.Points(3), 0));
        Assert.Throws<OperationCanceledException>(
            () => Evaluation.Probabilities(network, TrainingSupport.Points(3), 1, new CancellationToken(true)));
    }

    /// <summary>
    /// An example goes bad in the second epoch. The loss does not tell, for the weights are zeros, until the step that cannot
    /// be scaled has spoilt them. A GPU is asked when the epoch ends, when a checkpoint is due after each step, or when
    /// the run is cancelled in the step before the last; each time before anything is saved.
    /// </summary>
    internal static void FailsToClip(Device device, bool saveEachStep, bool cancel)
    {
        using var folder = new TemporaryFolder();
        var path = folder["last.checkpoint"];
        var (values, reads, steps) = (new float[4 * 10], 0, 0);
        Array.Fill(values, 1);
        var train = new ArraySource(values, [0, 1, 0, 1, 0, 1, 0, 1, 0, 1], 2, 4)
        {
            OnRead = i =>
            {
                if (i == 3 && ++reads == 2)
                    values[4 * 3 + 2] = 1e30f;
            }
        };
        using var network = Network();
        network.Parameter("0.weight").Initializer = network.Parameter("0.bias").Initializer = Initializers.Zeros;
        using var optimizer = new Optimizer(network.Parameters(), new Sgd(0) { Momentum = 0.5 }) { ClipNorm = 1 };
        using var stop = new CancellationTokenSource();
        var options = new TrainerOptions
        {
            BatchSize = 2,
            Epochs = 3,
            Device = device,
            AverageDecay = 0.5,
            EarlyStopping = new(EarlyStoppingMonitor.Loss, 5),
            CheckpointPath = path,
            CheckpointInterval = saveEachStep ? TimeSpan.Zero : TimeSpan.FromHours(1),
            // Asked once a step, and once when an epoch has ended.
            Schedule = new WatchedSchedule(_ => { if (++steps == 5 + 1 + 4 && cancel) stop.Cancel(); }),
        };
        var error = Assert.Throws<TrainingException>(
            () => new Trainer(network, optimizer, options).Run(train, TrainingSupport.Points(4), null, stop.Token));
        var said = System.Text.RegularExpressions.Regex.Match(
            error.Message, @"^Trainer: epoch 2, batch ([1-4]) of 5 \(step (\d)\): Sgd: the squared gradient of 0\.weight \[2, 4\] sums to \S+; its length cannot be limited\.$");
        Assert.True(said.Success, error.Message);
        Assert.Equal(int.Parse(said.Groups[1].Value) + 5, int.Parse(said.Groups[2].Value));
        Assert.Equal(saveEachStep, File.Exists(path));
        if (!saveEachStep) return;
        var saved = SafetensorsFile.Read(path).Tensors;
        Assert.Equal([long.Parse(said.Groups[2].Value) - 1], (long[])saved["optimizer_steps"].Data);
        Assert.Contains("best.0.weight", saved.Keys);
        Assert.All(saved.Values.Select(t => t.Data).OfType<float[]>(),
            data => Assert.All(data, v => Assert.True(float.IsFinite(v))));
    }

    private static Sequential Network() => new(new Dense(4, 2));

    private static string Fails(Sequential network, IExampleSource source, double learningRate)
    {
        using (network)
        {
            using var optimizer = new Optimizer(network.Parameters(), new Sgd(learningRate));
            // Only the processor says where it began.
            return Assert.Throws<TrainingException>(
                () => new Trainer(network, optimizer,
                    new TrainerOptions { BatchSize = 4, Epochs = 10, Device = Device.Cpu }).Run(source, null)).Message;
        }
    }
}
