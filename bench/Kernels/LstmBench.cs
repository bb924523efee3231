using BenchmarkDotNet.Attributes;
using Engine.Tensors;

namespace Engine.Bench.Kernels;

/// <summary>The first layer of <c>cs464-lstm</c>, 1,200 features to 400 units, over 50 of its 400 steps.</summary>
public class LstmBench : TensorBench
{
    private const int Batch = 64, Steps = 50, Features = 1200, Units = 400;

    private Tensor _x = null!;
    private RecurrentWeights _weights;

    public override string RateUnit => "GFLOP/s";

    public override double? WorkPerCall(string method) =>
        2.0 * Batch * Steps * 4 * Units * (method == nameof(Forward) ? Features + Units : 2 * Features + 3 * Units);

    [GlobalSetup]
    public void Setup()
    {
        _x = Noise(Batch, Steps, Features);
        _weights = new(Leaf(4 * Units, Features), Leaf(4 * Units, Units), Leaf(4 * Units), Leaf(4 * Units));
    }

    [Benchmark]
    public void Forward()
    {
        using var scope = new TensorScope();
        Tensor.Lstm(_x, [_weights]);
    }

    [Benchmark]
    public void ForwardAndBackward() => Backward(
        () => Tensor.Lstm(_x, [_weights]).Output, _weights.WeightInput, _weights.WeightHidden, _weights.BiasInput,
        _weights.BiasHidden);
}
