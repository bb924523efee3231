using BenchmarkDotNet.Attributes;
using Engine.Tensors;

namespace Engine.Bench.Kernels;

/// <summary>Matrix products: squares, and the dense and recurrent layers of the recipes.</summary>
public class MatMulBench : TensorBench
{
    private Tensor _a = null!, _b = null!;
    private float[] _left = [], _right = [], _product = [];

    [Params("256×256×256", "1024×1024×1024", "64×1200×1600", "20×36864×120")]
    public string Sizes { get; set; } = "";

    public override string RateUnit => "GFLOP/s";

    public override double? WorkPerCall(string method) => Numbers(Sizes) is [var m, var k, var n] ? 2.0 * m * k * n : null;

    [GlobalSetup]
    public void Setup()
    {
        var (m, k, n) = (Numbers(Sizes)[0], Numbers(Sizes)[1], Numbers(Sizes)[2]);
        (_a, _b) = (Noise(m, k), Noise(k, n));
        (_left, _right, _product) = (_a.ToArray(), _b.ToArray(), new float[m * n]);
    }

    /// <summary>Three loops, the innermost along rows of b and c.</summary>
    [Benchmark(Baseline = true)]
    public void Loops()
    {
        var (m, k, n) = (Numbers(Sizes)[0], Numbers(Sizes)[1], Numbers(Sizes)[2]);
        Array.Clear(_product);
        for (var i = 0; i < m; i++)
        {
            for (var p = 0; p < k; p++)
            {
                var a = _left[i * k + p];
                var b = _right.AsSpan(p * n, n);
                var c = _product.AsSpan(i * n, n);
                for (var j = 0; j < n; j++) c[j] += a * b[j];
            }
        }
    }

    [Benchmark]
    public void MatMul() => Tensor.MatMul(_a, _b).Dispose();
}
