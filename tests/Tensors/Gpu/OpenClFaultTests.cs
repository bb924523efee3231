using Engine.Tensors;
using Engine.Tensors.Gpu;
using Engine.Tensors.Gpu.OpenCl;

namespace Engine.Tests.Tensors.Gpu;

/// <summary>What a real driver refuses, on OpenCL.</summary>
public class OpenClFaultTests
{
    [Support.OpenClFact]
    public void Compile_Error_NamesOurFileAndLine()
    {
        using var driver = new OpenClPlatform().Open(0);
        var source = KernelSource.FromText("broken",
            "KERNEL void fine(int n)\n{\n}\n\nKERNEL void wrong(int n)\n{\n    n = missing;\n}\n");
        var error = Assert.Throws<DeviceException>(() => driver.Compile(source));
        Assert.Matches(@"^opencl: broken\.cl does not compile for .*: CL_BUILD_PROGRAM_FAILURE \(-11\)\.\n.*broken\.cl:7\b.*missing", error.Message);
        Assert.Equal(2, error.Message.Split('\n').Length);
    }

    [Support.OpenClFact]
    public void Kernel_OfAnotherName_IsAnErrorThatNamesIt()
    {
        using var driver = new OpenClPlatform().Open(0);
        var source = KernelSource.Of("elementwise", []);
        var program = driver.Load(source, driver.Compile(source));
        var error = Assert.Throws<DeviceException>(() => driver.Kernel(program, "thrice"));
        Assert.Equal("opencl: clCreateKernel thrice: CL_INVALID_KERNEL_NAME (-46).", error.Message);
    }

    [Support.OpenClFact]
    public void Memory_MoreThanTheDeviceHas_IsAnErrorAndNoEnd()
    {
        using var backend = new GpuBackend(new OpenClPlatform().Open(0), cache: null);
        var device = new Device("opencl", backend);
        var error = Assert.Throws<DeviceException>(() => backend.Allocate(1L << 42));
        Assert.Matches(@"^opencl: no room for 4194304 MiB; 0 MiB of its \d+ MiB are in use by this program\. Use a smaller batch, or --device cpu\.$", error.Message);
        using var x = Tensor.From([1, 2], new Shape(2), device);
        using var sum = x + x;
        Assert.Equal([2, 4], sum.ToArray());
    }

    [Support.OpenClFact]
    public void Load_WhatIsNoBinary_IsAnError()
    {
        using var driver = new OpenClPlatform().Open(0);
        var error = Assert.Throws<DeviceException>(() => driver.Load(KernelSource.Of("elementwise", []), [1, 2, 3]));
        Assert.StartsWith("opencl: clCreateProgramWithBinary of elementwise.cl: ", error.Message);
    }

    [Support.OpenClFact]
    public void Device_Closed_SaysSo()
    {
        var driver = new OpenClPlatform().Open(0);
        driver.Dispose();
        driver.Dispose();
        Assert.Equal("opencl: the device was closed.", Assert.Throws<DeviceException>(driver.Wait).Message);
    }
}
