using Engine.Tensors;
using Engine.Tensors.Autograd;
using Engine.Tensors.Cpu;
using Engine.Tensors.Cpu.Kernels;
using Engine.Tests.Support;

namespace Engine.Tests.Tensors;

/// <summary>Weights that are laid out once for many forward passes. Runs alone: the pool that it watches is the process's.</summary>
[Collection(nameof(MemoryTests))]
[EveryInstructionSet]
public class PreparedWeightsTests
{
    public static TheoryData<string> Operations => ["Direct", "Winograd", "Fft", "Lstm"];

    [Theory]
    [MemberData(nameof(Operations))]
    public void Forward_AgainAndAgain_GivesTheBitsOfARecordedPass(string name)
    {
        using var operation = new Operation(name);
        var expected = operation.Recorded();
        for (var pass = 0; pass < 3; pass++) Assert.Equal(expected, operation.Evaluated());
    }

    [Theory]
    [MemberData(nameof(Operations))]
    public void Forward_WeightsWrittenUpdatedOrCopied_UsesTheNewOnes(string name)
    {
        using var operation = new Operation(name);
        var weight = operation.Weight;
        _ = operation.Evaluated();
        weight.Write(GradCheck.Draw(new RandomStream(2, name), weight.Count));
        Assert.Equal(operation.Recorded(), operation.Evaluated());

        using var gradient = Tensor.Full(weight.Shape, 1);
        weight.Update(UpdateRule.Plain, new UpdateFactors { GradientRate = 0.5f }, gradient);
        Assert.Equal(operation.Recorded(), operation.Evaluated());

        using var other = Tensor.From(GradCheck.Draw(new RandomStream(3, name), weight.Count), weight.Shape);
        weight.CopyFrom(other);
        Assert.Equal(operation.Recorded(), operation.Evaluated());
    }

    [Theory]
    [MemberData(nameof(Operations))]
    public void Memory_IsKeptUntilTheWeightsChangeOrGo(string name)
    {
        var pool = Scratch.Pool;
        MemoryTests.CollectForgotten();
        using (var operation = new Operation(name))
        {
            // Threads keep some memory for their next task.
            _ = operation.Recorded();
            var before = pool.LiveBytes;
            _ = operation.Recorded();
            Assert.Equal(before, pool.LiveBytes);

            _ = operation.Evaluated();
            var kept = pool.LiveBytes;
            Assert.True(kept > before, $"{name} keeps nothing.");
            _ = operation.Evaluated();
            Assert.Equal(kept, pool.LiveBytes);

            operation.MarkWritten();
            Assert.Equal(before, pool.LiveBytes);
            _ = operation.Evaluated();
            Assert.Equal(kept, pool.LiveBytes);
        }

        Assert.Equal(0, pool.LiveBytes);
    }

    [Fact]
    public void Forward_ViewsOfOneBlock_HaveLayoutsOfTheirOwn()
    {
        using var all = Tensor.From(GradCheck.Draw(new RandomStream(4, "views"), 8 * 5 * 9), new Shape(8, 5, 3, 3));
        using var x = Tensor.From(GradCheck.Draw(new RandomStream(5, "views"), 5 * 12 * 12), new Shape(1, 5, 12, 12));
        for (var pass = 0; pass < 2; pass++)
        {
            for (var first = 0; first < 8; first += 2)
            {
                using var view = all.Slice(0, first, 2);
                using var copy = Tensor.From(view.ToArray(), view.Shape);
                using Tensor expected = Tensor.Conv2d(x, copy), actual = Tensor.Conv2d(x, view);
                Assert.Equal(expected.ToArray(), actual.ToArray());
            }
        }
    }

    [Fact]
    public void Forward_InputsOfManySizes_AreRight()
    {
        using var w = Tensor.From(GradCheck.Draw(new RandomStream(6, "sizes"), 6 * 4 * 9), new Shape(6, 4, 3, 3));
        for (var size = 1; size < 12; size++)
        {
            // On the smallest planes some taps see nothing but padding and are left out.
            using var x = Tensor.From(GradCheck.Draw(new RandomStream(7, "sizes"), 4 * size * size), new Shape(1, 4, size, size));
            using var fresh = Tensor.From(w.ToArray(), w.Shape);
            var options = Conv2dOptions.Uniform(padding: 2);
            using Tensor expected = Tensor.Conv2d(x, fresh, null, options), actual = Tensor.Conv2d(x, w, null, options);
            Assert.Equal(expected.ToArray(), actual.ToArray());
        }
    }

    [Theory]
    [MemberData(nameof(Operations))]
    public void Forward_FromManyThreadsAtOnce_IsRight(string name)
    {
        for (var round = 0; round < 5; round++)
        {
            using var operation = new Operation(name);
            var expected = operation.Recorded();
            operation.MarkWritten();
            var results = new float[8][];
            Parallel.For(0, results.Length, new ParallelOptions { MaxDegreeOfParallelism = 8 },
                i => results[i] = operation.Evaluated());
            Assert.All(results, r => Assert.Equal(expected, r));
        }

        Assert.Equal(0, Scratch.Pool.LiveBytes);
    }

    private sealed class Operation : IDisposable
    {
        private readonly Tensor _x;
        private readonly Tensor[] _weights;
        private readonly Func<Tensor> _forward;
        private readonly ConvAlgorithm _algorithm;

        public Operation(string name)
        {
            var random = new RandomStream(1, name);
            _algorithm = name == "Lstm" ? ConvAlgorithm.Direct : Enum.Parse<ConvAlgorithm>(name);
            _x = name switch
            {
                "Fft" => Draw(2, 3, 1, 700),
                "Lstm" => Draw(2, 6, 9),
                _ => Draw(2, 16, 12, 14),
            };
            _weights = name switch
            {
                "Fft" => [Draw(5, 3, 1, 90)],
                "Lstm" => [Draw(4 * 20, 9), Draw(4 * 20, 20), Draw(4 * 20), Draw(4 * 20)],
                _ => [Draw(20, 16, 3, 3)],
            };
            _forward = name == "Lstm"
                ? () => Tensor.Lstm(_x, [new(_weights[0], _weights[1], _weights[2], _weights[3])]).Output
                : () => Tensor.Conv2d(_x, _weights[0], null, new Conv2dOptions { StrideWidth = name == "Fft" ? 2 : 1 });

            Tensor Draw(params int[] sizes)
            {
                var shape = new Shape(sizes);
                return Tensor.From(GradCheck.Draw(random, shape.Count), shape);
            }
        }

        public Tensor Weight => _weights[0];

        public void MarkWritten()
        {
            foreach (var weight in _weights) weight.MarkWritten();
        }

        public float[] Evaluated()
        {
            using var forced = new ConvCheck.Force(_algorithm);
            using var scope = new TensorScope();
            return _forward().ToArray();
        }

        public float[] Recorded()
        {
            foreach (var weight in _weights) weight.RequiresGrad = true;
            using var forced = new ConvCheck.Force(_algorithm);
            using var tape = new Tape();
            return _forward().ToArray();
        }

        public void Dispose()
        {
            _x.Dispose();
            foreach (var weight in _weights) weight.Dispose();
        }
    }
}
