using Engine.Dsp.Files;
using Engine.Tests.Classifiers;
using Engine.Tests.Support;

namespace Engine.Tests.Cli;

/// <summary>A second command on a folder that another one works on says who does.</summary>
public sealed class FolderInUseTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _table;

    public FolderInUseTests() => _table = PipelineCorpus.WriteTable(_folder["f.csv"]);

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("train", "--recipe", "gtzan57-knn")]
    [InlineData("compare", "--recipes", "gtzan57-knn")]
    [InlineData("tune", "--recipe", "gtzan57-svm")]
    public void Command_FolderInUse_IsRefused(string command, params string[] arguments)
    {
        using (FolderLock.Take(_folder["out"]))
        {
            var run = EngineRun.Of([command, _table, .. arguments, "--out", _folder["out"]]);
            run.IsRefused(_folder["out"], $"process {Environment.ProcessId} on {Environment.MachineName}");
        }

        Assert.Equal([_table], Directory.GetFileSystemEntries(_folder.Path));
    }

    [Fact]
    public void Demo_FolderInUse_IsRefused()
    {
        using var held = FolderLock.Take(_folder["demo"]);
        EngineRun.Of("demo", "--out", _folder["demo"]).IsRefused($"process {Environment.ProcessId}");
    }

    [Fact]
    public void Resume_FolderInUse_IsRefusedAndReadingIsNot()
    {
        EngineRun.Of("train", _table, "--recipe", "gtzan57-knn", "--out", _folder["run"]).Succeeds();
        File.Move(_folder["run", "metrics.json"], _folder["metrics.json"]);
        using var held = FolderLock.Take(_folder["run"]);
        EngineRun.Of("train", "--resume", "--out", _folder["run"]).IsRefused($"process {Environment.ProcessId}");
        File.Move(_folder["metrics.json"], _folder["run", "metrics.json"]);
        EngineRun.Of("test", _folder["run"]).Succeeds();
    }

    [Fact]
    public void Train_FolderOfABegunTraining_SaysToResume()
    {
        EngineRun.Of("train", _table, "--recipe", "gtzan57-knn", "--out", _folder["run"]).Succeeds();
        File.Delete(_folder["run", "metrics.json"]);
        EngineRun.Of("train", _table, "--recipe", "gtzan57-knn", "--out", _folder["run"]).IsRefused("--resume");
    }
}
