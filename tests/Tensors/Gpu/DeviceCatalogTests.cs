using Engine.Tensors;
using Engine.Tensors.Gpu;

namespace Engine.Tests.Tensors.Gpu;

/// <summary>Which devices are listed and opened, and what is said of those that are not there.</summary>
public class DeviceCatalogTests
{
    [Theory]
    [InlineData("there is no CUDA driver (libcuda.so.1); for an NVIDIA GPU, install NVIDIA's driver.")]
    [InlineData("the CUDA driver is there but shows no device.")]
    [InlineData("Model is there, but not its compiler NVRTC (libnvrtc.so.12): set CUDA_HOME to a CUDA toolkit.")]
    public void Device_OfAnAbsentKind_IsAnErrorWithTheReason(string reason)
    {
        var catalog = new DeviceCatalog([new FakeGpuPlatform("cuda", () => throw new DeviceException(reason))], cache: null);
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
            [new FakeGpuPlatform("cuda", () => throw (Exception)Activator.CreateInstance(kind, "no cuInit")!)], cache: null);
        Assert.Equal(new DeviceListing("cuda", "its driver is broken or too old; install it anew (no cuInit).", false),
            catalog.List()[1]);
        Assert.Same(catalog.Cpu, catalog.Get("auto"));
        Assert.Throws<DeviceException>(() => catalog.Get("cuda"));
    }

    [Fact]
    public void Auto_TakesTheFirstGpuInOrderOfPreference()
    {
        var processor = new FakeGpuDriver("opencl", isGpu: false);
        var gpu = new FakeGpuDriver("opencl:1");
        var catalog = new DeviceCatalog(
            [new FakeGpuPlatform("cuda", () => throw new DeviceException("none.")),
                new FakeGpuPlatform("opencl", () => [processor, gpu])], cache: null);
        Assert.Equal("opencl:1", catalog.Get("auto").Name);
        Assert.Same(catalog.Get("auto"), catalog.Get("opencl:1"));
        Assert.Equal(["cpu", "cuda", "opencl", "opencl:1"], catalog.List().Select(d => d.Name));
    }

    [Fact]
    public void Tf32_OfADeviceWithTensorCores_IsADeviceOfItsOwn()
    {
        var old = new FakeGpuDriver("cuda:1", capability: 75);
        var catalog = new DeviceCatalog([new FakeGpuPlatform("cuda", () => [new FakeGpuDriver("cuda", capability: 80), old])],
            cache: null);
        var device = catalog.Get("cuda:0+tf32");
        Assert.Equal("cuda+tf32", device.Name);
        Assert.True(((GpuBackend)device.Backend).AllowTf32);
        Assert.Same(device, catalog.Get("cuda+tf32"));
        Assert.False(((GpuBackend)catalog.Get("cuda").Backend).AllowTf32);
        Assert.Contains("device 'cuda:1+tf32': ", Assert.Throws<DeviceException>(() => catalog.Get("cuda:1+tf32")).Message);
        Assert.Contains("'cpu+tf32' is no device", Assert.Throws<DeviceException>(() => catalog.Get("cpu+tf32")).Message);
    }

    [Theory]
    [InlineData("cuda+graphs", "cuda+graphs", false)]
    [InlineData("cuda:0+tf32+graphs", "cuda+tf32+graphs", true)]
    [InlineData("cuda+graphs+tf32", "cuda+tf32+graphs", true)]
    public void Graphs_OfADriverThatHasThem_AreADeviceOfItsOwn(string name, string expected, bool tf32)
    {
        var catalog = new DeviceCatalog([new FakeGpuPlatform("cuda", () => [new RecordingDriver("cuda", capability: 80)])],
            cache: null);
        var device = catalog.Get(name);
        Assert.Equal(expected, device.Name);
        Assert.Equal(tf32, ((GpuBackend)device.Backend).AllowTf32);
        Assert.Same(device, catalog.Get(expected));
        Assert.NotSame(device, catalog.Get("cuda"));
    }

    [Fact]
    public void Graphs_OfADriverThatHasNone_AreAnError()
    {
        var driver = new FakeGpuDriver("opencl");
        var catalog = new DeviceCatalog([new FakeGpuPlatform("opencl", () => [driver])], cache: null);
        var error = Assert.Throws<DeviceException>(() => catalog.Get("opencl+graphs"));
        Assert.Equal("device 'opencl+graphs': opencl has no graphs of launches; CUDA has them. Leave +graphs out.",
            error.Message);
        Assert.True(driver.IsDisposed);
        Assert.Contains("'cpu+graphs' is no device", Assert.Throws<DeviceException>(() => catalog.Get("cpu+graphs")).Message);
    }

    [Fact]
    public void Auto_WithoutAGpu_IsTheProcessor()
    {
        var catalog = new DeviceCatalog([new FakeGpuPlatform("opencl", () => [new FakeGpuDriver("opencl", isGpu: false)])],
            cache: null);
        Assert.Same(catalog.Cpu, catalog.Get("auto"));
    }

    [Theory]
    [InlineData("metal", "'metal' is no device; there are cpu, auto, cuda, cuda:1. See: engine devices")]
    [InlineData("cuda:x", "'cuda:x' is no device; there are cpu, auto, cuda, cuda:1. See: engine devices")]
    [InlineData("cuda:-1", "'cuda:-1' is no device; there are cpu, auto, cuda, cuda:1. See: engine devices")]
    [InlineData("cuda:1", "device 'cuda:1': there is only cuda.")]
    public void Device_OfAnUnknownName_IsAnErrorThatSaysWhatThereIs(string name, string message)
    {
        var catalog = new DeviceCatalog([new FakeGpuPlatform("cuda", () => [new FakeGpuDriver("cuda")])], cache: null);
        Assert.Equal(message, Assert.Throws<DeviceException>(() => catalog.Get(name)).Message);
    }
}
