using BenchmarkDotNet.Attributes;
using Engine.Bench.Columns;
using Engine.Dsp;
using Engine.Dsp.Fft;

namespace Engine.Bench.Kernels;

/// <summary>Transforms of one real signal in float32. The rate counts 2.5·N·log₂N operations, whatever is really done.</summary>
[Config(typeof(KernelConfig))]
public class FftBench : IWork
{
    private RealFft<float> _plan = null!;
    private float[] _signal = [];
    private Complex<float>[] _spectrum = [];
    private Complex<float>[] _roots = [];

    [Params(256, 512, 1024, 2048, 4096, 8192, 16384, 1000, 1323, 1009)]
    public int Length { get; set; }

    public string RateUnit => "GFLOP/s";

    public double? WorkPerCall(string method) => 2.5 * Length * Math.Log2(Length);

    [GlobalSetup]
    public void Setup()
    {
        _plan = new(Length);
        _signal = new float[Length];
        _spectrum = new Complex<float>[_plan.Bins];
        var random = new Random(1);
        foreach (ref var v in _signal.AsSpan()) v = random.NextSingle() - 0.5f;
        _plan.Forward(_signal, _spectrum);
        _roots = new Complex<float>[Length];
        for (var k = 0; k < Length; k++)
        {
            var (sin, cos) = Math.SinCos(-2 * Math.PI * k / Length);
            _roots[k] = new((float)cos, (float)sin);
        }
    }

    /// <summary>The textbook's recursion over the prime factors, with a table of roots.</summary>
    [Benchmark(Baseline = true)]
    public Complex<float> Textbook()
    {
        var output = new Complex<float>[Length];
        Recurse(_signal, 0, 1, output);
        return output[^1];
    }

    [Benchmark]
    public void RealForward() => _plan.Forward(_signal, _spectrum);

    [Benchmark]
    public void RealInverse() => _plan.Inverse(_spectrum, _signal);

    private void Recurse(float[] x, int start, int stride, Span<Complex<float>> y)
    {
        var n = y.Length;
        if (n == 1)
        {
            y[0] = new(x[start], 0);
            return;
        }

        var radix = 2;
        while (n % radix != 0) radix++;
        var m = n / radix;
        var parts = new Complex<float>[n];
        for (var r = 0; r < radix; r++) Recurse(x, start + r * stride, stride * radix, parts.AsSpan(r * m, m));
        for (var k = 0; k < n; k++)
            for (var r = 0; r < radix; r++) y[k] += parts[r * m + k % m] * _roots[(int)((long)r * k % n * stride)];
    }
}
