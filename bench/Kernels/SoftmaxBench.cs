using BenchmarkDotNet.Attributes;
using Engine.Tensors;

namespace Engine.Bench.Kernels;

/// <summary>Rows of ten genres, and of many classes.</summary>
public class SoftmaxBench : TensorBench
{
    private Tensor _x = null!;

    [Params("100000×10", "1024×1024")]
    public string Sizes { get; set; } = "";

    public override string RateUnit => "GB/s";

    public override double? WorkPerCall(string method) => Numbers(Sizes) is [var rows, var n]
        ? 4.0 * rows * n * (method == nameof(Forward) ? 2 : 5) : null;

    [GlobalSetup]
    public void Setup() => _x = Leaf(Numbers(Sizes));

    [Benchmark]
    public void Forward() => _x.Softmax().Dispose();

    [Benchmark]
    public void ForwardAndBackward() => Backward(() => _x.Softmax(), _x);
}
