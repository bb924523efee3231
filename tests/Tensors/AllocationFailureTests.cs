using Engine.Nn;
using Engine.Nn.Layers;
using Engine.Tensors;
using Engine.Tensors.Autograd;
using Engine.Tensors.Cpu;
using Engine.Tests.Support;

namespace Engine.Tests.Tensors;

/// <summary>
/// Memory that runs out at any moment: an operation then succeeds or says so, and whatever follows it is right. Runs alone: where
/// blocks come from concerns the whole process.
/// </summary>
[Collection(nameof(MemoryTests))]
public class AllocationFailureTests
{
    public static TheoryData<string> Names => OperationFamilies.Names;

    private static Func<Layer>[] Networks { get; } =
    [
        () => new Sequential(new Conv2d(2, 16, 3), Activation.Relu(), new MaxPool2d(2), new Conv2d(16, 5, 3), new LayerNorm(4),
            new Flatten(), new Dense(5 * 4 * 4, 3)),
        () => new Sequential(new Flatten(), new Dense(2 * 14 * 14, 7), Activation.Tanh(), new Dropout(0.5), new Dense(7, 3)),
        () => new Sequential(new Sequence(), new Lstm(28, 5, 2), new Dense(5, 3)),
        () => new Sequential(new Sequence(), new Gru(28, 5, bidirectional: true), new Dense(10, 3)),
    ];

    [Theory, MemberData(nameof(Names))]
    public void Family_OneBlockRefused_SucceedsOrSaysSoAndThenSucceeds(string name)
    {
        var family = OperationFamilies.All.Single(f => f.Name == name);

        // Whether the very first block fails or a later one of the same step shows in a few steps of each family.
        Check(name, () => family.Run(), most: 40);
    }

    [Fact]
    public void TrainingStep_OneBlockRefused_SucceedsOrSaysSoAndThenSucceeds()
    {
        for (var i = 0; i < Networks.Length; i++)
        {
            using var network = Networks[i]();
            network.Initialize(1);
            Check($"network {i + 1}", () => Step(network), most: 60);
        }
    }

    [Fact]
    public unsafe void Reserve_NoRoom_LeavesAnEmptyBuffer()
    {
        using var source = FailingSource.Install();
        var buffer = new AlignedBuffer();
        buffer.Reserve(100)[99] = 1;
        source.Refuse(1, 1);
        Assert.ThrowsAny<OutOfMemoryException>(() => (nint)buffer.Reserve(200));
        var again = buffer.Reserve(50);
        again[49] = 1;
        source.ExpectFreedUntouched("Reserve");
        Assert.Throws<OverflowException>(() => (nint)buffer.Reserve(long.MaxValue));
        GC.KeepAlive(buffer);
    }

    [Fact]
    public void Rent_NoRoom_LeavesNoTrace()
    {
        using var source = FailingSource.Install();
        var pool = ((CpuBackend)Device.Cpu.Backend).Pool;
        MemoryTests.CollectForgotten();
        Device.Cpu.Trim();
        var (live, reserved) = (pool.LiveBytes, pool.ReservedBytes);
        source.Refuse(1, int.MaxValue);
        for (var i = 0; i < 3; i++)
        {
            var error = Assert.ThrowsAny<OutOfMemoryException>(() => Tensor.Zeros(new Shape(1000, 1000)));
            Assert.Contains("no room for 3.8 MiB", error.Message);
        }

        // A storage that got no block has none to return.
        MemoryTests.CollectForgotten();
        source.RefuseNothing();
        Assert.Equal((live, reserved), (pool.LiveBytes, pool.ReservedBytes));
        using var tensor = Tensor.Full(new Shape(1000, 1000), 2);
        Assert.Equal(2e6f, tensor.Sum().Item());
    }

    [Fact]
    public void Rent_NoRoomUntilIdleBlocksAreFreed_FreesThem()
    {
        var pool = ((CpuBackend)Device.Cpu.Backend).Pool;
        Tensor.Zeros(new Shape(12_345_678)).Dispose();
        var reserved = pool.ReservedBytes;
        using (var source = FailingSource.Install())
        {
            source.Refuse(1, 1);
            using var tensor = Tensor.Zeros(new Shape(100));
            Assert.Equal(1, source.Refused);
        }

        Assert.True(pool.ReservedBytes <= reserved - 4 * 12_345_678L,
            $"{pool.ReservedBytes:N0} bytes are held, {reserved:N0} before.");
    }

    private static List<float[]> Step(Layer network)
    {
        network.ClearGradients();
        using (var tape = new Tape())
        {
            using var x = Tensor.From(GradCheck.Draw(new RandomStream(1, "step"), 4 * 2 * 14 * 14),
                network.Children[0] is Conv2d or Flatten ? new Shape(4, 2, 14, 14) : new Shape(4, 28, 14));
            using var labels = Tensor.FromIndices([0, 2, 1, 2], new Shape(4));
            tape.Backward(Tensor.CrossEntropy(network.Forward(x, ForwardContext.Train(new RandomStream(2, "dropout"))), labels));
        }

        return [.. network.Parameters().Select(p => p.Gradient!.ToArray())];
    }

    // A thread of its own has no buffers of before; one thread asks in the same order each time.
    private static void Check(string what, Func<List<float[]>> run, int most)
    {
        var threads = Device.CpuThreads;
        Device.CpuThreads = 1;
        try
        {
            using var source = FailingSource.Install();
            source.RefuseNothing();
            var expected = Anew(run);
            var asked = source.Asked;
            Assert.True(asked > 0, $"{what} asked for no memory.");
            var refused = 0;
            var step = Math.Max(1, asked / most);
            for (var n = 1; n <= asked; n += step)
            {
                // Once, so that what is given back makes room; for good; and again when memory is there.
                source.Refuse(n, n);
                refused += Try(source, run, expected, $"{what}, call {n} refused");
                source.Refuse(n, int.MaxValue);
                refused += Try(source, run, expected, $"{what}, calls from {n} on refused");
                source.RefuseNothing();
                ExpectSame(expected, Anew(run), $"{what} after call {n} was refused");
            }

            Assert.True(refused > 0, $"{what}: nothing failed.");
        }
        finally
        {
            Device.CpuThreads = threads;
        }
    }

    private static int Try(FailingSource source, Func<List<float[]>> run, List<float[]> expected, string what)
    {
        try
        {
            ExpectSame(expected, Anew(run), what);
            return 0;
        }
        catch (OutOfMemoryException)
        {
            Assert.True(source.Refused > 0);
            return 1;
        }
        finally
        {
            source.ExpectFreedUntouched(what);
        }
    }

    private static List<float[]> Anew(Func<List<float[]>> run)
    {
        List<float[]>? results = null;
        Exception? error = null;
        var thread = new Thread(() =>
        {
            try
            {
                results = run();
            }
            catch (Exception e)
            {
                error = e;
            }
        });
        thread.Start();
        thread.Join();
        if (error is not null) System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(error);
        return results!;
    }

    private static void ExpectSame(List<float[]> expected, List<float[]> actual, string what)
    {
        Assert.Equal(expected.Count, actual.Count);
        for (var i = 0; i < expected.Count; i++)
        {
            var same = System.Runtime.InteropServices.MemoryMarshal.AsBytes(expected[i].AsSpan())
                .SequenceEqual(System.Runtime.InteropServices.MemoryMarshal.AsBytes(actual[i].AsSpan()));
            Assert.True(same, $"{what}: result {i} differs.");
        }
    }
}
