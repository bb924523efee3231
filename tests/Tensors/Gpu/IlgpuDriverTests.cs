using Engine.Tensors;
using Engine.Tensors.Gpu;
using Engine.Tensors.Gpu.Drivers;
using Engine.Tensors.Gpu.Kernels;
using Engine.Tests.Support;
using ILGPU;
using ILGPU.Runtime.Cuda;
using ILGPU.Runtime.OpenCL;

namespace Engine.Tests.Tensors.Gpu;

/// <summary>What a real driver refuses, and what is made of it.</summary>
public class IlgpuDriverTests
{
    [OpenClFact]
    public void Kernel_ThatDoesNotCompile_IsAnErrorThatNamesKernelAndDevice()
    {
        using var driver = new OpenClPlatform().Open(0);
        for (var time = 0; time < 2; time++)
        {
            var error = Assert.Throws<DeviceException>(() => driver.Launch(new GpuGrid(1), default(KernelOfText)));
            Assert.StartsWith($"opencl: kernel KernelOfText does not compile for {driver.Info.Model}: ", error.Message);
            Assert.Single(error.Message.Split('\n'));
        }
    }

    [OpenClFact]
    public void Memory_MoreThanTheDeviceHas_IsAnErrorAndNoEnd()
    {
        using var backend = new GpuBackend(new OpenClPlatform().Open(0));
        var device = new Engine.Tensors.Device("opencl", backend);
        var error = Assert.Throws<DeviceException>(() => backend.Allocate(1L << 42));
        Assert.Matches(
            @"^opencl: no room for 4194304 MiB; 0 MiB of its \d+ MiB are in use by this program\. "
                + @"Use a smaller batch, or --device cpu\.$",
            error.Message);
        using var x = Tensor.From([1, 2], new Shape(2), device);
        using var sum = x + x;
        Assert.Equal([2, 4], sum.ToArray());
    }

    [OpenClFact]
    public void Device_Closed_SaysSo()
    {
        var driver = new OpenClPlatform().Open(0);
        driver.Dispose();
        driver.Dispose();
        Assert.Equal("opencl: the device was closed.", Assert.Throws<DeviceException>(driver.Wait).Message);
    }

    [Fact]
    public void Kernel_IndexOutOfRange_IsAnErrorOnTheDebuggingDevice()
    {
        using var driver = new DebugPlatform().Open(0);
        Assert.True(driver.TryAllocate(1024, out var block));
        var values = driver.Buffer(block).AsArrayView<float>(0, 256);
        driver.Launch(new GpuGrid(1), new Shifted { Values = values, By = 0 });
        for (var time = 0; time < 2; time++)
        {
            var error = Assert.Throws<DeviceException>(
                () => driver.Launch(new GpuGrid(1), new Shifted { Values = values, By = 1 }));
            Assert.Matches(
                @"^ilgpu-cpu: launch of Shifted \(groups 1×1×1\): item 255 of group \(0, 0, 0\): "
                    + @"Index out of range( \(\w+\.cs:\d+\))?\.$",
                error.Message);
        }

        driver.Launch(new GpuGrid(1), new Shifted { Values = values, By = 0 });
        driver.Wait();
    }

    [Fact]
    public async Task Kernel_IndexOutOfRangeOnAnotherDevice_IsNoErrorHere()
    {
        using IGpuDriver faulty = new DebugPlatform().Open(0), right = new DebugPlatform().Open(0);
        var end = false;
        var other = Task.Run(() =>
        {
            while (!Volatile.Read(ref end)) Assert.Throws<DeviceException>(() => Launch(faulty, by: 1));
        });
        try
        {
            for (var launch = 0; launch < 100; launch++) Launch(right, by: 0);
        }
        finally
        {
            Volatile.Write(ref end, true);
            await other;
        }

        static void Launch(IGpuDriver driver, int by)
        {
            Assert.True(driver.TryAllocate(1024, out var block));
            var values = driver.Buffer(block).AsArrayView<float>(0, 256);
            driver.Launch(new GpuGrid(1), new Shifted { Values = values, By = by });
            driver.Free(block);
        }
    }

    // The source is changed while the copy may still be on its way, more than the staging memory holds.
    [OpenClFact]
    public void Upload_SourceChangedAtOnce_ArrivesAsItWas()
    {
        using var driver = new OpenClPlatform().Open(0);
        const int length = 48 << 20;
        var source = new byte[length];
        var blocks = new List<nint>();
        for (var i = 1; i <= 8; i++)
        {
            Array.Fill(source, (byte)i);
            Assert.True(driver.TryAllocate(length, out var block));
            blocks.Add(block);
            driver.Upload(source, block, 0);
        }

        Array.Clear(source);
        for (var i = 1; i <= 8; i++)
        {
            driver.Download(blocks[i - 1], 0, source);
            Assert.Equal(-1, source.AsSpan().IndexOfAnyExcept((byte)i));
        }
    }

    [Theory]
    [InlineData(CLError.CL_INVALID_COMMAND_QUEUE, true)]
    [InlineData(CLError.CL_INVALID_CONTEXT, true)]
    [InlineData(CLError.CL_INVALID_KERNEL_ARGS, false)]
    public void Status_OfOpenCl_SaysWhetherTheDeviceIsLost(CLError status, bool isLost)
    {
        var faults = new DriverFaults(Info);
        var error = faults.Of(new CLException(status), "launch of Add");
        Assert.Equal(isLost, faults.IsLost);
        Assert.Contains($"launch of Add: {status} ({(int)status})", error.Message.Replace("(launch", "launch"));
    }

    [Theory]
    [InlineData(CudaError.CUDA_ERROR_ILLEGAL_ADDRESS, true)]
    [InlineData(CudaError.CUDA_ERROR_LAUNCH_FAILED, true)]
    [InlineData(CudaError.CUDA_ERROR_ECC_UNCORRECTABLE, true)]
    [InlineData(CudaError.CUDA_ERROR_DEINITIALIZED, true)]
    [InlineData(CudaError.CUDA_ERROR_OUT_OF_MEMORY, false)]
    [InlineData(CudaError.CUDA_ERROR_INVALID_VALUE, false)]
    public void Status_OfCuda_SaysWhetherTheDeviceIsLost(CudaError status, bool isLost) =>
        Assert.Equal(isLost, DriverFaults.IsFatal(status));

    private static GpuDeviceInfo Info { get; } = new()
    {
        Name = "cuda",
        Model = "GPU",
        Driver = "CUDA",
        IsGpu = true,
        MemoryBytes = 1,
        ComputeUnits = 1,
        LocalBytes = 1,
    };
}

/// <summary>No GPU has strings.</summary>
internal struct KernelOfText : IKernel
{
    /// <summary>Where the length goes.</summary>
    public ArrayView<int> Result;

    /// <summary>Writes the length of a text that depends on the item.</summary>
    public readonly void Run() => Result[0] = string.Concat("item", Grid.IdxX).Length;
}

/// <summary>values[item + by] = item.</summary>
internal struct Shifted : IKernel
{
    /// <summary>256 of them.</summary>
    public ArrayView<float> Values;

    /// <summary>0, or out of range.</summary>
    public int By;

    /// <summary>Writes one.</summary>
    public readonly void Run() => Values[Group.IdxX + By] = Group.IdxX;
}
