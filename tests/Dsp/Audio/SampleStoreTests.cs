using Engine.Dsp.Audio;
using Engine.Tests.Support;

namespace Engine.Tests.Dsp.Audio;

public sealed class SampleStoreTests : IDisposable
{
    private const int Count = 600_000;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(int.MaxValue, false)]
    [InlineData(400_000, true)]
    [InlineData(0, true)]
    public void Read_AnyPart_IsWhatWasAdded(int largestInMemory, bool onDisk)
    {
        using var store = Filled(largestInMemory);
        Assert.Equal((Count, onDisk), (store.Length, store.OnDisk));
        foreach (var (start, length) in ((int, int)[])[(0, Count), (262_100, 200), (1, 0), (Count - 1, 1), (100_000, 450_000)])
        {
            var part = new float[length];
            store.Read(start, part);
            Assert.Equal(Enumerable.Range(start, length).Select(i => (float)i), part);
        }
    }

    /// <summary>The file has no name from the start, so that no end of the process leaves one.</summary>
    [UnixFact]
    public void Add_BeyondTheLimit_LeavesNothingInTheFolder()
    {
        using var store = Filled(1000);
        Assert.True(store.OnDisk);
        Assert.Empty(Directory.GetFileSystemEntries(_folder.Path));
    }

    [Theory]
    [InlineData(1000, false)]
    [InlineData(1001, true)]
    public void Add_ExpectedLength_DecidesFromTheFirst(long expected, bool onDisk)
    {
        using var store = new SampleStore("a", 1000, _folder.Path) { Expected = expected };
        store.Add([1, 2, 3]);
        Assert.Equal(onDisk, store.OnDisk);
        var samples = new float[3];
        store.Read(0, samples);
        Assert.Equal([1, 2, 3], samples);
    }

    [Fact]
    public void Add_FolderThatCannotBeWritten_NamesRecordingFolderAndFix()
    {
        using var store = new SampleStore("song.wav", 10, _folder["missing"]);
        var message = Assert.Throws<IOException>(() => store.Add(new float[11])).Message;
        Assert.StartsWith($"song.wav: a recording this long keeps its samples in a temporary file in {_folder["missing"]}, "
            + "which cannot be written: ", message);
        Assert.Contains("TMPDIR", message);
    }

    private SampleStore Filled(int largestInMemory)
    {
        var store = new SampleStore("a", largestInMemory, _folder.Path);
        float[] samples = [.. Enumerable.Range(0, Count).Select(i => (float)i)];
        foreach (var block in samples.Chunk(70_001)) store.Add(block);
        return store;
    }
}
