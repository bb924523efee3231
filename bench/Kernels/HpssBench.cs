using BenchmarkDotNet.Attributes;
using Engine.Dsp;

namespace Engine.Bench.Kernels;

/// <summary>Harmonic-percussive separation of a 30 s clip at 22,050 Hz: 1,293 frames of 1,025 bins, windows of 31.</summary>
[MemoryDiagnoser]
public class HpssBench
{
    private readonly MedianFilter _filter = new(31);
    private readonly HarmonicPercussive _separation = new();
    private readonly Stft _stft = new(new StftOptions());
    private readonly float[] _signal = new float[30 * 22050];
    private Frames<Complex<float>> _spectrum = null!;
    private Frames<float> _magnitude = null!;

    [GlobalSetup]
    public void Setup()
    {
        var random = new Random(1);
        for (var i = 0; i < _signal.Length; i++) _signal[i] = random.NextSingle() - 0.5f;
        _spectrum = _stft.Forward(_signal);
        _magnitude = Spectrum.Magnitude(_spectrum);
    }

    /// <summary>The obvious way: sort each window.</summary>
    [Benchmark(Baseline = true)]
    public Frames<float> MedianAlongTimeBySorting()
    {
        var result = new Frames<float>(_magnitude.Count, _magnitude.Bins);
        var window = new float[31];
        for (var t = 0; t < result.Count; t++)
        {
            for (var k = 0; k < result.Bins; k++)
            {
                for (var i = 0; i < window.Length; i++) window[i] = _magnitude[Math.Clamp(t + i - 15, 0, result.Count - 1)][k];
                Array.Sort(window);
                result[t][k] = window[15];
            }
        }

        return result;
    }

    [Benchmark]
    public Frames<float> MedianAlongTime() => _filter.AlongTime(_magnitude);

    [Benchmark]
    public Frames<float> MedianAlongFrequency() => _filter.AlongFrequency(_magnitude);

    [Benchmark]
    public (Frames<Complex<float>>, Frames<Complex<float>>) SeparateSpectrum() => _separation.Separate(_spectrum);

    [Benchmark]
    public (float[], float[]) SeparateSignal() => _separation.Separate(_signal, _stft);
}
