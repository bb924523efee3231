using BenchmarkDotNet.Attributes;
using Engine.Tensors;

namespace Engine.Bench.Kernels;

/// <summary>Batch norm of pictures between the layers of <c>dsap-cnn</c>, and layer norm of rows.</summary>
public class NormBench : TensorBench
{
    private const int Batch = 32, Channels = 64, Height = 62, Width = 64;

    private Tensor _x = null!, _rows = null!, _weight = null!, _bias = null!, _rowWeight = null!, _rowBias = null!, _mean = null!,
        _variance = null!;

    public override string RateUnit => "GB/s";

    public override double? WorkPerCall(string method) => 4.0 * Batch * Channels * Height * Width * 8;

    [GlobalSetup]
    public void Setup()
    {
        (_x, _rows) = (Leaf(Batch, Channels, Height, Width), Leaf(Batch * Channels * Height, Width));
        (_weight, _bias, _rowWeight, _rowBias) = (Leaf(Channels), Leaf(Channels), Leaf(Width), Leaf(Width));
        (_mean, _variance) = (Tensor.Zeros(new Shape(Channels)), Tensor.Full(new Shape(Channels), 1));
    }

    [Benchmark]
    public void BatchNorm() =>
    Backward(() => Tensor.BatchNorm(_x, _weight, _bias, _mean, _variance, training: true), _x, _weight, _bias);

    [Benchmark]
    public void LayerNorm() => Backward(() => Tensor.LayerNorm(_rows, _rowWeight, _rowBias), _rows, _rowWeight, _rowBias);
}
