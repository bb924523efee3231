using System.Diagnostics;
using System.Text;
using Engine.Dsp;
using Engine.Dsp.Files;
using Engine.Tests.Support;

namespace Engine.Tests.Dsp.Files;

/// <summary>Files under temporary names: none stays, whoever wrote it, and none of a living process goes.</summary>
public sealed class TemporaryTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Sweep_OfProcessesThatAreGone_RemovesFilesAndFolders()
    {
        var file = Leave(DeadProcess());
        var folder = Leave(DeadProcess());
        File.Delete(folder);
        Directory.CreateDirectory(Path.Combine(folder, "genre"));
        File.WriteAllText(Path.Combine(folder, "genre", "song.wav"), "");
        Assert.Equal(2, Temporary.Sweep(_folder.Path));
        Assert.False(File.Exists(file) || Directory.Exists(folder));
    }

    [Fact]
    public void Sweep_OfLivingProcesses_RemovesNothing()
    {
        if (OperatingSystem.IsWindows()) return;
        using var file = new AtomicFile(_folder["mine.txt"]);
        using var other = Child.Start(new ProcessStartInfo("sleep", "600"));
        var theirs = Leave(other.Id);
        Assert.Equal(0, Temporary.Sweep(_folder.Path));
        Assert.True(File.Exists(theirs));
        other.Kill();
        Assert.Equal(1, Temporary.Sweep(_folder.Path));
        file.Commit();
    }

    [Fact]
    public void Sweep_NumberGivenToAnotherProcessSince_IsNotItsFile()
    {
        if (OperatingSystem.IsWindows()) return;
        using var other = Child.Start(new ProcessStartInfo("sleep", "600"));
        var left = Leave(other.Id);
        File.SetLastWriteTimeUtc(left, DateTime.UtcNow.AddHours(-1));
        Assert.Equal(1, Temporary.Sweep(_folder.Path));
    }

    [Fact]
    public void Sweep_OfAnotherMachine_WaitsADay()
    {
        var left = _folder[".engine-00000000-1-12345678.tmp"];
        File.WriteAllText(left, "");
        Assert.Equal(0, Temporary.Sweep(_folder.Path));
        File.SetLastWriteTimeUtc(left, DateTime.UtcNow.AddHours(-25));
        Assert.Equal(1, Temporary.Sweep(_folder.Path));
    }

    [Theory]
    [InlineData(".engine-notes.tmp")]
    [InlineData(".engine-12345678-zz-12345678.tmp")]
    [InlineData("engine-12345678-1-12345678.tmp")]
    [InlineData(".engine-12345678-1-12345678.tmp.bak")]
    [InlineData("a.tmp")]
    public void Sweep_NamesThatAreNotOurs_Stay(string name)
    {
        File.WriteAllText(_folder[name], "");
        File.SetLastWriteTimeUtc(_folder[name], DateTime.UtcNow.AddYears(-1));
        Assert.Equal(0, Temporary.Sweep(_folder.Path));
        Assert.False(Temporary.IsName(name));
    }

    [Fact]
    public void AtomicFile_LongestName_IsWritten()
    {
        var name = new string('é', 125) + ".npy";
        Assert.Equal(254, Encoding.UTF8.GetByteCount(name));
        using (var file = new AtomicFile(_folder[name])) file.Commit();
        Assert.Equal([_folder[name]], Directory.GetFileSystemEntries(_folder.Path));
    }

    [Fact]
    public void AtomicFile_ThatCannotEvenBeClosed_LeavesNothing()
    {
        using (var file = new AtomicFile(_folder["a.bin"]))
        {
            file.Stream.Write([1, 2, 3]);
            file.Stream.SafeFileHandle.Dispose();
        }

        Assert.Empty(Directory.GetFileSystemEntries(_folder.Path));
    }

    [Fact]
    public void AtomicFile_DiskThatRefuses_FailsAndLeavesTheOldFile()
    {
        File.WriteAllText(_folder["a.txt"], "old");
        using (var file = new AtomicFile(_folder["a.txt"]))
        {
            Disk.Before.Value = (change, _) =>
            {
                if (change == "flush") throw new IOException("no");
            };
            Assert.Throws<IOException>(file.Commit);
            Disk.Before.Value = null;
        }

        Assert.Equal("old", File.ReadAllText(Assert.Single(Directory.GetFileSystemEntries(_folder.Path))));
    }

    [Fact]
    public void DeleteFolder_Links_GoAloneWithoutWhatTheyLeadTo()
    {
        if (OperatingSystem.IsWindows()) return;
        Directory.CreateDirectory(_folder["kept"]);
        File.WriteAllText(_folder["kept", "song.wav"], "");
        Directory.CreateDirectory(_folder["gone", "deep"]);
        Directory.CreateSymbolicLink(_folder["gone", "deep", "folder"], _folder["kept"]);
        File.CreateSymbolicLink(_folder["gone", "file"], _folder["kept", "song.wav"]);
        File.CreateSymbolicLink(_folder["gone", "nothing"], _folder["none"]);
        Disk.DeleteFolder(_folder["gone"]);
        Assert.False(Directory.Exists(_folder["gone"]));
        Assert.True(File.Exists(_folder["kept", "song.wav"]));
    }

    // A temporary file as a process of that number leaves it.
    private string Leave(int process)
    {
        var name = Temporary.In(_folder.Path);
        Temporary.Done(name);
        var parts = Path.GetFileName(name).Split('-');
        var path = _folder[$"{parts[0]}-{parts[1]}-{process:x}-{parts[3]}"];
        File.WriteAllText(path, "");
        return path;
    }

    private static int DeadProcess()
    {
        using var process = Child.Start(new ProcessStartInfo(OperatingSystem.IsWindows() ? "whoami" : "true"));
        process.End();
        return process.Id;
    }
}
