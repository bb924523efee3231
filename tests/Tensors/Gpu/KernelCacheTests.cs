using Engine.Tensors.Gpu;
using Engine.Tests.Support;

namespace Engine.Tests.Tensors.Gpu;

/// <summary>
/// What <c>engine cache</c> asks of the compiled kernels on disk; that they are found again is in <see cref="DeviceFaultTests"/>.
/// </summary>
public sealed class KernelCacheTests : IDisposable
{
    private static readonly GpuDeviceInfo s_device = new FakeGpuDriver().Info;

    private readonly TemporaryFolder _folder = new();
    private readonly KernelCache _cache;

    public KernelCacheTests() => _cache = new(_folder["kernels"]);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void NoFolder_IsEmpty()
    {
        Assert.Empty(_cache.List());
        Assert.Equal(0, _cache.RemoveTorn());
        Assert.Equal(0, _cache.Clear());
        Assert.False(Directory.Exists(_cache.Folder));
    }

    [Fact]
    public void RemoveTorn_EveryTruncationAndFlippedByte_Goes()
    {
        Keep("reduce");
        var good = Assert.Single(_cache.List());
        var file = Keep("elementwise");
        var bytes = File.ReadAllBytes(file);
        for (var i = 0; i < bytes.Length; i++)
        {
            File.WriteAllBytes(file, bytes[..i]);
            Assert.Equal([new(Path.GetFileName(file), i, true)], _cache.List().Where(e => e != good));
            Assert.Equal(1, _cache.RemoveTorn());
            var flipped = (byte[])bytes.Clone();
            flipped[i] ^= 0x10;
            File.WriteAllBytes(file, flipped);
            Assert.Equal(1, _cache.RemoveTorn());
            Assert.Equal([good], _cache.List());
        }

        Assert.Equal(0, _cache.RemoveTorn());
    }

    [Fact]
    public void RemoveTorn_TemporaryFile_GoesOnceItsWriterMustBeDead()
    {
        var left = $"{Keep("reduce")}.{Guid.NewGuid():N}";
        File.WriteAllBytes(left, [1, 2, 3]);
        Assert.Equal(0, _cache.RemoveTorn());
        File.SetLastWriteTimeUtc(left, DateTime.UtcNow.AddDays(-2));
        Assert.Equal(1, _cache.RemoveTorn());
        Assert.False(File.Exists(left));
        Assert.False(Assert.Single(_cache.List()).Torn);
    }

    [Fact]
    public void Clear_RemovesEntriesAndTemporariesAndNothingElse()
    {
        var entry = Keep("reduce");
        File.WriteAllBytes($"{entry}.{Guid.NewGuid():N}", [1]);
        string[] others = [$"{entry}.txt", entry[..^1], Path.Combine(_cache.Folder, "notes.txt")];
        foreach (var other in others) File.WriteAllText(other, "mine");
        Assert.Equal([new KernelCacheEntry(Path.GetFileName(entry), 32 + 5, false)], _cache.List());
        Assert.Equal(2, _cache.Clear());
        Assert.Empty(_cache.List());
        Assert.Equal(others.Order(StringComparer.Ordinal), Directory.GetFiles(_cache.Folder).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void List_EntryThatCannotBeRead_NamesTheFolder()
    {
        var file = Keep("reduce");
        using var held = new FileStream(file, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
        var error = Assert.Throws<IOException>(() => _cache.List());
        Assert.StartsWith($"kernel cache {_cache.Folder}: ", error.Message);
        Assert.DoesNotContain('\n', error.Message);
    }

    private string Keep(string family)
    {
        var before = _cache.List().Select(e => e.Key).ToArray();
        _cache.Keep(KernelSource.Of(family, []), s_device, [1, 2, 3, 4, 5]);
        return Path.Combine(_cache.Folder, _cache.List().Select(e => e.Key).Except(before).Single());
    }
}
