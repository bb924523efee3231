using System.Runtime.CompilerServices;
using Engine.Tensors;
using Engine.Tensors.Gpu;

namespace Engine.Tests.Tensors.Gpu;

/// <summary>A device that fails in every way: one clear error each time, and a processor that goes on working.</summary>
public sealed class DeviceFaultTests : IDisposable
{
    private readonly FaultyDriver _driver = new();

    public void Dispose()
    {
        AssertCpuWorks();
        _driver.Dispose();
    }

    [Fact]
    public void Memory_MoreThanThereIs_IsAnErrorWithSizesAndWhatToDo()
    {
        using var backend = new GpuBackend(_driver);
        var device = new Device("faulty", backend);
        using var half = Tensor.Zeros(new Shape(1 << 17), device);
        var error = Assert.Throws<DeviceException>(() => Tensor.Zeros(new Shape(3 << 16), device));
        Assert.Equal("faulty: no room for 0.8 MiB; 0.5 MiB of its 1 MiB are in use by this program. Use a smaller batch, or "
            + "--device cpu.", error.Message);
        using var quarter = Tensor.Full(new Shape(1 << 16), 3, device);
        Assert.All(quarter.ToArray(), v => Assert.Equal(3, v));
    }

    [Fact]
    public void Memory_HeldBackInOtherSizes_MakesRoom()
    {
        using var backend = new GpuBackend(_driver);
        var device = new Device("faulty", backend);
        Tensor.Zeros(new Shape(150_000), device).Dispose();
        Assert.Equal(1, _driver.Blocks);
        using var other = Tensor.Zeros(new Shape(200_000), device);
        Assert.Equal(1, _driver.Blocks);
        Assert.Equal(4 * 200_000, backend.Pool.LiveBytes);
    }

    [Fact]
    public void Memory_OfForgottenTensors_MakesRoom()
    {
        using var backend = new GpuBackend(_driver);
        var device = new Device("faulty", backend);
        Forget(device);
        using var other = Tensor.Zeros(new Shape(200_000), device);
        Assert.Equal(4 * 200_000, backend.Pool.LiveBytes);

        [MethodImpl(MethodImplOptions.NoInlining)]
        static void Forget(Device device) => Assert.Equal(200_000, Tensor.Zeros(new Shape(200_000), device).Count);
    }

    [Fact]
    public void Device_LostInMidRun_SaysSoFromThenOn()
    {
        _driver.LaunchesUntilLost = 2;
        var backend = new GpuBackend(_driver);
        var device = new Device("faulty", backend);
        using var x = Tensor.From([1, 2], new Shape(2), device);
        using var once = x + x;
        using var twice = once + once;
        const string message =
            "faulty: Faulty GPU was lost, with what it held (launch of BinaryMap<Add> (groups 1×1×1): "
            + "CL_INVALID_COMMAND_QUEUE (-36), or a command before it).\n"
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

    [Fact]
    public void Threads_AtOnce_EnterTheDriverOneByOne()
    {
        using var backend = new GpuBackend(_driver);
        var device = new Device("faulty", backend);
        var wrong = 0;
        var threads = Enumerable.Range(1, 4).Select(k => new Thread(() =>
        {
            for (var i = 0; i < 40; i++)
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
        using var backend = new GpuBackend(_driver);
        var device = new Device("faulty", backend);
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
}
