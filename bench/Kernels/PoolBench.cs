using BenchmarkDotNet.Attributes;
using Engine.Tensors;

namespace Engine.Bench.Kernels;

/// <summary>Pooling forward and backward: the 2×2 windows of <c>cs464-conv2d</c>, and 3×3 windows that overlap.</summary>
public class PoolBench : TensorBench
{
    private Tensor _x = null!;

    [Params("2×2", "3×2")]
    public string WindowAndStride { get; set; } = "";

    public override string RateUnit => "GB/s";

    public override double? WorkPerCall(string method) => 4.0 * 4 * 16 * 396 * 396 * 2.5;

    private Pool2dOptions Options => Pool2dOptions.Square(Numbers(WindowAndStride)[0], Numbers(WindowAndStride)[1]);

    [GlobalSetup]
    public void Setup() => _x = Leaf(4, 16, 396, 396);

    [Benchmark]
    public void MaxPool() => Backward(() => Tensor.MaxPool2d(_x, Options), _x);

    [Benchmark]
    public void AveragePool() => Backward(() => Tensor.AveragePool2d(_x, Options), _x);
}
