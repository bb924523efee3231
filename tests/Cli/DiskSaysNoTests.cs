using System.Diagnostics;
using Engine.Cli;
using Engine.Tests.Classifiers;
using Engine.Tests.Support;

namespace Engine.Tests.Cli;

/// <summary>Full disks, closed files and folders that cannot be written.</summary>
public sealed class DiskSaysNoTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("2>/dev/full")]
    [InlineData("2>&-")]
    public void StandardError_CannotBeWritten_EndsNoWork(string redirection)
    {
        if (!OperatingSystem.IsLinux()) return;
        var table = PipelineCorpus.WriteTable(_folder["f.csv"]);
        Assert.Equal(0, Ended($"exec {redirection};", "train", table, "--recipe", "cortis-mlp-fixed", "--set",
            "classifier.training.epochs=3", "--out", _folder["run"]).Code);
        Assert.True(File.Exists(_folder["run", "metrics.json"]));
        Assert.Equal(CommandLine.Wrong, Ended($"exec {redirection};", "predict", "nothing.wav", "nothing.wav").Code);
        Assert.Equal(CommandLine.Wrong, Ended($"exec {redirection};", "no-command").Code);
    }

    [Fact]
    public void StandardOutput_FullDisk_IsAFailureThatIsSaid()
    {
        if (!OperatingSystem.IsLinux()) return;
        var run = Ended("exec >/dev/full;", "recipes");
        Assert.Equal(CommandLine.Failed, run.Code);
        Assert.Contains("standard output cannot be written", run.Error);
        Assert.Single(run.Error.TrimEnd().Split('\n'));
        Assert.Equal(CommandLine.Failed, Ended("exec >/dev/full 2>/dev/full;", "--help").Code);
    }

    [LinuxCompilerFact]
    public void Features_DiskThatRefusesAtTheEnd_FailsAndLeavesNothing()
    {
        File.WriteAllText(_folder["no.cpp"], "#include <errno.h>\nextern \"C\" int fsync(int) { errno = ENOSPC; return -1; }\n");
        using (var compiler = Child.Start(
            new ProcessStartInfo("g++", ["-shared", "-fPIC", "-o", _folder["no.so"], _folder["no.cpp"]]))) compiler.End()
                .Succeeds();
        PipelineCorpus.WriteAudio(_folder["corpus"], tracks: 1);
        var before = Directory.GetFileSystemEntries(_folder.Path);
        foreach (var name in new[] { "x.csv", "x.npz", "x.npy" })
        {
            var run = Ended($"export LD_PRELOAD='{_folder["no.so"]}';", "features", _folder["corpus"], "--set",
                name == "x.csv" ? "gtzan57" : "mel", "--no-cache", "--out", _folder[name]);
            Assert.Equal(CommandLine.Failed, run.Code);
            Assert.Contains("No space left on device", run.Error);
            Assert.Equal(before, Directory.GetFileSystemEntries(_folder.Path));
        }

        var train = Ended($"export LD_PRELOAD='{_folder["no.so"]}';", "train", _folder["corpus"], "--recipe", "gtzan57-knn",
            "--no-cache", "--out", _folder["run"]);
        Assert.Equal(CommandLine.Failed, train.Code);
        Assert.Contains("No space left on device", train.Error);
        Assert.Equal(before, Directory.GetFileSystemEntries(_folder.Path));
    }

    [Fact]
    public void Outputs_NameTooLong_AreRefusedBeforeTheWork()
    {
        if (OperatingSystem.IsWindows()) return;
        var table = PipelineCorpus.WriteTable(_folder["f.csv"]);
        var name = _folder[new string('x', 252)];
        foreach (var arguments in new[]
        {
            new[] { "features", "nothing", "--out", name + ".csv" },
            ["train", "nothing.csv", "--recipe", "gtzan57-knn", "--out", name + ".csv"],
            ["compare", "nothing.csv", "--recipes", "gtzan57-knn", "--out", name + ".csv"],
            ["tune", table, "--recipe", "gtzan57-svm", "--out", name + ".csv"],
        })
        {
            var run = EngineRun.Of(arguments);
            Assert.Equal(CommandLine.Failed, run.Code);
            Assert.Contains("the name is too long (256 bytes)", run.Error);
        }

        Assert.Equal([table], Directory.GetFileSystemEntries(_folder.Path));
    }

    [Fact]
    public void Outputs_FolderThatIsAFile_AreRefusedBeforeTheWork()
    {
        File.WriteAllText(_folder["file"], "");
        foreach (var command in new[] { new[] { "train", "nothing.csv", "--recipe", "gtzan57-knn" },
            ["compare", "nothing.csv", "--recipes", "gtzan57-knn"] })
        {
            var run = EngineRun.Of([.. command, "--out", _folder["file", "run"]]);
            Assert.Equal(CommandLine.Failed, run.Code);
            Assert.Contains($"{_folder["file", "run"]}: cannot be written", run.Error);
        }
    }

    [Fact]
    public void Cache_NoHome_LiesInTheTemporaryFolderForItsOwnerAlone()
    {
        if (OperatingSystem.IsWindows()) return;
        PipelineCorpus.WriteAudio(_folder["corpus"], tracks: 1);
        Directory.CreateDirectory(_folder["work"]);
        Directory.CreateDirectory(_folder["temporary"]);
        var before = $"unset ENGINE_CACHE; export HOME=/nowhere XDG_CACHE_HOME=here TMPDIR='{_folder["temporary"]}'; cd "
            + $"'{_folder["work"]}';";
        Ended(before, "features", _folder["corpus"], "--set", "mfcc", "--out", _folder["f.csv"]).Succeeds();
        Assert.Empty(Directory.GetFileSystemEntries(_folder["work"]));
        var cache = _folder["temporary", $"engine-{Environment.UserName}"];
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(cache));
        Assert.Equal(3, Directory.GetFiles(cache, "*.features", SearchOption.AllDirectories).Length);

        File.SetUnixFileMode(cache, File.GetUnixFileMode(cache) | UnixFileMode.OtherWrite);
        File.Delete(Directory.GetFiles(cache, "*.features", SearchOption.AllDirectories)[0]);
        var warned = Ended(before, "features", _folder["corpus"], "--set", "mfcc", "--out", _folder["g.csv"]);
        warned.Succeeds();
        Assert.Contains("ENGINE_CACHE", warned.Error);
    }

    private EngineRun Ended(string before, params string[] arguments)
    {
        using var process = Child.EngineAfter(_folder, before, arguments);
        return process.End();
    }
}

/// <summary>A test that compiles a library for Linux.</summary>
public sealed class LinuxCompilerFactAttribute : FactAttribute
{
    public LinuxCompilerFactAttribute()
    {
        var found = Environment.GetEnvironmentVariable("PATH")?.Split(Path.PathSeparator)
            .Any(p => File.Exists(Path.Combine(p, "g++"))) ?? false;
        Skip = !OperatingSystem.IsLinux() ? "for Linux." : found ? null : "g++ is not on the PATH.";
    }
}
