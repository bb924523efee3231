using Engine.Nn;
using Engine.Nn.Layers;
using Engine.Nn.Optimizers;
using Engine.Nn.Training;
using Engine.Tensors.Serialization;
using Engine.Tests.Support;

namespace Engine.Tests.Nn;

/// <summary>Checkpoints that do not fit, or cannot be written.</summary>
public class TrainingCheckpointTests
{
    [Fact]
    public void Run_CheckpointOfAnotherRun_IsNamedWithBothValues()
    {
        using var folder = new TemporaryFolder();
        var options = Options(folder["last.checkpoint"]);
        Run(options);
        foreach (var (changed, expected) in new (TrainerOptions, string)[]
        {
            (options with { Metadata = new Dictionary<string, string> { ["recipe"] = "other" } },
                "'recipe' is 'points' in the file but 'other' in this run"),
            (options with { Metadata = new Dictionary<string, string>() },
                "'recipe' is 'points' in the file but is unknown to this run"),
            (options with { Metadata = new Dictionary<string, string> { ["recipe"] = "points", ["data"] = "x" } },
                "'data' is missing; this run has 'x'"),
            (options with { Seed = 9 }, "'trainer/seed' is '3' in the file but '9' in this run"),
            (options with { BatchSize = 5 }, "'trainer/batch_size' is '4' in the file but '5' in this run"),
            (options with { AverageDecay = 0.9 }, "'trainer/average_decay' is '' in the file but '0.9' in this run"),
        })
        {
            var message = Assert.Throws<InvalidDataException>(() => Run(changed)).Message;
            Assert.Contains(expected, message);
            Assert.Contains(folder["last.checkpoint"], message);
        }
    }

    [Fact]
    public void Run_TornOrTamperedCheckpoint_IsRefusedAndNothingOfItUsed()
    {
        using var folder = new TemporaryFolder();
        var path = folder["last.checkpoint"];
        var options = Options(path);
        Run(options);
        var whole = File.ReadAllBytes(path);
        using var network = Network();
        network.Initialize(3);
        var fresh = TrainingSupport.Bits(network);
        foreach (var length in new[] { 0, 7, 100, whole.Length / 2, whole.Length - 1 })
        {
            File.WriteAllBytes(path, whole[..length]);
            Assert.Contains(path, Assert.Throws<InvalidDataException>(() => Run(options, network)).Message);
            Assert.Equal(fresh, TrainingSupport.Bits(network));
        }

        foreach (var (expected, change) in new (string, Action<SafetensorsFile>)[]
        {
            ("'counter.batch' is 99; it must be an integer from 0 to 3",
                f => f.Tensors["counter.batch"] = new StoredTensor(new[] { 99.0 }, 1)),
            ("'counter.batch' is NaN", f => f.Tensors["counter.batch"] = new StoredTensor(new[] { double.NaN }, 1)),
            ("'history' has epoch 2 in row 0", f => ((double[])f.Tensors["history"].Data)[0] = 2),
            ("'history' has a validation loss for epoch 1; this run has no validation examples",
                f => ((double[])f.Tensors["history"].Data)[3] = 2),
            ("'history' is F64 [2]; it must be F64 [rows, 8]", f => f.Tensors["history"] = new StoredTensor(new double[2], 2)),
            ("'counter.schedule.best' F64 [1] has no place",
                f => f.Tensors["counter.schedule.best"] = new StoredTensor(new double[1], 1)),
            ("'model.0.weight' [8, 4] is missing", f => f.Tensors.Remove("model.0.weight")),
        })
        {
            var file = SafetensorsFile.Parse(whole);
            change(file);
            file.Write(path);
            Assert.Contains(expected, Assert.Throws<InvalidDataException>(() => Run(options, network)).Message);
            Assert.Equal(fresh, TrainingSupport.Bits(network));
        }
    }

    [Fact]
    public void Run_FolderThatVanished_NamesTheFile()
    {
        using var folder = new TemporaryFolder();
        var path = folder["gone", "last.checkpoint"];
        Directory.CreateDirectory(folder["gone"]);
        var message = Assert.Throws<IOException>(() => Run(Options(path) with
        {
            CheckpointInterval = TimeSpan.Zero,
            Schedule = new WatchedSchedule(epoch =>
            {
                if (epoch >= 1 && Directory.Exists(folder["gone"])) Directory.Delete(folder["gone"], recursive: true);
            }),
        })).Message;
        Assert.Contains(path, message);
        Assert.Contains("cannot be written", message);
    }

    [Fact]
    public void Run_PathThatIsAFolder_NamesItAndLeavesNothing()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder["last.checkpoint"]);
        Assert.Contains(folder["last.checkpoint"], Assert.Throws<IOException>(() => Run(Options(folder["last.checkpoint"])))
            .Message);
        Assert.Empty(Directory.GetFiles(folder.Path));
    }

    [Fact]
    public void Run_MetadataKeyOfTheTrainersOwn_IsRefused()
    {
        var options = Options(null) with { Metadata = new Dictionary<string, string> { ["trainer/seed"] = "1" } };
        Assert.Contains("'trainer/seed'", Assert.Throws<ArgumentException>(() => Run(options)).Message);
    }

    private static TrainerOptions Options(string? path) => new()
    {
        BatchSize = 4,
        Epochs = 2,
        Seed = 3,
        CheckpointPath = path,
        Metadata = new Dictionary<string, string> { ["recipe"] = "points" },
    };

    private static Sequential Network() => new(new Dense(4, 8), Activation.Relu(), new Dense(8, 2));

    private static void Run(TrainerOptions options)
    {
        using var network = Network();
        Run(options, network);
    }

    private static void Run(TrainerOptions options, Sequential network)
    {
        using var optimizer = new Optimizer(network.Parameters(), new Adam());
        new Trainer(network, optimizer, options).Run(TrainingSupport.Points(12), null);
    }
}
