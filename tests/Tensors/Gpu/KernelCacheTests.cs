using Engine.Tensors;
using Engine.Tensors.Gpu;
using Engine.Tensors.Gpu.Drivers;
using Engine.Tests.Support;

namespace Engine.Tests.Tensors.Gpu;

public sealed class KernelCacheTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _key = KernelCache.Digest("a kernel");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Text_Kept_IsFoundAgain()
    {
        var cache = new KernelCache(_folder["kernels"]);
        Assert.Null(cache.Find(_key));
        Assert.Equal((0, 0), cache.Count());
        cache.Keep(_key, "__kernel void größe() {}\n");
        Assert.Equal("__kernel void größe() {}\n", new KernelCache(cache.Folder).Find(_key));
        Assert.Equal(1, cache.Count().Files);
        Assert.Equal(0, cache.RemoveTorn());
        Assert.Equal(1, cache.Clear());
        Assert.Null(cache.Find(_key));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(10)]
    [InlineData(64)]
    [InlineData(70)]
    public void Text_CutShort_IsNotTrusted(int length)
    {
        var cache = new KernelCache(_folder["kernels"]);
        cache.Keep(_key, "__kernel void add() {}");
        var path = cache.PathOf(_key);
        File.WriteAllText(path, File.ReadAllText(path)[..length]);
        Assert.Null(cache.Find(_key));
        Assert.Equal(1, cache.RemoveTorn());
        Assert.False(File.Exists(path));
    }

    [Fact]
    public void Text_Changed_IsNotTrusted()
    {
        var cache = new KernelCache(_folder["kernels"]);
        cache.Keep(_key, "a + b");
        var path = cache.PathOf(_key);
        File.WriteAllText(path, File.ReadAllText(path).Replace("a + b", "a - b", StringComparison.Ordinal));
        Assert.Null(cache.Find(_key));
    }

    [Fact]
    public void Folder_ThatCannotBeMade_KeepsNothing()
    {
        File.WriteAllText(_folder["file"], "");
        var cache = new KernelCache(Path.Combine(_folder["file"], "kernels"));
        cache.Keep(_key, "text");
        Assert.Null(cache.Find(_key));
    }

    // The third device runs what the cache says, wrong as it is: so the second did not compile anew either.
    [OpenClFact]
    public void Device_SecondOne_RunsTheTextOfTheFirst()
    {
        var cache = new KernelCache(_folder["kernels"]);
        Assert.Equal([4, 6], Sum(cache));
        var file = Assert.Single(Directory.GetFiles(cache.Folder));
        Assert.Equal([4, 6], Sum(cache));

        var key = Path.GetFileNameWithoutExtension(file);
        cache.Keep(key, "this is no kernel");
        Assert.Contains("does not compile", Assert.Throws<DeviceException>(() => Sum(cache)).Message);
    }

    private static float[] Sum(KernelCache cache)
    {
        using var backend = new GpuBackend(new OpenClPlatform().Open(0, cache));
        var device = new Engine.Tensors.Device("opencl", backend);
        using var a = Tensor.From([1, 2], new Shape(2), device);
        using var b = Tensor.From([3, 4], new Shape(2), device);
        using var sum = a + b;
        return sum.ToArray();
    }
}
