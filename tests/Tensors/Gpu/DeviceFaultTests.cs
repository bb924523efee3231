using System.Runtime.CompilerServices;
using Engine.Tensors;
using Engine.Tensors.Gpu;
using Engine.Tests.Support;

namespace Engine.Tests.Tensors.Gpu;

/// <summary>A device that fails in every way: one clear error each time, and a processor that goes on working.</summary>
public sealed class DeviceFaultTests : IDisposable
{
    private readonly FakeGpuDriver _driver = new();
    private readonly TemporaryFolder _folder = new();

    public void Dispose()
    {
        AssertCpuWorks();
        _folder.Dispose();
    }

    [Fact]
    public void Memory_MoreThanThereIs_IsAnErrorWithSizesAndWhatToDo()
    {
        using var backend = new GpuBackend(_driver, cache: null);
        var device = new Device("fake", backend);
        using var half = Tensor.Zeros(new Shape(1 << 17), device);
        var error = Assert.Throws<DeviceException>(() => Tensor.Zeros(new Shape(3 << 16), device));
        Assert.Equal("fake: no room for 0.8 MiB; 0.5 MiB of its 1 MiB are in use by this program. Use a smaller batch, or "
            + "--device cpu.", error.Message);
        using var quarter = Tensor.Full(new Shape(1 << 16), 3, device);
        Assert.All(quarter.ToArray(), v => Assert.Equal(3, v));
    }

    [Fact]
    public void Memory_HeldBackInOtherSizes_MakesRoom()
    {
        using var backend = new GpuBackend(_driver, cache: null);
        var device = new Device("fake", backend);
        Tensor.Zeros(new Shape(150_000), device).Dispose();
        Assert.Equal(1, _driver.Blocks);
        using var other = Tensor.Zeros(new Shape(200_000), device);
        Assert.Equal(1, _driver.Blocks);
        Assert.Equal(4 * 200_000, backend.Pool.LiveBytes);
    }

    [Fact]
    public void Memory_OfForgottenTensors_MakesRoom()
    {
        using var backend = new GpuBackend(_driver, cache: null);
        var device = new Device("fake", backend);
        Forget(device);
        using var other = Tensor.Zeros(new Shape(200_000), device);
        Assert.Equal(4 * 200_000, backend.Pool.LiveBytes);

        [MethodImpl(MethodImplOptions.NoInlining)]
        static void Forget(Device device) => Assert.Equal(200_000, Tensor.Zeros(new Shape(200_000), device).Count);
    }

    [Fact]
    public void Kernel_ThatDoesNotCompile_NamesFileAndLineEachTime()
    {
        _driver.CompilerFailure =
            "elementwise.cl(3): warning: unused\nelementwise.cl(12): error: identifier \"foo\" is "
            + "undefined\n\nelementwise.cl(14): error: more\n2 errors detected.\n";
        using var backend = new GpuBackend(_driver, new KernelCache(_folder["kernels"]));
        using var x = Tensor.From([1, 2], new Shape(2), new Device("fake", backend));
        for (var time = 0; time < 2; time++)
        {
            var error = Assert.Throws<DeviceException>(() => x + x);
            Assert.Equal(
                "fake: elementwise.cl does not compile for Fake GPU: FAKE_COMPILATION (1).\nelementwise.cl(12): error: "
                    + "identifier \"foo\" is undefined (and 1 more)",
                error.Message);
        }

        _driver.CompilerFailure = null;
        using var sum = x + x;
        Assert.Equal([2, 4], sum.ToArray());
    }

    [Fact]
    public void Kernel_MissingFromItsProgram_IsAnErrorEachTime()
    {
        _driver.MissingKernel = "add_same";
        using var backend = new GpuBackend(_driver, cache: null);
        using var x = Tensor.From([1, 2], new Shape(2), new Device("fake", backend));
        for (var time = 0; time < 2; time++)
            Assert.Equal("fake: kernel add_same: FAKE_ERROR (2).", Assert.Throws<DeviceException>(() => x + x).Message);
    }

    [Fact]
    public void Device_LostInMidRun_SaysSoFromThenOn()
    {
        _driver.LaunchesUntilLost = 2;
        var backend = new GpuBackend(_driver, cache: null);
        var device = new Device("fake", backend);
        using var x = Tensor.From([1, 2], new Shape(2), device);
        using var once = x + x;
        using var twice = once + once;
        const string message =
            "fake: Fake GPU was lost, with what it held (launch add_same (groups 1×1×1, items 256×1×1): FAKE_DEVICE_LOST "
            + "(7), or a command before it).\n"
            + "Start the program again, or use --device cpu.";
        Assert.Equal(message, Assert.Throws<DeviceException>(() => twice + twice).Message);
        Assert.Equal(message, Assert.Throws<DeviceException>(() => twice.ToArray()).Message);
        Assert.Equal(message, Assert.Throws<DeviceException>(() => x + x).Message);
        Assert.Equal(message, Assert.Throws<DeviceException>(() => Tensor.Zeros(new Shape(100_000), device)).Message);
        Assert.Equal(message, Assert.Throws<DeviceException>(() => x.Write([3, 4])).Message);
        Assert.Equal(message, Assert.Throws<DeviceException>(backend.Wait).Message);
        x.Dispose();
        backend.Dispose();
        Assert.True(_driver.IsDisposed);
    }

    [Theory]
    [InlineData("torn")]
    [InlineData("changed")]
    [InlineData("empty")]
    [InlineData("refused")]
    public void Cache_EntryThatCannotBeTrusted_IsCompiledAgain(string damage)
    {
        AddOnce();
        Assert.Equal(1, _driver.Compilations);
        var entry = Assert.Single(Directory.GetFiles(_folder["kernels"]));
        var good = File.ReadAllBytes(entry);
        var bad = good.ToArray();
        if (damage == "torn") bad = bad[..^3];
        else if (damage == "changed") bad[^1] ^= 1;
        else if (damage == "empty") bad = [];
        File.WriteAllBytes(entry, bad);
        var second = new FakeGpuDriver();
        if (damage == "refused")
        {
            // What this driver takes is not what lies in the cache, though its hash is right.
            new KernelCache(_folder["kernels"]).Keep(KernelSource.Of("elementwise", []), second.Info, [1, 2, 3]);
            second.RefusedBinary = [1, 2, 3];
        }

        AddOnce(second);
        Assert.Equal(1, second.Compilations);
        Assert.Equal(good, File.ReadAllBytes(entry));
        var third = new FakeGpuDriver();
        AddOnce(third);
        Assert.Equal(0, third.Compilations);
    }

    [Fact]
    public void Cache_FolderThatCannotBeWritten_CostsOnlyTime()
    {
        File.WriteAllText(_folder["kernels"], "a file where the folder should be");
        AddOnce();
        Assert.Equal(1, _driver.Compilations);
    }

    [Fact]
    public void Threads_AtOnce_EnterTheDriverOneByOne()
    {
        using var backend = new GpuBackend(_driver, new KernelCache(_folder["kernels"]));
        var device = new Device("fake", backend);
        var wrong = 0;
        var threads = Enumerable.Range(1, 4).Select(k => new Thread(() =>
        {
            for (var i = 0; i < 200; i++)
            {
                using var x = Tensor.From([i, k], new Shape(2), device);
                using var sum = x + x;
                var values = sum.ToArray();
                if (values[0] != 2 * i || values[1] != 2 * k) Interlocked.Increment(ref wrong);
            }
        })).ToArray();
        foreach (var thread in threads) thread.Start();
        foreach (var thread in threads) thread.Join();
        Assert.Equal(0, wrong);
        Assert.False(_driver.WasEnteredTwice);
        Assert.Equal(0, backend.Pool.LiveBytes);
    }

    [Fact]
    public void Measure_WorkThatWaitsForAnotherThread_DoesNotBlock()
    {
        using var backend = new GpuBackend(_driver, cache: null);
        var device = new Device("fake", backend);
        var other = new Thread(() => Tensor.Zeros(new Shape(3), device).Dispose());
        backend.Measure(() =>
        {
            other.Start();
            Assert.True(other.Join(TimeSpan.FromSeconds(60)));
        });
    }

    private static void AssertCpuWorks()
    {
        using var x = Tensor.From([1, 2], new Shape(2), Device.Cpu);
        using var sum = x + x;
        Assert.Equal([2, 4], sum.ToArray());
    }

    private void AddOnce(FakeGpuDriver? driver = null)
    {
        using var backend = new GpuBackend(driver ?? _driver, new KernelCache(_folder["kernels"]));
        using var x = Tensor.From([1, 2], new Shape(2), new Device("fake", backend));
        using var sum = x + x;
        Assert.Equal([2, 4], sum.ToArray());
        x.Dispose();
        sum.Dispose();
    }
}
