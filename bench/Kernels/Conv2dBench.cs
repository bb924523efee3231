using BenchmarkDotNet.Attributes;
using Engine.Tensors;

namespace Engine.Bench.Kernels;

/// <summary>Layers of <c>cs464-conv2d</c>, <c>cs464-conv1d-raw</c> and <c>aiml-cnn</c>, batch 4.</summary>
public class Conv2dBench : TensorBench
{
    private Tensor _x = null!, _weight = null!, _bias = null!;

    /// <summary>channels × rows × columns × filters × kernel rows × kernel columns.</summary>
    [Params("3×400×400×16×3×3", "16×198×198×16×3×3", "8×1×68903×16×1×52", "1×64×1292×32×4×4")]
    public string Sizes { get; set; } = "";

    public override string RateUnit => "GFLOP/s";

    public override double? WorkPerCall(string method) => Numbers(Sizes) is [var c, var h, var w, var k, var kh, var kw]
        ? 2.0 * 4 * k * (h - kh + 1) * (w - kw + 1) * c * kh * kw * (method == nameof(Forward) ? 1 : 3)
        : null;

    [GlobalSetup]
    public void Setup()
    {
        if (Numbers(Sizes) is not [var c, var h, var w, var k, var kh, var kw]) return;
        (_x, _weight, _bias) = (Leaf(4, c, h, w), Leaf(k, c, kh, kw), Leaf(k));
    }

    [Benchmark]
    public void Forward() => Tensor.Conv2d(_x, _weight, _bias).Dispose();

    [Benchmark]
    public void ForwardAndBackward() => Backward(() => Tensor.Conv2d(_x, _weight, _bias), _x, _weight, _bias);
}
