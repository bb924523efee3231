using Engine.Tensors;
using Engine.Tensors.Autograd;
using Engine.Tensors.Cpu;
using Engine.Tests.Support;

namespace Engine.Tests.Tensors;

/// <summary>Runs alone: the pool that it watches belongs to the whole process.</summary>
[CollectionDefinition(nameof(MemoryTests), DisableParallelization = true)]
[Collection(nameof(MemoryTests))]
public class MemoryTests
{
    private static CpuMemoryPool Pool => ((CpuBackend)Device.Cpu.Backend).Pool;

    [Fact]
    public void Device_Trim_GivesTheProcessorsBlocksBack()
    {
        Tensor.Zeros(new Shape(3_000_017)).Dispose();
        Device.Cpu.Trim();
        var before = Pool.ReservedBytes;
        Tensor.Zeros(new Shape(3_000_017)).Dispose();
        Device.Cpu.Trim();
        Assert.True(Pool.ReservedBytes < before + 12_000_000, $"{Pool.ReservedBytes:N0} bytes are held.");
    }

    [Fact]
    public void Step_OfAConvolutionNetwork_PeaksNearTheActivationsItNeeds()
    {
        const int batch = 20, size = 400;
        using var scope = new TensorScope();
        using var network = new Network(size, 3, 16, 120);
        var x = Tensor.From(Noise(batch * 3 * size * size), new Shape(batch, 3, size, size));
        var labels = Tensor.FromIndices(Enumerable.Range(0, batch).Select(i => i % 10).ToArray(), new Shape(batch));
        var before = Pool.LiveBytes;
        Pool.ResetPeak();
        network.Step(x, labels);

        // What a plain reverse pass reads: the input of each convolution and dense layer, the output of each ReLU.
        var needed = x.Count + network.Activations;
        var peak = Pool.PeakBytes - before + x.Count * 4L;
        Assert.True(peak <= 1.2 * needed * 4,
            $"The step peaked at {peak:N0} bytes, {peak / 4.0 / needed:F3} times the activations' {needed * 4:N0}.");
    }

    [Fact]
    public void Steps_InALoop_KeepMemoryFlat()
    {
        using var scope = new TensorScope();
        using var network = new Network(24, 1, 4, 8);
        var x = Tensor.From(Noise(3 * 24 * 24), new Shape(3, 1, 24, 24));
        var labels = Tensor.FromIndices([1, 5, 9], new Shape(3));
        CollectForgotten();
        var early = AllocatedBy(100);
        var (live, reserved) = (Pool.LiveBytes, Pool.ReservedBytes);
        var late = AllocatedBy(900);
        Assert.Equal(live, Pool.LiveBytes);
        Assert.Equal(reserved, Pool.ReservedBytes);

        // The tape's records and the kernels' closures, less than a single array on the large object heap, and never more.
        Assert.True(late < 85_000 && late < 1.1 * early, $"A step allocates {early} managed bytes at first and {late} later.");

        long AllocatedBy(int steps)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var step = 0; step < steps; step++) network.Step(x, labels);
            return (GC.GetAllocatedBytesForCurrentThread() - before) / steps;
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4 * 1024 * 1024 - 1)]
    [InlineData(4 * 1024 * 1024)]
    [InlineData(5 * 1024 * 1024 + 12)]
    public unsafe void LargeBlock_AnyLength_IsAlignedAndWritable(int length)
    {
        var block = (byte*)LargeBlock.Allocate((nuint)length);
        Assert.Equal(0, (nint)block % (length >= 4 * 1024 * 1024 && OperatingSystem.IsLinux() ? 2 * 1024 * 1024 : 64));
        new Span<byte>(block, length).Fill(1);
        Assert.Equal(1, block[length - 1]);
        LargeBlock.Free(block);
    }

    /// <summary>What earlier tests forgot goes back to the pool now, and not while it is watched.</summary>
    internal static void CollectForgotten()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
    }

    private static float[] Noise(int count) => GradCheck.Draw(new RandomStream(1, "memory"), count);

    /// <summary>The layers of cs464-conv2d: convolution, then three of (convolution, pool), two dense layers.</summary>
    private sealed class Network : IDisposable
    {
        private readonly List<Tensor> _parameters = [];

        public Network(int size, int channels, int filters, int units)
        {
            for (var layer = 0; layer < 4; layer++)
            {
                Add(filters, layer == 0 ? channels : filters, 3, 3);
                Add(filters);
                size -= 2;
                if (layer > 0) size /= 2;
            }

            Add(units, filters * size * size);
            Add(units);
            Add(10, units);
            Add(10);
        }

        /// <summary>Elements of the activations of the last step.</summary>
        public long Activations { get; private set; }

        public void Step(Tensor x, Tensor labels)
        {
            Activations = 0;
            using (var tape = new Tape())
            {
                var current = x;
                for (var layer = 0; layer < 4; layer++)
                {
                    current = Next(x, current,
                        Tensor.Conv2d(current, _parameters[2 * layer], _parameters[2 * layer + 1], relu: true));
                    if (layer > 0) current = Next(x, current, Tensor.MaxPool2d(current, Pool2dOptions.Square(2)));
                }

                using var flat = current.Reshape(current.Shape[0], -1);
                current = Next(x, current, Tensor.Dense(flat, _parameters[8], _parameters[9], relu: true));
                flat.Dispose();
                using var scores = Tensor.Dense(current, _parameters[10], _parameters[11]);
                current.Dispose();
                tape.Backward(Tensor.CrossEntropy(scores, labels));
            }

            foreach (var parameter in _parameters)
            {
                parameter.Grad!.Dispose();
                parameter.Grad = null;
            }
        }

        public void Dispose() => _parameters.ForEach(p => p.Dispose());

        private Tensor Next(Tensor input, Tensor last, Tensor next)
        {
            if (last != input) last.Dispose();
            Activations += next.Count;
            return next;
        }

        private void Add(params int[] sizes)
        {
            var shape = new Shape(sizes);
            var parameter = Tensor.From(Noise(shape.Count), shape);
            parameter.RequiresGrad = true;
            _parameters.Add(parameter);
        }
    }
}
