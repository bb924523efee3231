using Engine.Tensors;
using Engine.Tensors.Gpu;
using FsCheck;
using FsCheck.Fluent;

namespace Engine.Tests.Tensors.Gpu;

/// <summary>Launches that are kept back and replayed: what the device does is what it was told, in order.</summary>
public sealed class GraphReplayTests : IDisposable
{
    private static readonly string[] s_step = ["a", "b", "c", "d", "e"];

    private readonly RecordingDriver _driver = new();
    private readonly GraphReplay _replay;

    public GraphReplayTests() => _replay = new GraphReplay(_driver);

    public void Dispose()
    {
        _replay.Dispose();
        _driver.Dispose();
    }

    [Fact]
    public void Launches_ThatReturn_AreAGraphFromTheSecondTimeOn()
    {
        for (var time = 0; time < 4; time++) Step(1);
        Assert.Equal(["launch", "launch", "launch", "launch", "launch", "build", "replay", "replay", "replay"], _driver.Calls);
        Assert.Equal(4 * 6, _driver.Ran.Count);
        for (var time = 1; time < 4; time++) Assert.Equal(_driver.Ran[..6], _driver.Ran[(6 * time)..(6 * time + 6)]);
    }

    [Fact]
    public void Launches_WithOtherArguments_AreChangedAlone()
    {
        Step(1);
        Step(1);
        _driver.Calls.Clear();
        Step(1, third: 7);
        Step(1, third: 7);
        Step(2, third: 7);
        Assert.Equal(["change 2", "replay", "replay", "change 0", "change 1", "change 3", "change 4", "replay"], _driver.Calls);
        Assert.Equal("c groups 1×1×1, items 64×1×1 0:7", _driver.Ran[14]);
    }

    [Fact]
    public void Launches_WithOtherGrids_AreOthers()
    {
        for (var time = 0; time < 3; time++)
        {
            Step(1, items: 64);
            Step(1, items: 32);
        }

        Assert.Equal(2, _driver.Calls.Count(c => c == "build"));
        Assert.Equal(4, _driver.Calls.Count(c => c == "replay"));
        Assert.DoesNotContain(_driver.Calls, c => c.StartsWith("change", StringComparison.Ordinal));
    }

    [Fact]
    public void Launches_Few_AreNoGraph()
    {
        for (var time = 0; time < 3; time++) Run(["a", "b", "c"], 1);
        Assert.All(_driver.Calls, c => Assert.Equal("launch", c));
        Assert.Equal(9, _driver.Calls.Count);
    }

    [Fact]
    public void Launches_Many_DoNotWaitForTheEnd()
    {
        for (var i = 0; i < 1024; i++) Launch("a", 1, 64);
        Assert.Equal(1024, _driver.Ran.Count);
    }

    [Fact]
    public void Sequences_More_PushOutTheOldest()
    {
        Step(1);
        Step(1);
        for (var items = 1; items <= 32; items++) Step(1, items: items);
        Assert.Equal(1, _driver.Calls.Count(c => c == "release"));
        _driver.Calls.Clear();
        Step(1);
        Assert.DoesNotContain("replay", _driver.Calls);
    }

    [Theory]
    [InlineData("upload")]
    [InlineData("download")]
    [InlineData("wait")]
    [InlineData("mark")]
    [InlineData("free 1")]
    public void Others_ComeAfterWhatWasKeptBack(string other)
    {
        Launch("a", 1, 64);
        Assert.Empty(_driver.Ran);
        if (other == "upload") _replay.Upload([], 1, 0);
        else if (other == "download") _replay.Download(1, 0, []);
        else if (other == "wait") _replay.Wait();
        else if (other == "mark") _replay.Mark();
        else _replay.Free(1);
        Assert.Equal(["a groups 1×1×1, items 64×1×1 0:1", other], _driver.Ran);
    }

    [Fact]
    public void Launch_Refused_IsAnErrorOnceAndMemoryIsStillFreed()
    {
        _driver.Refused = "b";
        Launch("b", 1, 64);
        Assert.Equal("launch b: refused.", Assert.Throws<DeviceException>(() => _replay.Free(5)).Message);
        Assert.Equal(["free 5"], _driver.Ran);
        _replay.Wait();
        Assert.Equal(["free 5", "wait"], _driver.Ran);
    }

    // A byte is a wait, or a launch of one of three kernels with one of two arguments and grids; all are said three times.
    [Fact]
    public void AnyCalls_RunAsTheyWouldWithoutGraphs() => Prop.ForAll(ArbMap.Default.ArbFor<byte[]>(), calls =>
    {
        using RecordingDriver plain = new(), behind = new();
        using var replay = new GraphReplay(behind);
        foreach (var driver in new IGpuDriver[] { plain, replay })
        {
            foreach (var call in calls.Concat(calls).Concat(calls))
            {
                if (call % 8 == 7) driver.Wait();
                else Launch(driver, ((char)('a' + call % 3)).ToString(), call / 128, call % 16 == 0 ? 32 : 64);
            }

            driver.Wait();
        }

        return plain.Ran.SequenceEqual(behind.Ran);
    }).QuickCheckThrowOnFailure();

    private void Step(int argument, int? third = null, int items = 64)
    {
        foreach (var kernel in s_step) Launch(kernel, kernel == "c" && third is { } other ? other : argument, items);
        _replay.Wait();
    }

    private void Run(string[] kernels, int argument)
    {
        foreach (var kernel in kernels) Launch(kernel, argument, 64);
        _replay.Wait();
    }

    private void Launch(string kernel, int argument, int items) => Launch(_replay, kernel, argument, items);

    private static void Launch(IGpuDriver driver, string kernel, int argument, int items) =>
        driver.Launch(driver.Kernel(1, kernel), kernel, new GpuGrid(1, items), [argument]);
}
