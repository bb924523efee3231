using Engine.Nn;
using Engine.Nn.Layers;
using Engine.Nn.Optimizers;
using Engine.Tensors;
using Engine.Tensors.Serialization;
using Engine.Tests.Support;

namespace Engine.Tests.Nn;

public class CheckpointTests
{
    private static readonly Dictionary<string, Func<IEnumerable<Parameter>, Optimizer>> s_optimizers = new()
    {
        ["sgd"] = p => new Optimizer(p, new Sgd(0.01) { Momentum = 0.9, Nesterov = true }),
        ["plain"] = p => new Optimizer(p, new Sgd(0.01)),
        ["adamw"] = p => new Optimizer(p, new AdamW(0.01)) { ClipNorm = 1 },
        ["adamax"] = p => new Optimizer(p, new Adamax()),
        ["nadam"] = p => new Optimizer(p, new NAdam()),
        ["adagrad"] = p => new Optimizer(p, new Adagrad()),
        ["rmsprop"] = p => new Optimizer(p, new RmsProp(1e-3) { Momentum = 0.5 }),
    };

    public static TheoryData<string> Optimizers => [.. s_optimizers.Keys];

    // Six steps at a stretch, and three, a new process' objects, three more: the same bits.
    [Theory, MemberData(nameof(Optimizers))]
    public void Load_InTheMiddle_GoesOnBitByBit(string name)
    {
        using var folder = new TemporaryFolder();
        using var whole = new Run(name, seed: 1);
        whole.Train(3);
        whole.Checkpoint.Counters["epoch"] = 3;
        whole.Checkpoint.Metadata["recipe"] = "stripes";
        whole.Checkpoint.Save(folder["last.checkpoint"]);
        whole.Train(3);
        using var resumed = new Run(name, seed: 1);
        resumed.Train(1);
        resumed.Checkpoint.Counters["epoch"] = 0;
        resumed.Checkpoint.Load(folder["last.checkpoint"]);
        Assert.Equal(3, resumed.Checkpoint.Counters["epoch"]);
        Assert.Equal("stripes", resumed.Checkpoint.Metadata["recipe"]);
        Assert.Equal(3, resumed.Optimizer.Steps);
        resumed.Train(3);
        Assert.Equal(whole.Bits(), resumed.Bits());
    }

    [Fact]
    public void Save_Twice_WritesTheSameBytesAndLeavesNothingElse()
    {
        using var folder = new TemporaryFolder();
        using var run = new Run("nadam", seed: 1);
        run.Train(2);
        run.Checkpoint.Save(folder["a"]);
        run.Checkpoint.Save(folder["b"]);
        run.Checkpoint.Save(folder["b"]);
        Assert.Equal(File.ReadAllBytes(folder["a"]), File.ReadAllBytes(folder["b"]));
        Assert.Equal(2, Directory.GetFiles(folder.Path).Length);
    }

    [Fact]
    public void Load_WhatDoesNotFit_IsNamedAndNothingChanges()
    {
        using var folder = new TemporaryFolder();
        using var run = new Run("adamw", seed: 1);
        run.Checkpoint.Save(folder["checkpoint"]);
        using var other = new Run("adamw", seed: 2);
        other.Train(1);
        var before = other.Bits();
        foreach (var (expected, change) in new (string, Action<SafetensorsFile>)[]
        {
            ("'model.0.weight' [8, 1, 3, 3] is missing", f => f.Tensors.Remove("model.0.weight")),
            ("'model.8.bias' is F32 [15]; the network has [16]",
                f => f.Tensors["model.8.bias"] = new StoredTensor(new float[15], 15)),
            ("'model.8.bias' is F64 [16]; it must be F32 [16]",
                f => f.Tensors["model.8.bias"] = new StoredTensor(new double[16], 16)),
            ("'model.99.weight' F32 [1] has no place in the network",
                f => f.Tensors["model.99.weight"] = new StoredTensor(new float[1], 1)),
            ("'optimizer.0.weight.second' [8, 1, 3, 3] is missing", f => f.Tensors.Remove("optimizer.0.weight.second")),
            ("'random.dropout' is missing", f => f.Tensors.Remove("random.dropout")),
            ("'optimizer_steps' is F64 [1]; it must be one I64 number",
                f => f.Tensors["optimizer_steps"] = new StoredTensor(new double[1], 1)),
            ("'counter.batch' F64 [1] has no place", f => f.Tensors["counter.batch"] = new StoredTensor(new double[1], 1)),
            ("and 3 more", f =>
            {
                foreach (var key in f.Tensors.Keys.Where(k => k.StartsWith("optimizer.", StringComparison.Ordinal)).Take(8)
                    .ToArray()) f.Tensors.Remove(key);
            }),
        })
        {
            var file = SafetensorsFile.Read(folder["checkpoint"]);
            change(file);
            file.Write(folder["changed"]);
            var message = Assert.Throws<InvalidDataException>(() => other.Checkpoint.Load(folder["changed"])).Message;
            Assert.Contains(expected, message);
            Assert.Contains(folder["changed"], message);
            Assert.Equal(before, other.Bits());
        }
    }

    [Fact]
    public void StateFile_PyTorchsNames_RoundTripAndStepCountIsPassedOver()
    {
        using var folder = new TemporaryFolder();
        using var network = TrainingTests.Pictures();
        network.Initialize(1);
        var file = new SafetensorsFile();
        StateFile.Store(file, network);
        file.Tensors.Add("1.num_batches_tracked", new StoredTensor(new long[] { 7 }));
        file.Write(folder["model.safetensors"]);
        using var loaded = TrainingTests.Pictures();
        StateFile.Restore(SafetensorsFile.Read(folder["model.safetensors"]), loaded);
        Assert.Equal(network.State().SelectMany(p => p.Value.ToArray()), loaded.State().SelectMany(p => p.Value.ToArray()));
        Assert.True(loaded.Parameter("0.weight").Value.RequiresGrad);
        Assert.False(loaded.Parameter("1.running_mean").Value.RequiresGrad);
        using var small = new Sequential(new Dense(3, 2));
        Assert.Contains("weights: '0.weight' is F32 [8, 1, 3, 3]; the network has [2, 3]",
            Assert.Throws<InvalidDataException>(() => StateFile.Restore(file, small)).Message);
        Assert.False(small.Parameter("0.weight").HasValue);
    }

    [Fact]
    public void StateFile_Take_MovesLargeTensorsAndCopiesSmallOnes()
    {
        using var network = new Sequential(new Dense(2048, 2048));
        network.Initialize(1);
        var file = new SafetensorsFile();
        StateFile.Store(file, network);
        file = SafetensorsFile.Parse(file.ToBytes());
        float[] weight = (float[])file.Tensors["0.weight"].Data, bias = (float[])file.Tensors["0.bias"].Data;
        using var loaded = new Sequential(new Dense(2048, 2048));
        StateFile.Take(file, loaded, Device.Cpu);
        Assert.Empty(file.Tensors);
        Assert.Equal(network.State().SelectMany(p => p.Value.ToArray()), loaded.State().SelectMany(p => p.Value.ToArray()));
        (weight[5], bias[5]) = (17, 17);
        Assert.Equal(17, loaded.Parameter("0.weight").Value.ToArray()[5]);
        Assert.NotEqual(17, loaded.Parameter("0.bias").Value.ToArray()[5]);
        Assert.True(loaded.Parameter("0.weight").Value.RequiresGrad);
    }

    [Fact]
    public void StateFile_TakeOfAnotherNetwork_LeavesTheFile()
    {
        using var network = new Sequential(new Dense(3, 2));
        network.Initialize(1);
        var file = new SafetensorsFile();
        StateFile.Store(file, network);
        using var other = new Sequential(new Dense(4, 2));
        Assert.Throws<InvalidDataException>(() => StateFile.Take(file, other));
        Assert.Equal(2, file.Tensors.Count);
    }

    private sealed class Run : IDisposable
    {
        private readonly Sequential _network = TrainingTests.Pictures();
        private readonly RandomStream _dropout;
        private readonly ExponentialMovingAverage _average;

        public Run(string optimizer, ulong seed)
        {
            _network.Initialize(seed);
            _network.Parameter("8.weight").L2 = 1e-3;
            Optimizer = s_optimizers[optimizer](_network.Parameters());
            _dropout = new RandomStream(seed, "dropout");
            _average = new ExponentialMovingAverage(_network, 0.9);
            Checkpoint = new Checkpoint(_network, Optimizer)
            {
                Average = _average,
                Streams = new Dictionary<string, RandomStream> { ["dropout"] = _dropout }
            };
        }

        public Optimizer Optimizer { get; }

        public Checkpoint Checkpoint { get; }

        public void Train(int steps)
        {
            var (x, labels) = TrainingTests.Stripes(12);
            for (var step = 0; step < steps; step++)
            {
                TrainingTests.Step(_network, Optimizer, x, new Shape(12, 1, 8, 8), labels, _dropout);
                _average.Update();
            }
        }

        public uint[] Bits() =>
        [
            .. _network.State().Select(p => p.Value).Concat(Optimizer.State().Select(s => s.Tensor))
                .Concat(_average.State().Select(s => s.Tensor))
                .SelectMany(t => t.ToArray()).Select(BitConverter.SingleToUInt32Bits),
        ];

        public void Dispose()
        {
            _average.Dispose();
            Optimizer.Dispose();
            _network.Dispose();
        }
    }
}
