using Engine.Dsp.Files;
using Engine.Tests.Support;

namespace Engine.Tests.Dsp.Files;

public sealed class FolderLockTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Take_Held_SaysByWhom()
    {
        using (FolderLock.Take(_folder["run"]))
        {
            Assert.True(FolderLock.IsLeft(_folder["run"]));
            var error = Assert.Throws<FolderInUseException>(() => FolderLock.Take(_folder["other", "..", "run"]));
            Assert.Contains($"process {Environment.ProcessId} on {Environment.MachineName}", error.Message);
            Assert.Contains("since 20", error.Message);
            using var beside = FolderLock.Take(_folder["run2"]);
        }

        Assert.False(FolderLock.IsLeft(_folder["run"]));
        Assert.Empty(Directory.GetFileSystemEntries(_folder.Path));
        using var again = FolderLock.Take(_folder["run"]);
    }

    [Fact]
    public void Take_LeftByAKilledProcess_IsTaken()
    {
        Assert.True(Killing.Before(4, () => FolderLock.Take(_folder["run"]).Dispose())
            || FolderLock.IsLeft(_folder["run"]) is false);
        using (FolderLock.Take(_folder["run"])) Assert.True(FolderLock.IsLeft(_folder["run"]));
        Assert.Empty(Directory.GetFileSystemEntries(_folder.Path));
    }

    [Fact]
    public void Take_LocksOfOthersThatWereLeft_AreRemoved()
    {
        var left = _folder[".engine-0123456789abcdef.lock"];
        File.WriteAllText(left, "1\nnowhere\n2020-01-01 00:00:00\nx\n");
        File.WriteAllText(_folder[".engine-mine.lock"], "");
        using (FolderLock.Take(_folder["run"])) Assert.False(File.Exists(left));
        Assert.Equal([_folder[".engine-mine.lock"]], Directory.GetFileSystemEntries(_folder.Path));
    }

    [Fact]
    public void Take_MissingParents_AreMadeAndIfEmptyRemoved()
    {
        using (FolderLock.Take(_folder["a", "b", "run"])) Assert.True(Directory.Exists(_folder["a", "b"]));
        Assert.False(Directory.Exists(_folder["a"]));
        using (FolderLock.Take(_folder["a", "b", "run"])) Directory.CreateDirectory(_folder["a", "b", "run"]);
        Assert.True(Directory.Exists(_folder["a", "b", "run"]));
    }

    [Fact]
    public void Take_ManyAtOnce_GivesItToOne()
    {
        for (var round = 0; round < 200; round++)
        {
            var (held, most, taken) = (0, 0, 0);
            Parallel.For(0, 4, new ParallelOptions { MaxDegreeOfParallelism = 4 }, _ =>
            {
                try
                {
                    using var own = FolderLock.Take(_folder["run"]);
                    most = Math.Max(most, Interlocked.Increment(ref held));
                    Interlocked.Increment(ref taken);
                    Thread.Yield();
                    Interlocked.Decrement(ref held);
                }
                catch (FolderInUseException)
                {
                    return;
                }
            });
            Assert.Equal(1, most);
            Assert.InRange(taken, 1, 4);
        }

        Assert.Empty(Directory.GetFileSystemEntries(_folder.Path));
    }

    // It must not delete a file that it opened too late: the name may belong to the next holder's by then.
    [Fact]
    public void Sweep_BesideHolders_LeavesTheirLocks()
    {
        using var done = new CancellationTokenSource();
        var sweeper = new Thread(() =>
        {
            while (!done.IsCancellationRequested) FolderLock.Sweep(_folder.Path);
        });
        sweeper.Start();
        try
        {
            for (var round = 0; round < 2000; round++)
            {
                try
                {
                    using var own = FolderLock.Take(_folder["run"]);
                    Thread.Yield();
                    Assert.True(FolderLock.IsLeft(_folder["run"]), $"The lock was gone in round {round}.");
                }
                catch (FolderInUseException)
                {
                    // The sweeper had it each time.
                    continue;
                }
            }
        }
        finally
        {
            done.Cancel();
            sweeper.Join();
        }
    }
}
