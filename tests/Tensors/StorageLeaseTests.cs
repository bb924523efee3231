using Engine.Tensors;
using Engine.Tensors.Cpu;

namespace Engine.Tests.Tensors;

/// <summary>Tensors that other threads dispose of while an operation reads them.</summary>
public class StorageLeaseTests
{
    [Fact]
    public void Lease_TensorDisposedOfMeanwhile_KeepsItsMemory()
    {
        var backend = new CpuBackend();
        var device = new Device("leased", backend);
        var tensor = Tensor.Full(new Shape(1000), 3, device);
        using (new StorageLease(tensor, null))
        {
            tensor.Dispose();
            Assert.Equal(4000, backend.Pool.LiveBytes);
        }

        Assert.Equal(0, backend.Pool.LiveBytes);
    }

    [Fact]
    public void Lease_OneTensorIsDisposedOf_LetsGoOfTheOthers()
    {
        var backend = new CpuBackend();
        var device = new Device("leased", backend);
        var (alive, gone) = (Tensor.Zeros(new Shape(10), device), Tensor.Zeros(new Shape(2, 5), device));
        gone.Dispose();
        Assert.Contains("[2, 5]", Assert.Throws<ObjectDisposedException>(() => Hold(alive, gone)).Message);
        alive.Dispose();
        Assert.Equal(0, backend.Pool.LiveBytes);

        static void Hold(Tensor a, Tensor b)
        {
            using var lease = new StorageLease(a, b);
        }
    }

    [Fact]
    public void Dispose_FromManyThreads_ReturnsTheBlockOnce()
    {
        var backend = new CpuBackend();
        var device = new Device("shared", backend);
        for (var round = 0; round < 200; round++)
        {
            var tensor = Tensor.Zeros(new Shape(100), device);
            Parallel.For(0, 8, _ => tensor.Dispose());
            Assert.Equal(0, backend.Pool.LiveBytes);
            using Tensor a = Tensor.Full(new Shape(100), 1, device), b = Tensor.Full(new Shape(100), 2, device);
            Assert.Equal(1, a.ToArray()[0]);
        }
    }

    [Fact]
    public void Operations_OperandsDisposedOfMeanwhile_AreRightOrSaySo()
    {
        using var expected = Tensor.Full(new Shape(64, 64), 64 * 6);
        var want = expected.ToArray();
        var (right, disposed) = (0, 0);
        for (var round = 0; round < 50; round++)
        {
            var (a, b) = (Tensor.Full(new Shape(64, 64), 2), Tensor.Full(new Shape(64, 64), 3));
            var threads = Enumerable.Range(0, 4).Select(_ => new Thread(() =>
            {
                try
                {
                    // Until the operands are gone, however late this thread or the one that disposes of them gets its turn.
                    while (true)
                    {
                        using var product = Tensor.MatMul(a, b);
                        using var doubled = product + a.Scale(0);
                        if (!product.ToArray().AsSpan().SequenceEqual(want)) throw new InvalidDataException("wrong values");
                        Interlocked.Increment(ref right);
                    }
                }
                catch (ObjectDisposedException)
                {
                    Interlocked.Increment(ref disposed);
                }
            })).ToArray();
            foreach (var thread in threads) thread.Start();
            SpinWait.SpinUntil(() => Volatile.Read(ref right) > 4 * round, TimeSpan.FromMinutes(1));
            a.Dispose();
            b.Dispose();
            foreach (var thread in threads) thread.Join();
        }

        Assert.True(right > 0);
        Assert.Equal(200, disposed);
    }
}
