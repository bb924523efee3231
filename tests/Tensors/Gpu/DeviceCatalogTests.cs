using Engine.Tensors;

namespace Engine.Tests.Tensors.Gpu;

/// <summary>Which devices are listed and opened, and what is said of those that are not there.</summary>
public class DeviceCatalogTests
{
    [Theory]
    [InlineData("there is no CUDA driver (libcuda.so.1); for an NVIDIA GPU, install NVIDIA's driver.")]
    [InlineData("the CUDA driver is there but shows no device.")]
    public void Device_OfAnAbsentKind_IsAnErrorWithTheReason(string reason)
    {
        var catalog = new DeviceCatalog([new FakeGpuPlatform("cuda", () => throw new DeviceException(reason))]);
        Assert.Equal(new DeviceListing("cuda", reason, false), catalog.List()[1]);
        Assert.Equal($"device 'cuda': {reason}", Assert.Throws<DeviceException>(() => catalog.Get("cuda")).Message);
        Assert.Equal($"device 'cuda:1': {reason}", Assert.Throws<DeviceException>(() => catalog.Get("cuda:1")).Message);
        Assert.Same(catalog.Cpu, catalog.Get("auto"));
        using var x = Tensor.From([1, 2], new Shape(2), catalog.Get("cpu"));
        using var sum = x + x;
        Assert.Equal([2, 4], sum.ToArray());
    }

    [Theory]
    [InlineData(typeof(EntryPointNotFoundException))]
    [InlineData(typeof(DllNotFoundException))]
    [InlineData(typeof(BadImageFormatException))]
    public void Device_OfABrokenLibrary_IsAReasonAndNoCrash(Type kind)
    {
        var catalog = new DeviceCatalog(
            [new FakeGpuPlatform("cuda", () => throw (Exception)Activator.CreateInstance(kind, "no cuInit")!)]);
        Assert.Equal(new DeviceListing("cuda", "its driver is broken or too old; reinstall it (no cuInit).", false),
            catalog.List()[1]);
        Assert.Same(catalog.Cpu, catalog.Get("auto"));
        Assert.Throws<DeviceException>(() => catalog.Get("cuda"));
    }

    [Fact]
    public void Auto_TakesTheFirstGpuInOrderOfPreference()
    {
        var processor = new FaultyDriver("opencl", isGpu: false);
        var gpu = new FaultyDriver("opencl:1");
        var catalog = new DeviceCatalog(
            [new FakeGpuPlatform("cuda", () => throw new DeviceException("none.")),
                new FakeGpuPlatform("opencl", () => [processor, gpu])]);
        Assert.Equal("opencl:1", catalog.Get("auto").Name);
        Assert.Same(catalog.Get("auto"), catalog.Get("opencl:1"));
        Assert.Equal(["cpu", "cuda", "opencl", "opencl:1"], catalog.List().Select(d => d.Name));
    }

    [Fact]
    public void Auto_WithoutAGpu_IsTheProcessor()
    {
        var catalog = new DeviceCatalog([new FakeGpuPlatform("opencl", () => [new FaultyDriver("opencl", isGpu: false)])]);
        Assert.Same(catalog.Cpu, catalog.Get("auto"));
    }

    [Theory]
    [InlineData("metal", "'metal' is not a device; there are cpu, auto, cuda, cuda:1. See: engine devices")]
    [InlineData("cuda:x", "'cuda:x' is not a device; there are cpu, auto, cuda, cuda:1. See: engine devices")]
    [InlineData("cuda:-1", "'cuda:-1' is not a device; there are cpu, auto, cuda, cuda:1. See: engine devices")]
    [InlineData("cuda:1", "device 'cuda:1': there is only cuda.")]
    public void Device_OfAnUnknownName_IsAnErrorThatSaysWhatThereIs(string name, string message)
    {
        var catalog = new DeviceCatalog([new FakeGpuPlatform("cuda", () => [new FaultyDriver("cuda")])]);
        Assert.Equal(message, Assert.Throws<DeviceException>(() => catalog.Get(name)).Message);
    }
}
