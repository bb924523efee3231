using Engine.Tensors;
using Engine.Tensors.Gpu;
using Engine.Tensors.Gpu.Cuda;
using Engine.Tests.Support;

namespace Engine.Tests.Tensors.Gpu;

/// <summary>What is said where CUDA is absent, half installed or broken, and what is compiled for which device.</summary>
[Collection(nameof(TestDeviceTests))]
public class CudaPlatformTests
{
    [EmulatedCudaFact]
    public void Device_Present_IsDescribed()
    {
        var info = Assert.Single(new CudaPlatform().Find());
        Assert.Equal(("cuda", "Emulated GPU", "CUDA 12.6, NVRTC 12.6", 80, 2),
            (info.Name, info.Model, info.Driver, info.Capability, info.ComputeUnits));
    }

    [EmulatedCudaFact]
    public void Devices_OfSeveral_AreNumbered() =>
    With("devices", 3, () => Assert.Equal(["cuda", "cuda:1", "cuda:2"], new CudaPlatform().Find().Select(d => d.Name)));

    [EmulatedCudaFact]
    public void Driver_WithoutADevice_SaysWhereToLook()
    {
        const string reason = "the CUDA driver is there but shows no device; see whether nvidia-smi lists one, and whether "
            + "CUDA_VISIBLE_DEVICES hides it.";
        With("init", 100, () => Assert.Equal(reason, Reason()));
        With("devices", 0, () => Assert.Equal(reason, Reason()));
    }

    [EmulatedCudaFact]
    public void Driver_ThatDoesNotStart_SaysWhyAndWhatToDo()
    {
        With("init", 34, () => Assert.Equal(
            "the CUDA library found is the toolkit's stub, not the driver; install NVIDIA's driver, and take the folder "
                + "stubs off LD_LIBRARY_PATH.", Reason()));
        With("init", 803, () =>
            Assert.Equal("the CUDA driver's library and its kernel module are of different versions; restart the machine.",
                Reason()));
        With("init", 999, () =>
            Assert.Equal("the CUDA driver does not start: CUDA_ERROR_UNKNOWN (999); see what nvidia-smi says.", Reason()));
        With("driver", 10020, () =>
            Assert.Equal("the CUDA driver is of version 10.2, and 11.4 or later is needed; install a newer driver.", Reason()));
    }

    [EmulatedCudaFact]
    public void Compiler_ThatDoesNotFit_IsNamedWithTheDevice()
    {
        With("nvrtc_major", 13, () => Assert.Equal(
            "Emulated GPU is there, but its compiler NVRTC 13.6 is too new for the driver (CUDA 12.6): pip install "
                + "nvidia-cuda-nvrtc-cu12, or set CUDA_HOME to a CUDA toolkit, or install a newer driver.",
            Reason()));
        With("oldest_architecture", 86, () => Assert.Equal(
            "Emulated GPU has compute capability 8.0, and NVRTC 12.6 compiles for 8.6 and later: install an older NVRTC and "
                + "remove this one.", Reason()));
    }

    [EmulatedCudaFact]
    public void Device_UsedByAnotherProgramAlone_IsAnErrorThatSaysSo() => With("retain", 46, () => Assert.Equal(
        "cuda: Emulated GPU is not to be had: another program uses it alone, or its compute mode forbids it (nvidia-smi -q "
            + "-d COMPUTE).",
        Assert.Throws<DeviceException>(() => new CudaPlatform().Open(0)).Message));

    [EmulatedCudaFact]
    public void Kernels_OfACompilerOlderThanTheDevice_RunThroughPtx() => With("newest_architecture", 75, () =>
    {
        using var driver = new CudaPlatform().Open(0);
        var source = KernelSource.Of("elementwise", []);
        var ptx = driver.Compile(source);
        Assert.Equal(0, ptx[^1]);
        Assert.NotEqual(0, driver.Kernel(driver.Load(source, ptx), "add_same"));
    });

    [EmulatedCudaFact]
    public void Memory_BeyondTheDevice_IsAnErrorAndNoEnd() => With("memory", 1 << 20, () =>
    {
        using var backend = new GpuBackend(new CudaPlatform().Open(0), cache: null);
        var device = new Device("cuda", backend);
        var error = Assert.Throws<DeviceException>(() => Tensor.Zeros(new Shape(1 << 20), device));
        Assert.StartsWith("cuda: no room for 4 MiB; 0 MiB of its 1 MiB are in use by this program.", error.Message);
        using var small = Tensor.Full(new Shape(16), 2, device);
        Assert.Equal(2, small.ToArray()[15]);
    });

    [Theory]
    [InlineData(80, "sm_80")]
    [InlineData(89, "compute_80")]
    [InlineData(120, "compute_90")]
    [InlineData(70, "compute_52")]
    [InlineData(50, null)]
    public void Architecture_ForADevice_IsItsOwnOrTheNewestBefore(int capability, string? architecture) =>
        Assert.Equal(architecture, Nvrtc.ArchitectureFor(capability, [52, 80, 90]));

    private static string Reason() => Assert.Throws<DeviceException>(() => new CudaPlatform().Find()).Message;

    private static void With(string setting, long value, Action test)
    {
        var otherwise = setting switch
        {
            "devices" => 1,
            "driver" => 12060,
            "nvrtc_major" => 12,
            "oldest_architecture" => 50,
            "newest_architecture" => 90,
            "memory" => 4L << 30,
            _ => 0,
        };
        CudaEmulator.Set(setting, value);
        try
        {
            test();
        }
        finally
        {
            CudaEmulator.Set(setting, otherwise);
        }
    }
}
