using BenchmarkDotNet.Attributes;
using Engine.Tensors;

namespace Engine.Bench.Kernels;

/// <summary>Maps and reductions, in the cache and far beyond it.</summary>
public class ElementwiseBench : TensorBench
{
    private Tensor _a = null!, _b = null!;
    private float[] _values = [];

    [Params(64 * 1024, 16 * 1024 * 1024)]
    public int Count { get; set; }

    public override string RateUnit => "GB/s";

    public override double? WorkPerCall(string method) => 4.0 * Count * method switch
    {
        nameof(Add) => 3,
        nameof(Sum) or nameof(Max) => 1,
        _ => 2,
    };

    [GlobalSetup]
    public void Setup()
    {
        (_a, _b) = (Noise(Count), Noise(Count));
        _values = _a.ToArray();
    }

    /// <summary>tanh by the base library, one element after the other.</summary>
    [Benchmark(Baseline = true)]
    public void TanhByScalars()
    {
        for (var i = 0; i < _values.Length; i++) _values[i] = MathF.Tanh(_values[i]);
    }

    [Benchmark]
    public void Add() => (_a + _b).Dispose();

    [Benchmark]
    public void Relu() => _a.Relu().Dispose();

    [Benchmark]
    public void Tanh() => _a.Tanh().Dispose();

    [Benchmark]
    public void Gelu() => _a.Gelu().Dispose();

    [Benchmark]
    public void Sum() => _a.Sum().Dispose();

    [Benchmark]
    public void Max() => _a.Max([0]).Dispose();
}
