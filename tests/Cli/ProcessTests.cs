using Engine.Tensors.Gpu;
using Engine.Tests.Support;

namespace Engine.Tests.Cli;

/// <summary>The built program as a process: what only shows there, and what must not touch this process's environment.</summary>
public sealed class ProcessTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Demo_TwiceInAFolderOfItsOwn_SaysSyntheticAndGivesTheSameFigures()
    {
        var first = Start("demo", "--recipe", "aiml-knn", "--seed", "4");
        Assert.Contains("SYNTHETIC", first.Succeeds());
        Assert.Contains("95 % interval", first.Output);
        Assert.Contains("engine predict", first.Output);
        Assert.True(File.Exists(_folder["engine-demo", "run", "metrics.json"]));
        Assert.Equal(first.Output, Start("demo", "--recipe", "aiml-knn", "--seed", "4").Succeeds());

        Assert.Contains("200 entries", Start("cache").Succeeds());
        Assert.Contains("200 entries are whole, 0 damaged", Start("cache", "verify").Succeeds());
        var entry = Directory.GetFiles(_folder["cache"], "*", SearchOption.AllDirectories)[0];
        File.WriteAllBytes(entry, File.ReadAllBytes(entry)[..^1]);
        Assert.Contains("199 entries are whole, 1 damaged", Start("cache", "verify").Succeeds());
        Assert.Contains("199 files removed", Start("cache", "clear").Succeeds());
        Assert.Contains("0 entries", Start("cache", "ls").Succeeds());

        new KernelCache(_folder["cache", "kernels"]).Keep(KernelCache.Digest("kernel"), "text");
        Assert.Contains("1 kernels", Start("cache").Succeeds());
        Assert.Contains("1 files removed", Start("cache", "clear").Succeeds());
        Assert.Contains("0 kernels are whole, 0 damaged", Start("cache", "verify").Succeeds());
    }

    [Fact]
    public void Demo_FolderThatNoDemoMade_IsRefusedAndKept()
    {
        Directory.CreateDirectory(_folder["engine-demo"]);
        File.WriteAllText(_folder["engine-demo", "mine.txt"], "keep");
        Start("demo").IsRefused("engine-demo", "--out");
        Assert.Equal("keep", File.ReadAllText(_folder["engine-demo", "mine.txt"]));
    }

    [Fact]
    public void Cache_UnknownAction_IsRefusedWithTheList() => Start("cache", "empty").IsRefused("'empty'", "ls, verify, clear");

    [Fact]
    public void Debug_Error_ShowsTheStackTrace()
    {
        Assert.DoesNotContain("   at ", Start("test", "missing").Error);
        Assert.Contains("   at ", Start("test", "missing", "--debug").Error);
    }

    private EngineRun Start(params string[] arguments)
    {
        using var process = Child.Engine(_folder, arguments);
        return process.End();
    }
}
