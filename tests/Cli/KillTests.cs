using Engine.Tensors;
using Engine.Tests.Support;

namespace Engine.Tests.Cli;

/// <summary>Trainings of the built program that are killed, and gone on with.</summary>
public sealed class KillTests : IDisposable
{
    private const int Kills = 20;
    private const int MostEpochsBetween = 6;

    private const string Recipe = """
        {
          "name": "killed", "description": "A small network that is trained for a while.",
          "front_end": { "sample_rate": 22050, "features": { "set": "mel-frames", "n_fft": 1024, "hop_length": 512, "n_mels": 16 }, "segment": 0.5 },
          "scaler": "none", "window_scaler": "bin",
          "classifier": {
            "kind": "network",
            "layers": [ { "layer": "flatten" }, { "layer": "dense", "units": 32 }, { "layer": "batch-norm" }, { "layer": "relu" }, { "layer": "dropout", "share": 0.2 }, { "layer": "output" } ],
            "training": { "optimizer": { "kind": "adam" }, "batch": 16, "epochs": 500, "average_decay": 0.9, "mixup": 0.2, "validation": 0.2 },
            "augmentation": { "time_mask": 0.1, "gain_db": 3 }
          }
        }
        """;

    private readonly TemporaryFolder _folder = new();

    public KillTests()
    {
        File.WriteAllText(_folder["recipe.json"], Recipe);
        EngineRun.Of("synth", _folder["corpus"], "--tracks", "4", "--seconds", "1").Succeeds();
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Train_KilledTwentyTimes_EndsInTheSameBytes()
    {
        string[] begin = ["train", _folder["corpus"], "--recipe", _folder["recipe.json"], "--seed", "3", "--checkpoint-every",
            "0", "--out"];
        using (var whole = Child.Engine(_folder, [.. begin, _folder["whole"]])) whole.End().Succeeds();

        var random = new RandomStream((ulong)Environment.TickCount64, "kills");
        for (var kill = 0; kill < Kills; kill++)
        {
            using var process = Child.Engine(_folder, BeginOrResume());
            // Killed some moments after an epoch's line, wherever the program then is.
            for (var line = (int)(random.NextUInt32() % MostEpochsBetween); line >= 0 && process.NextLine() is { } text; line--)
                Assert.StartsWith("epoch", text);
            Thread.Sleep((int)(random.NextUInt32() % 40));
            process.Kill();

            // On a machine so fast, or so busy that this process got no turn, the training may be done: the next kills are of a
            // new one.
            if (!File.Exists(_folder["killed", "metrics.json"])) continue;
            AssertSame();
            Directory.Delete(_folder["killed"], recursive: true);
        }

        using var last = Child.Engine(_folder, BeginOrResume());
        last.End().Succeeds();
        AssertSame();
        Assert.DoesNotContain(Directory.GetFileSystemEntries(_folder.Path, "*", SearchOption.AllDirectories),
            e => Path.GetFileName(e).StartsWith(".engine-", StringComparison.Ordinal));

        string[] BeginOrResume() =>
            Directory.Exists(_folder["killed"])
            ? ["train", "--resume", "--checkpoint-every", "0", "--out", _folder["killed"]] : [.. begin, _folder["killed"]];

        void AssertSame()
        {
            foreach (var file in new[] { "model.safetensors", "predictions.csv" })
                Assert.Equal(File.ReadAllBytes(_folder["whole", file]), File.ReadAllBytes(_folder["killed", file]));
            Assert.Equal(501, File.ReadAllLines(_folder["killed", "history.csv"]).Length);
        }
    }
}
