using BenchmarkDotNet.Attributes;
using Engine.Bench.Columns;
using Engine.Tensors;
using Engine.Tensors.Autograd;

namespace Engine.Bench.Kernels;

/// <summary>What the tensor benchmarks share: noise, and a forward and backward pass that gives its memory back.</summary>
[Config(typeof(KernelConfig))]
public abstract class TensorBench : IWork
{
    private readonly Random _random = new(1);

    public abstract string RateUnit { get; }

    public abstract double? WorkPerCall(string method);

    protected Tensor Noise(params int[] sizes)
    {
        var shape = new Shape(sizes);
        var values = new float[shape.Count];
        foreach (ref var v in values.AsSpan()) v = _random.NextSingle() - 0.5f;
        return Tensor.From(values, shape);
    }

    /// <summary>Noise whose gradient is wanted.</summary>
    protected Tensor Leaf(params int[] sizes)
    {
        var tensor = Noise(sizes);
        tensor.RequiresGrad = true;
        return tensor;
    }

    protected static void Backward(Func<Tensor> forward, params ReadOnlySpan<Tensor> leaves)
    {
        using (var tape = new Tape())
        {
            var y = forward();
            tape.Backward(y, Tensor.Full(y.Shape, 1));
        }

        foreach (var leaf in leaves)
        {
            leaf.Grad?.Dispose();
            leaf.Grad = null;
        }
    }

    /// <summary>The numbers in a parameter such as <c>64×1200×1600</c>.</summary>
    protected static int[] Numbers(string sizes) => [.. sizes.Split('×').Select(int.Parse)];
}
