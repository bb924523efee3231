using BenchmarkDotNet.Attributes;
using Engine.Nn;
using Engine.Nn.Layers;
using Engine.Tensors;
using Engine.Tensors.Autograd;

namespace Engine.Bench.Kernels;

/// <summary>Convolution, ReLU and pooling of networks of the recipes, one image: one after the other, and in one pass.</summary>
public class ConvMaxPoolBench : TensorBench
{
    private Tensor _x = null!, _weight = null!, _bias = null!;

    /// <summary>channels × rows × columns × filters × window rows × window columns; kernels are 3 × 3.</summary>
    [Params("1×1025×130×16×4×2", "1×128×1288×16×2×4", "1×20×132×32×2×2", "16×398×398×16×2×2")]
    public string Sizes { get; set; } = "";

    public override string RateUnit => "GFLOP/s";

    public override double? WorkPerCall(string method) =>
        Numbers(Sizes) is [var c, var h, var w, var k, _, _] ? 2.0 * k * (h - 2) * (w - 2) * c * 9 : null;

    private Pool2dOptions Windows => new(Numbers(Sizes)[4], Numbers(Sizes)[5]);

    [GlobalSetup]
    public void Setup()
    {
        if (Numbers(Sizes) is [var c, var h, var w, var k, _, _])
            (_x, _weight, _bias) = (Noise(1, c, h, w), Noise(k, c, 3, 3), Noise(k));
    }

    [Benchmark(Baseline = true)]
    public void OneAfterTheOther()
    {
        using var y = Tensor.Conv2d(_x, _weight, _bias, relu: true);
        Tensor.MaxPool2d(y, Windows).Dispose();
    }

    [Benchmark]
    public void OnePass() => Tensor.ConvMaxPool2d(_x, _weight, _bias, new Conv2dOptions(), true, Windows).Dispose();
}

/// <summary>Dense layers of a batch of 32: weights packed by every call, as in training, and kept.</summary>
public class PackedDenseBench : TensorBench
{
    private Tensor _x = null!, _weight = null!, _bias = null!;

    [Params("57×247", "256×128", "512×512", "8320×512")]
    public string Sizes { get; set; } = "";

    public override string RateUnit => "GFLOP/s";

    public override double? WorkPerCall(string method) => Numbers(Sizes) is [var k, var n] ? 2.0 * 32 * k * n : null;

    [GlobalSetup]
    public void Setup()
    {
        if (Numbers(Sizes) is [var k, var n]) (_x, _weight, _bias) = (Noise(32, k), Noise(n, k), Noise(n));
    }

    [Benchmark(Baseline = true)]
    public void PackedByEveryCall()
    {
        using var tape = new Tape();
        Tensor.Dense(_x, _weight, _bias, relu: true).Dispose();
    }

    [Benchmark]
    public void Kept() => Tensor.Dense(_x, _weight, _bias, relu: true).Dispose();
}

/// <summary>Blocks of an EfficientNet in evaluation: layer by layer, as an observer wants them, and fused, in parts.</summary>
public sealed class EvaluationBench : TensorBench, IDisposable
{
    private readonly Graph _network = new(
        new("first", new Conv2d(1, 8, 3, 3, Conv2dOptions.Uniform(2, 1), bias: false)), new("norm", new BatchNorm2d(8)),
        new("activation", Activation.HardSwish()), new("1", new InvertedResidual(8, 24, 16, 3, 2, Activation.Relu)),
        new("2", new InvertedResidual(16, 48, 16, 5, 2, Activation.Relu, Activation.Sigmoid)),
        new("3", new InvertedResidual(16, 48, 16, 5, 1, Activation.Relu, Activation.Sigmoid)));
    private Tensor _x = null!;

    [Params(1, 32)]
    public int Batch { get; set; }

    public override string RateUnit => "GFLOP/s";

    public override double? WorkPerCall(string method) => 2.0 * _network.MultiplyAdds(_x.Shape);

    [GlobalSetup]
    public void Setup()
    {
        _network.Initialize(1, Device.Cpu);
        _x = Noise(Batch, 1, 128, 500);
    }

    public void Dispose() => _network.Dispose();

    [Benchmark(Baseline = true)]
    public void LayerByLayer() => _network.Forward(_x, ForwardContext.Evaluate((_, _) => { })).Dispose();

    [Benchmark]
    public void Fused() => _network.Forward(_x, ForwardContext.Evaluate()).Dispose();
}
