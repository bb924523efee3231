using Engine.Nn;
using Engine.Nn.Layers;
using Engine.Nn.Optimizers;
using Engine.Nn.Training;
using Engine.Tensors;
using Engine.Tensors.Autograd;
using Engine.Tensors.Distributed;
using Engine.Tests.Support;

namespace Engine.Tests.Nn.Distributed;

/// <summary>The bits of a training in parts do not depend on how many ranks share them.</summary>
public class PartsTrainingTests
{
    public static TheoryData<string> Kinds => [.. PartsSupport.Kinds];

    [Theory, MemberData(nameof(Kinds))]
    public void Run_FourParts_SameBitsOnOneToFourRanks(string kind)
    {
        var one = PartsSupport.Train(kind, 4, Communicator.Alone).End;
        for (var ranks = 2; ranks <= 4; ranks++) one.AssertSame(PartsSupport.TrainOn(ranks, kind, 4));
    }

    // Five examples at most in a part: batches of 10 have five parts.
    [Theory, InlineData(1, 2), InlineData(3, 2), InlineData(7, 3), InlineData(2, 4), InlineData(8, 4)]
    public void Run_PartsThatRanksDoNotDivide_SameBits(int parts, int ranks)
    {
        foreach (var kind in new[] { "cnn", "mixup" })
            PartsSupport.Train(kind, parts, Communicator.Alone).End.AssertSame(PartsSupport.TrainOn(ranks, kind, parts));
    }

    [Fact]
    public void Run_OnePartOnTwoRanks_GivesTheBitsOfAnOrdinaryTraining()
    {
        var ordinary = PartsSupport.Train("mlp", 1, Communicator.Alone).End;
        ordinary.AssertSame(PartsSupport.TrainOn(2, "mlp", 1));
        Assert.NotEqual(ordinary.Bits, PartsSupport.Train("mlp", 2, Communicator.Alone).End.Bits);
    }

    // Without batch normalisation and dropout, a batch in parts is the batch but for rounding.
    [Theory, InlineData(2), InlineData(3), InlineData(5)]
    public void Step_InParts_MatchesGradientsOfPartsSummedInDouble(int parts)
    {
        using var network = new Sequential(
            new Conv2d(1, 4, 3), Activation.Tanh(), new Flatten(), new Dense(144, 3));
        network.Initialize(7);
        var (x, labels) = TrainingTests.Stripes(11);
        var sums = new List<double[]>();
        for (var (part, at) = (0, 0); part < parts; part++)
        {
            var end = (part + 1) * 11 / parts;
            network.ClearGradients();
            using var tape = new Tape();
            var scores = network.Forward(Tensor.From(x.AsSpan(64 * at, 64 * (end - at)), new Shape(end - at, 1, 8, 8)),
                ForwardContext.Train(new RandomStream(1, "none")));
            tape.Backward(Tensor.CrossEntropy(scores, Tensor.FromIndices(labels.AsSpan(at, end - at), new Shape(end - at))));
            double weight = (end - at) / 11.0;
            var gradients = network.Parameters().Select(p => p.Gradient!.ToArray().Select(g => weight * g).ToArray()).ToArray();
            sums = sums.Count == 0 ? [.. gradients] : [.. sums.Zip(gradients, (a, b) => a.Zip(b, (c, d) => c + d).ToArray())];
            at = end;
        }

        var before = network.Parameters().Select(p => p.Value.ToArray()).ToArray();
        using var optimizer = new Optimizer(network.Parameters(), new Sgd(1));
        var source = new ArraySource(x, labels, 3, 1, 8, 8) { Augments = false };
        new Trainer(network, optimizer, new TrainerOptions { BatchSize = 11, Epochs = 1, Seed = 7, Parts = parts })
            .Run(source, null);
        // The order of the examples differs, and with it the parts; their mean is the same.
        foreach (var (parameter, start, sum) in network.Parameters().Zip(before, sums))
        {
            var step = start.Zip(parameter.Value.ToArray(), (a, b) => (double)a - b).ToArray();
            // Rounding of the weights, which are below 1, and of sums.
            Close.Assert(sum, step, 1e-6, 1e-4, parameter.Name);
        }
    }

    [Fact]
    public void Run_ResumedOnOtherRanks_EndsWithTheSameBits()
    {
        using var folder = new TemporaryFolder();
        foreach (var kind in new[] { "mlp", "average" })
        {
            var whole = PartsSupport.Train(kind, 4, Communicator.Alone).End;
            var (path, counts) = (folder[kind], new[] { 1, 3, 2 });
            foreach (var ranks in counts)
            {
                // Stopped when the third step of this piece begins, on the last rank only.
                ThreadRanks.Run(ranks, r =>
                {
                    using var cancel = new CancellationTokenSource();
                    var steps = 0;
                    Assert.Throws<OperationCanceledException>(() => PartsSupport.Train(kind, 4, r, o => o with
                    {
                        CheckpointPath = path,
                        Schedule = new WatchedSchedule(_ =>
                        {
                            if (++steps == 2 && r.Rank == ranks - 1) cancel.Cancel();
                        }),
                    }, cancel.Token));
                    Assert.Equal(2, steps);
                });
            }

            whole.AssertSame(PartsSupport.TrainOn(4, kind, 4, o => o with { CheckpointPath = path }));
        }
    }

    [Fact]
    public void Run_WithOtherParts_DoesNotResume()
    {
        using var folder = new TemporaryFolder();
        var path = folder["a"];
        PartsSupport.Train("mlp", 2, Communicator.Alone, o => o with { CheckpointPath = path });
        var error = Assert.Throws<InvalidDataException>(
            () => PartsSupport.Train("mlp", 4, Communicator.Alone, o => o with { CheckpointPath = path }));
        Assert.Contains("trainer/parts", error.Message);
    }

    [Fact]
    public void Run_WhileItValidates_StopsOnAllRanks()
    {
        ThreadRanks.Run(3, ranks =>
        {
            using var cancel = new CancellationTokenSource();
            using var network = PartsSupport.Network("mlp");
            using var optimizer = new Optimizer(network.Parameters(), new Sgd(0.1));
            var valid = TrainingSupport.Stripes(40, _ => { if (ranks.Rank == 1) cancel.Cancel(); });
            var epochs = 0;
            Assert.Throws<OperationCanceledException>(() =>
                new Trainer(network, optimizer, PartsSupport.Options("mlp", 3) with { Ranks = ranks })
                    .Run(TrainingSupport.Stripes(41), valid, new Counter(() => epochs++), cancel.Token));
            Assert.Equal(0, epochs);
        });
    }

    [Fact]
    public void Run_LossNotFinite_SameErrorOnAllRanks()
    {
        var errors = ThreadRanks.Run(3, ranks => Fail(ranks));
        Assert.Equal(Fail(Communicator.Alone), errors[0]);
        Assert.All(errors, e => Assert.Equal(errors[0], e));
        Assert.Matches(
            @"^Trainer: epoch 1, batch \d of 4 \(step \d\): part \d of 4: the loss is NaN; input 0 of example 5 ", errors[0]);

        static string Fail(Communicator ranks)
        {
            using var network = PartsSupport.Network("cnn");
            using var optimizer = new Optimizer(network.Parameters(), new Sgd(0.1));
            var (values, labels) = TrainingTests.Stripes(41);
            values[5 * 64 + 3] = float.NaN;
            var trainer = new Trainer(network, optimizer, PartsSupport.Options("cnn", 4) with { Ranks = ranks });
            return Assert.Throws<TrainingException>(() => trainer.Run(new ArraySource(values, labels, 3, 1, 8, 8), null)).Message;
        }
    }

    [Fact]
    public void Run_ValidationNotFinite_SameErrorOnAllRanks()
    {
        var errors = ThreadRanks.Run(2, ranks => Fail(ranks));
        Assert.Equal([Fail(Communicator.Alone), errors[0]], [errors[0], errors[1]]);

        static string Fail(Communicator ranks)
        {
            using var network = PartsSupport.Network("cnn");
            using var optimizer = new Optimizer(network.Parameters(), new Sgd(0.1));
            var (values, labels) = TrainingTests.Stripes(41);
            values[5 * 64 + 3] = float.NaN;
            var trainer = new Trainer(network, optimizer, PartsSupport.Options("cnn", 2) with { Ranks = ranks });
            return Assert.Throws<TrainingException>(
                () => trainer.Run(TrainingSupport.Stripes(41), new ArraySource(values, labels, 3, 1, 8, 8))).Message;
        }
    }

    [Fact]
    public void Run_RankThatDiffers_IsNamed()
    {
        Refused(r => o => o with { Metadata = new Dictionary<string, string> { ["data"] = $"{r.Rank / 2}" } }, "rank 2", "data.");
        Refused(r => o => o with { Epochs = 3 + r.Rank / 2 }, "rank 2", "epochs.");
        Refused(r => o => o with { Seed = (ulong)r.Rank }, "rank 1", "seed, starting weights.");
        Refused(r => o => r.Rank == 1 ? o : o with { LabelSmoothing = 0.1 }, "rank 1", "label smoothing.");

        static void Refused(Func<Communicator, Func<TrainerOptions, TrainerOptions>> change, string rank, string what) =>
            ThreadRanks.Run(3, ranks =>
            {
                var error = Assert.Throws<InvalidDataException>(() => PartsSupport.Train("mlp", 2, ranks, change(ranks)));
                Assert.StartsWith($"Trainer: {rank} ({Environment.MachineName}) differs from the first rank in: {what}",
                    error.Message);
            });
    }

    [Fact]
    public void Run_ReadsOnlyItsOwnExamplesAndTheirCounterparts()
    {
        foreach (var mixUp in new[] { 0, 0.4 })
        {
            var read = ThreadRanks.Run(2, ranks =>
            {
                var count = 0;
                using var network = PartsSupport.Network("cnn");
                using var optimizer = new Optimizer(network.Parameters(), new Sgd(0.1));
                var options = PartsSupport.Options("cnn", 4) with { Ranks = ranks, MixUp = mixUp, Epochs = 1 };
                new Trainer(network, optimizer, options)
                    .Run(TrainingSupport.Stripes(40, _ => Interlocked.Increment(ref count)), null);
                return count;
            });
            // Halves of the batch mix with each other.
            Assert.Equal(mixUp == 0 ? [20, 20] : new[] { 40, 40 }, read);
        }
    }

    [Fact]
    public void Run_SmallNetwork_SendsOneMessagePerStep()
    {
        ThreadRanks.Run(2, ranks =>
        {
            var (counting, calls) = (new CountingRanks(ranks), new List<int>());
            PartsSupport.Train("mlp", 2, counting, o => o with
            {
                Schedule = new WatchedSchedule(_ => calls.Add(counting.Calls)),
                Epochs = 1,
            });
            // Between the steps; then the last one's, and two that share out the validation.
            Assert.Equal([1, 1, 1, 1 + 2], calls.Zip(calls.Skip(1), (a, b) => b - a));
        });
    }

    [Fact]
    public void Trainer_MorePartsOrRanksThanABatchHas_Warns()
    {
        var warnings = new List<string>();
        PartsSupport.Train("mlp", 8, Communicator.Alone, o => o with { Epochs = 1, Warn = warnings.Add });
        Assert.Equal("A batch has 5 parts, not 8: two examples are the fewest. Larger batches can have more parts.",
            Assert.Single(warnings));
        ThreadRanks.Run(3, ranks =>
        {
            var own = new List<string>();
            PartsSupport.Train("mlp", 2, ranks, o => o with { Epochs = 1, Warn = own.Add });
            Assert.Equal("Of 3 ranks, only 2 train, as a batch has 2 parts. Larger batches can have more parts.",
                Assert.Single(own));
        });
    }

    [Fact]
    public void Trainer_PartsRanksOrProfileOnAGpu_AreRefused()
    {
        var gpu = Device.Get("ilgpu-cpu");
        Assert.Equal("Trainer: Parts is 2; on ilgpu-cpu it must be 1.",
            Refused(new() { BatchSize = 4, Epochs = 1, Device = gpu, Parts = 2 }));
        Assert.Equal("Trainer: steps are measured on the processor only, not on ilgpu-cpu.",
            Refused(new() { BatchSize = 4, Epochs = 1, Device = gpu, Profile = new() }));
        ThreadRanks.Run(2, ranks => Assert.Equal("Trainer: 2 ranks share a training on the processor only, not on ilgpu-cpu.",
            Refused(new() { BatchSize = 4, Epochs = 1, Device = gpu, Ranks = ranks })));

        static string Refused(TrainerOptions options)
        {
            using var network = PartsSupport.Network("mlp");
            using var optimizer = new Optimizer(network.Parameters(), new Sgd(1));
            return Assert.Throws<ArgumentException>(() => new Trainer(network, optimizer, options)).Message;
        }
    }

    private sealed class Counter(Action count) : IProgress<EpochRecord>
    {
        public void Report(EpochRecord value) => count();
    }
}
