using Engine.Tests.Support;

namespace Engine.Tests.Cli.Ranks;

/// <summary>Jobs of the real launchers, whose files are those of one process.</summary>
public sealed class RankRunTests(CorpusFixture corpus) : IClassFixture<CorpusFixture>, IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [OpenMpiTheory]
    [InlineData(4, "csv", "features", "--set", "gtzan57")]
    [InlineData(2, "jsonl", "predict", "--top", "2")]
    public void OpenMpi_Output_IsThatOfOneProcess(int ranks, string extension, params string[] command) =>
        AssertSame(Mpi.Open, ranks, extension, command);

    [MpichTheory]
    [InlineData(2, "npz", "features", "--set", "gtzan57")]
    [InlineData(2, "csv", "predict")]
    public void Mpich_Output_IsThatOfOneProcess(int ranks, string extension, params string[] command) =>
        AssertSame(Mpi.Mpich, ranks, extension, command);

    [OpenMpiTheory]
    [InlineData(2)]
    public void OpenMpi_OperationsBetweenRanks_AreRight(int ranks) => AssertOperations(Mpi.Open, ranks, "Open MPI");

    [MpichTheory]
    [InlineData(2)]
    public void Mpich_OperationsBetweenRanks_AreRight(int ranks) => AssertOperations(Mpi.Mpich, ranks, "MPICH");

    // On a cluster, the error of a host must name it.
    [OpenMpiFact]
    public void Rank_WithOtherRecordings_IsNamedOnce()
    {
        var song = Path.Combine(corpus.Corpus, "ironriff", "ironriff.00000.wav");
        foreach (var folder in new[] { "music", "other/music" })
        {
            Directory.CreateDirectory(_folder[folder]);
            File.Copy(song, _folder[folder, "one.wav"]);
        }

        File.Copy(song, _folder["music", "two.wav"]);
        using var job = RankRun.Start(Mpi.Open, 2, _folder, "[ $rank = 0 ] || cd other;", "features", "music", "--out", "x.csv");
        var end = job.End();
        Assert.Equal(2, end.Code);
        Assert.Single(end.Error.Split('\n'), l => l.StartsWith("engine: ", StringComparison.Ordinal));
        Assert.Contains($"engine: rank 1 on {Environment.MachineName} has another list of recordings than rank 0", end.Error);
        Assert.False(File.Exists(_folder["x.csv"]));
    }

    [OpenMpiFact]
    public void Rank_ThatFailsAlone_SaysWhichItIs()
    {
        Directory.CreateDirectory(_folder["other"]);
        File.Copy(Path.Combine(corpus.Corpus, "ironriff", "ironriff.00000.wav"), _folder["one.wav"]);
        using var job = RankRun.Start(Mpi.Open, 2, _folder, "[ $rank = 0 ] || cd other;", "predict", "one.wav", "--json",
            "--quiet");
        var end = job.End();
        Assert.Equal(2, end.Code);
        Assert.Equal("", end.Output);
        Assert.Contains($"engine: rank 1 on {Environment.MachineName}: one.wav: no such file or folder.", end.Error);
    }

    [OpenMpiFact]
    public void Job_OfARankThatWasKilled_EndsAndIsGoneOnWith()
    {
        // The second rank ends when the first has kept a part, unless the work is done by then; the next try is of a new output.
        const string Kill = "[ $rank = 0 ] || { me=$$; (until ls \"$out\".parts/*.shard > /dev/null 2>&1; do sleep 0.01; done; " +
            "kill -9 $me) & };";
        string[] command = ["features", corpus.Corpus, "--set", "descriptors", "--no-cache", "--threads", "1", "--out"];
        EngineRun.Of([.. command, _folder["whole.npz"]]).Succeeds();
        for (var tries = 1; ; tries++)
        {
            var target = _folder[$"{tries}.npz"];
            using var job = RankRun.Start(Mpi.Open, 2, _folder, $"out='{target}'; {Kill}", [.. command, target]);
            if (job.End().Code == 0)
            {
                Assert.True(tries < 5, "The work was always done before the rank was killed.");
                continue;
            }

            Assert.False(File.Exists(target));
            Assert.NotEmpty(Directory.GetFiles($"{target}.parts"));
            var again = RankRun.Of(Mpi.Open, 2, _folder, [.. command, target]);
            again.Succeeds();
            Assert.Contains("parts are there; going on.", again.Error);
            Assert.Equal(File.ReadAllBytes(_folder["whole.npz"]), File.ReadAllBytes(target));
            Assert.False(Directory.Exists($"{target}.parts"));
            return;
        }
    }

    [OpenMpiFact]
    public void Job_ThatIsTerminated_StopsCleanly()
    {
        using var job = RankRun.Start(Mpi.Open, 2, _folder, "", "features", corpus.Corpus, "--set", "descriptors", "--no-cache",
            "--threads", "1", "--out", "x.npz");
        for (var wait = 0; wait < 6000 && !Directory.Exists(_folder["x.npz.parts"]) && !job.HasEnded; wait++) Thread.Sleep(10);
        job.Signal("TERM");
        job.End();
        Assert.DoesNotContain(Directory.GetFileSystemEntries(_folder.Path, "*", SearchOption.AllDirectories),
            e => Path.GetFileName(e).EndsWith(".tmp", StringComparison.Ordinal));
    }

    private void AssertOperations(string launcher, int ranks, string library)
    {
        var text = RankRun.Of(launcher, ranks, _folder, "selftest", "--ranks").Succeeds();
        Assert.Contains($"19 of 19 passed on {ranks} ranks ({ranks} on {Environment.MachineName}), {library}", text);
    }

    private void AssertSame(string launcher, int ranks, string extension, string[] command)
    {
        // A recording that cannot be used has its place, too, and is told of once.
        var broken = _folder.Write("broken.wav", "RIFF"u8.ToArray());
        string[] all = [command[0], .. command[0] == "predict" ? [corpus.Run] : Array.Empty<string>(), .. command[1..],
            corpus.Corpus, broken, "--on-error", "skip", "--out"];
        var (whole, shared) = (_folder[$"whole.{extension}"], _folder[$"shared.{extension}"]);
        var one = EngineRun.Of([.. all, whole]);
        var job = RankRun.Of(launcher, ranks, _folder, [.. all, shared]);
        Assert.Equal(one.Code, job.Code);
        Assert.Equal(one.Output.Replace(whole, shared), job.Output);
        Assert.Equal(one.Error, string.Concat(job.Error.Split('\n').Where(l => l.StartsWith("engine: ", StringComparison.Ordinal))
            .Select(l => l + "\n")));
        Assert.Equal(File.ReadAllBytes(whole), File.ReadAllBytes(shared));
        Assert.False(Directory.Exists($"{shared}.parts"));
    }
}
