using BenchmarkDotNet.Attributes;
using Engine.Dsp.Audio;

namespace Engine.Bench.Kernels;

/// <summary>A 30 s clip to another rate, on one core, the filter being designed already.</summary>
[MemoryDiagnoser]
public class ResampleBench
{
    private Resampler _resampler = null!;
    private float[] _signal = null!;

    /// <summary>From and to; the last pair has no small ratio and interpolates its taps.</summary>
    public static IEnumerable<(int From, int To)> Ratios =>
        [(44100, 22050), (48000, 22050), (22050, 16000), (11025, 22050), (44101, 22050)];

    [ParamsSource(nameof(Ratios))]
    public (int From, int To) Rates { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        var random = new Random(1);
        _signal = new float[30 * Rates.From];
        for (var i = 0; i < _signal.Length; i++) _signal[i] = random.NextSingle() - 0.5f;
        _resampler = new Resampler(Rates.From, Rates.To);
    }

    [Benchmark]
    public float[] Apply() => _resampler.Apply(_signal);

    [Benchmark]
    public Resampler Design() => new(Rates.From, Rates.To);
}
