using Engine.Cli;
using Engine.Tests.Support;

namespace Engine.Tests.Cli;

/// <summary>The built program under the signals that ask a process to end.</summary>
public sealed class SignalTests : IDisposable
{
    private const string Recipe = """
        {
          "name": "endless", "description": "A small network that is trained for longer than any test waits.",
          "front_end": { "sample_rate": 22050, "features": { "set": "mel-frames", "n_fft": 1024, "hop_length": 512, "n_mels": 16 }, "segment": 0.5 },
          "scaler": "none", "window_scaler": "bin",
          "classifier": {
            "kind": "network", "layers": [ { "layer": "flatten" }, { "layer": "dense", "units": 8 }, { "layer": "relu" }, { "layer": "output" } ],
            "training": { "optimizer": { "kind": "adam" }, "batch": 16, "epochs": 1000000 }
          }
        }
        """;

    // Under nohup a child would ignore SIGHUP, as it should. Other systems' env may not know the option.
    private const string HearHangUp =
        "env --default-signal=HUP true 2> /dev/null && exec env --default-signal=HUP dotnet \"$0\" \"$@\";";

    private readonly TemporaryFolder _folder = new();

    public SignalTests() => File.WriteAllText(_folder["recipe.json"], Recipe);

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("INT", 130, "")]
    [InlineData("TERM", 143, "")]
    [InlineData("HUP", 129, HearHangUp)]
    [InlineData("INT", 130, "trap '' INT;")]
    [InlineData("TERM", 143, "trap '' INT HUP;")]
    public void Train_Signal_LeavesACheckpointAndItsExitCode(string signal, int code, string before)
    {
        if (OperatingSystem.IsWindows()) return;
        EngineRun.Of("synth", _folder["corpus"], "--tracks", "3", "--seconds", "1").Succeeds();
        using var process = Child.EngineAfter(_folder, before, "train", _folder["corpus"], "--recipe", _folder["recipe.json"],
            "--out", _folder["run"]);
        Assert.StartsWith("epoch", process.NextLine());
        process.Signal(signal);
        var end = process.End();
        Assert.Equal(code, end.Code);
        Assert.Contains("--resume", end.Error);
        Assert.True(File.Exists(_folder["run", "last.checkpoint"]));
        Assert.False(File.Exists(_folder["run", "metrics.json"]));
        Assert.Empty(Leftovers());
    }

    [Fact]
    public void Train_HangUpThatIsIgnored_StaysIgnored()
    {
        if (OperatingSystem.IsWindows()) return;
        EngineRun.Of("synth", _folder["corpus"], "--tracks", "3", "--seconds", "1").Succeeds();
        using var process = Child.EngineAfter(_folder, "trap '' HUP;", "train", _folder["corpus"], "--recipe",
            _folder["recipe.json"], "--out", _folder["run"]);
        Assert.StartsWith("epoch", process.NextLine());
        process.Signal("HUP");
        for (var line = 0; line < 20; line++) Assert.StartsWith("epoch", process.NextLine());
        process.Signal("TERM");
        Assert.Equal(143, process.End().Code);
    }

    [Theory]
    [InlineData("TERM", 143)]
    [InlineData("HUP", 129)]
    public void Synth_Signal_LeavesNothing(string signal, int code)
    {
        if (OperatingSystem.IsWindows()) return;
        using var process = Child.EngineAfter(
            _folder, HearHangUp, "synth", _folder["corpus"], "--tracks", "10000", "--seconds", "1");
        WaitForTemporary();
        process.Signal(signal);
        Assert.Equal(code, process.End().Code);
        Assert.Empty(Leftovers());
        Assert.False(Directory.Exists(_folder["corpus"]));
    }

    [Fact]
    public void Synth_SecondSignal_EndsAtOnceAndLeavesNothing()
    {
        if (OperatingSystem.IsWindows()) return;
        // A long track is not stopped in its midst.
        using var process = Child.Engine(_folder, "synth", _folder["corpus"], "--tracks", "2", "--seconds", "1200", "--threads",
            "1");
        WaitForTemporary();
        process.Signal("TERM");
        Thread.Sleep(700);
        process.Signal("TERM");
        Assert.Equal(143, process.End().Code);
        Assert.Empty(Leftovers());
    }

    [Fact]
    public void Help_Root_NamesTheExitCodes()
    {
        var help = EngineRun.Of("--help").Succeeds();
        Assert.All(["130", "143", "129", "SIGTERM", "SIGHUP"], part => Assert.Contains(part, help));
    }

    [Fact]
    public void Output_ToAProgramThatStopsReading_EndsQuietly()
    {
        if (OperatingSystem.IsWindows()) return;
        using var process = Child.Start(
            new("/bin/sh", ["-c", "(dotnet \"$0\" recipes; echo \"code $?\" >&2) | head -n 1",
                typeof(CommandLine).Assembly.Location]));
        var end = process.End();
        Assert.Equal("code 0\n", end.Error);
        Assert.Single(end.Output.TrimEnd().Split('\n'));
    }

    private void WaitForTemporary()
    {
        // As long as a test's processes may take at most.
        for (var wait = 0; wait < 6000 && Leftovers().Length == 0; wait++) Thread.Sleep(50);
        Assert.NotEmpty(Leftovers());
    }

    private string[] Leftovers() => Directory.GetFileSystemEntries(_folder.Path, ".engine-*", SearchOption.AllDirectories);
}
