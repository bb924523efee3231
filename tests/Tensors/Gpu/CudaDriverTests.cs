using Engine.Tensors;
using Engine.Tensors.Gpu;
using Engine.Tensors.Gpu.Cuda;
using Engine.Tests.Support;

namespace Engine.Tests.Tensors.Gpu;

/// <summary>What is CUDA's own in the driver, on a device or on the emulator.</summary>
[Collection(nameof(TestDeviceTests))]
public class CudaDriverTests
{
    private const string Doubling = "KERNEL void twice(int n, ARRAY_OUT(float, x)) { EACH(i, n) AT(x)[i] *= 2.0f; }";

    [CudaFact]
    public void UploadAndDownload_OfManyPieces_AreExact()
    {
        using var driver = Open();
        var data = new byte[(20 << 20) + 12];
        new Random(5).NextBytes(data);
        Assert.True(driver.TryAllocate(data.Length + 256, out var block));
        driver.Upload(data, block, 64);
        var expected = data.ToArray();
        Array.Clear(data);
        driver.Download(block, 64, data);
        Assert.True(data.AsSpan().SequenceEqual(expected));
        driver.Download(block, 64 + 100, data.AsSpan(0, 8));
        Assert.Equal(expected[100..108], data[..8]);
        driver.Free(block);
    }

    [CudaFact]
    public void Upload_ChangedAtOnce_TakesTheValuesOfTheCall()
    {
        using var driver = Open();
        Assert.True(driver.TryAllocate(1024, out var block));
        var bytes = new byte[4];
        for (byte i = 0; i < 100; i++)
        {
            bytes[0] = i;
            driver.Upload(bytes, block, 4 * i);
        }

        var back = new byte[400];
        driver.Download(block, 0, back);
        for (byte i = 0; i < 100; i++) Assert.Equal(i, back[4 * i]);
        driver.Free(block);
    }

    [CudaFact]
    public void Launch_FromAnotherThread_UsesTheSameContext()
    {
        using var driver = Open();
        using var x = new Vector(driver, [1, 2, 3]);
        var kernel = Load(driver, Doubling, "twice");
        for (var i = 0; i < 3; i++)
        {
            var thread = new Thread(() => x.Launch(kernel));
            thread.Start();
            thread.Join();
        }

        Assert.Equal([8, 16, 24], x.Values());
    }

    [CudaFact]
    public void Graph_Replayed_DoesItsWorkEachTime()
    {
        using var driver = Open();
        using var x = new Vector(driver, [1, 2, 3]);
        var graph = driver.BuildGraph(Twice(driver, x));
        Assert.Equal([1, 2, 3], x.Values());
        driver.ReplayGraph(graph);
        driver.ReplayGraph(graph);
        driver.ReleaseGraph(graph);
        Assert.Equal([16, 32, 48], x.Values());
    }

    [CudaFact]
    public void Graph_Changed_HasTheOtherArgumentsFromTheNextReplayOn()
    {
        using var driver = Open();
        using var x = new Vector(driver, [1, 2, 3]);
        using var y = new Vector(driver, [1, 2, 3]);
        var launches = Twice(driver, x);
        var graph = driver.BuildGraph(launches);
        driver.ReplayGraph(graph);
        driver.ChangeGraph(graph, 1, launches[1] with { Arguments = [2, y.Tensor] });
        driver.ReplayGraph(graph);
        driver.ReleaseGraph(graph);
        Assert.Equal([8, 16, 24], x.Values());
        Assert.Equal([2, 4, 3], y.Values());
    }

    [CudaFact]
    public void Graph_OfALaunchBeyondTheLimits_NamesItAndLeavesTheDeviceIntact()
    {
        using var driver = Open();
        using var x = new Vector(driver, [1, 2, 3]);
        var launches = Twice(driver, x);
        launches[1] = launches[1] with { Grid = new GpuGrid(1, 65536, 1, 64) };
        var error = Assert.Throws<DeviceException>(() => driver.BuildGraph(launches));
        Assert.Matches(@"^cuda: cuGraph(AddKernelNode twice \(groups 1×65536×1, items 64×1×1\)|Instantiate of 2 launches): CUDA_ERROR_INVALID_VALUE \(1\)\.$", error.Message);
        Assert.Equal([1, 2, 3], x.Values());
    }

    [CudaFact]
    public void Measure_OfWork_IsPositive()
    {
        using var driver = Open();
        using var x = new Vector(driver, [1, 2, 3]);
        var start = driver.Mark();
        x.Launch(Load(driver, Doubling, "twice"));
        Assert.InRange(driver.SecondsBetween(start, driver.Mark()), 0, 60);
    }

    [CudaFact]
    public void Compile_Error_NamesOurFileAndLine()
    {
        using var driver = Open();
        var source = KernelSource.FromText("broken",
            "KERNEL void fine(int n)\n{\n}\n\nKERNEL void wrong(int n)\n{\n    n = missing;\n}\n");
        var error = Assert.Throws<DeviceException>(() => driver.Compile(source));
        Assert.Matches(@"^cuda: broken\.cl does not compile for .*: NVRTC_ERROR_COMPILATION \(6\)\.\nbroken\.cl[:(]7\b.*missing",
            error.Message);
    }

    [CudaFact]
    public void Kernel_OfAnotherName_IsAnErrorThatNamesIt()
    {
        using var driver = Open();
        var error = Assert.Throws<DeviceException>(() => Load(driver, Doubling, "thrice"));
        Assert.Equal("cuda: cuModuleGetFunction thrice: CUDA_ERROR_NOT_FOUND (500).", error.Message);
    }

    [CudaFact]
    public void Launch_GridBeyondTheLimits_NamesKernelAndGrid()
    {
        using var driver = Open();
        using var x = new Vector(driver, [1, 2, 3]);
        var kernel = Load(driver, Doubling, "twice");
        var error = Assert.Throws<DeviceException>(
            () => driver.Launch(kernel, "twice", new GpuGrid(1, 65536, 1, 64), [3, x.Tensor]));
        Assert.Equal("cuda: launch twice (groups 1×65536×1, items 64×1×1): CUDA_ERROR_INVALID_VALUE (1).", error.Message);
        x.Launch(kernel);
        Assert.Equal([2, 4, 6], x.Values());
    }

    [CudaFact]
    public void Load_WhatIsNoBinary_IsAnError()
    {
        using var driver = Open();
        var error = Assert.Throws<DeviceException>(() => driver.Load(KernelSource.FromText("doubling", Doubling), [1, 2, 3]));
        Assert.Equal("cuda: the binary of doubling.cl is neither a cubin nor PTX.", error.Message);
        error = Assert.Throws<DeviceException>(
            () => driver.Load(KernelSource.FromText("doubling", Doubling), "no PTX\n\0"u8.ToArray()));
        Assert.StartsWith("cuda: cuModuleLoadData of doubling.cl", error.Message);
    }

    [EmulatedCudaFact]
    public void Launch_BarrierThatNotAllMeet_LosesTheDevice()
    {
        using var driver = Open();
        using var x = new Vector(driver, [1, 2, 3]);
        var kernel = Load(driver, "KERNEL void uneven(int n, ARRAY_OUT(float, x)) { if (LOCAL_ID(0) < n) BARRIER(); }", "uneven");
        try
        {
            x.Launch(kernel);
            var error = Assert.Throws<DeviceException>(driver.Wait);
            Assert.Equal(
                "cuda: Emulated GPU was lost, with what it held (cuStreamSynchronize: CUDA_ERROR_LAUNCH_FAILED (719), or a "
                    + "command before it).\n"
                + "Start the program again, or use --device cpu.",
                error.Message);
            Assert.Equal(error.Message, Assert.Throws<DeviceException>(() => x.Values()).Message);
            Assert.Equal(error.Message, Assert.Throws<DeviceException>(() => driver.TryAllocate(256, out _)).Message);
        }
        finally
        {
            // The process's other holders of the context want to go on.
            CudaEmulator.Set("lost", 0);
        }
    }

    [EmulatedCudaFact]
    public void LocalMemory_WithBarriers_IsSharedByTheGroup()
    {
        using var driver = Open();
        using var x = new Vector(driver, [.. Enumerable.Range(0, 128).Select(i => (float)i)]);
        var kernel = Load(
            driver,
            """
            KERNEL void reverse(int n, ARRAY_OUT(float, x))
            {
                LOCAL float values[64];
                int i = LOCAL_ID(0);
                for (int round = 0; round < 3; round++)
                {
                    values[i] = AT(x)[GLOBAL_ID(0)];
                    BARRIER();
                    AT(x)[GLOBAL_ID(0)] = values[63 - i];
                    BARRIER();
                }
            }
            """,
            "reverse");
        driver.Launch(kernel, "reverse", new GpuGrid(2, 64), [128, x.Tensor]);
        Assert.Equal([.. Enumerable.Range(0, 128).Select(i => (float)(i < 64 ? 63 - i : 191 - i))], x.Values());
    }

    [EmulatedCudaFact]
    public void Dispose_AfterUse_LeavesNothingBehind()
    {
        string[] kinds = ["blocks", "pinned", "streams", "events", "modules", "graphs"];
        long[] Counts() => [.. kinds.Select(CudaEmulator.Count)];
        var before = Counts();
        var driver = Open();
        using (var x = new Vector(driver, [1, 2, 3]))
        {
            var kernel = Load(driver, Doubling, "twice");
            x.Launch(kernel);
            driver.ReleaseGraph(driver.BuildGraph(Twice(driver, x)));
            driver.BuildGraph(Twice(driver, x));
            driver.SecondsBetween(driver.Mark(), driver.Mark());
            Assert.Equal([2, 4, 6], x.Values());
        }

        driver.Dispose();
        driver.Dispose();
        Assert.Equal(before, Counts());
        Assert.Equal("cuda: the device was closed.", Assert.Throws<DeviceException>(driver.Wait).Message);
    }

    private static CudaDriver Open() => (CudaDriver)new CudaPlatform().Open(0);

    private static GraphLaunch[] Twice(CudaDriver driver, Vector x)
    {
        var launch = new GraphLaunch(Load(driver, Doubling, "twice"), "twice", new GpuGrid(1, 64), [3, x.Tensor]);
        return [launch, launch];
    }

    private static nint Load(CudaDriver driver, string text, string kernel)
    {
        var source = KernelSource.FromText("doubling", text);
        return driver.Kernel(driver.Load(source, driver.Compile(source)), kernel);
    }

    /// <summary>A few floats in a block of their own.</summary>
    private sealed class Vector : IDisposable
    {
        private readonly CudaDriver _driver;
        private readonly GpuMemoryPool _pool;
        private readonly int _count;

        public Vector(CudaDriver driver, float[] values)
        {
            (_driver, _pool, _count) = (driver, new GpuMemoryPool(driver), values.Length);
            Tensor = TensorScope.Release(
                new Tensor(new GpuStorage(_pool, 4L * _count), 0, new Shape(_count), ElementType.Float32, Device.Cpu));
            _driver.Upload(System.Runtime.InteropServices.MemoryMarshal.AsBytes(values.AsSpan()), Block, 0);
        }

        public Tensor Tensor { get; }

        private nint Block => ((GpuStorage)Tensor.Storage).Block;

        public void Launch(nint kernel) => _driver.Launch(kernel, "twice", new GpuGrid(1, 64), [_count, Tensor]);

        public float[] Values()
        {
            var values = new float[_count];
            _driver.Download(Block, 0, System.Runtime.InteropServices.MemoryMarshal.AsBytes(values.AsSpan()));
            return values;
        }

        public void Dispose()
        {
            Tensor.Dispose();
            _pool.Trim();
        }
    }
}
