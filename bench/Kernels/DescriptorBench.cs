using BenchmarkDotNet.Attributes;
using Engine.Dsp;

namespace Engine.Bench.Kernels;

/// <summary>Descriptors of 30 s at 22,050 Hz (1,292 frames of 1,025 bins) from its spectrogram, on one core.</summary>
[MemoryDiagnoser]
public class DescriptorBench
{
    private const int Rate = 22050;

    private readonly float[] _signal = new float[30 * Rate];
    private readonly SpectralShape _shape = new(Rate, 2048);
    private readonly SpectralContrast _contrast = new(Rate, 2048);
    private readonly ChromaFilterBank _chroma = new(Rate, 2048);
    private Frames<float> _magnitude = null!;
    private Frames<float> _power = null!;
    private Frames<float> _decibels = null!;
    private float[] _onset = null!;

    [GlobalSetup]
    public void Setup()
    {
        var random = new Random(1);
        for (var i = 0; i < _signal.Length; i++) _signal[i] = random.NextSingle() - 0.5f;
        var stft = new Stft(new StftOptions());
        _magnitude = stft.Magnitude(_signal);
        _power = stft.Power(_signal);
        _decibels = new MelFilterBank(new MelOptions(), 2048).Apply(_power);
        Decibels.FromPower(_decibels.Data, _decibels.Data);
        _onset = OnsetStrength.Of(_decibels);
    }

    [Benchmark]
    public float[] Centroid() => _shape.Centroids(_magnitude);

    [Benchmark]
    public float[] CentroidAndBandwidth() => _shape.Bandwidths(_magnitude);

    [Benchmark]
    public float[] Rolloff() => _shape.Rolloffs(_magnitude);

    [Benchmark]
    public Frames<float> Contrast() => _contrast.Of(_magnitude);

    [Benchmark]
    public float[] Flatness() => SpectralFlatness.Of(_power);

    [Benchmark]
    public float[] RootMeanSquare() => Rms.Of(_signal);

    [Benchmark]
    public float[] ZeroCrossings() => ZeroCrossingRate.Of(_signal);

    [Benchmark]
    public double Tuning() => TuningEstimator.Estimate(_power, Rate);

    [Benchmark]
    public ChromaFilterBank ChromaFilters() => new(Rate, 2048, 0.1);

    [Benchmark]
    public Frames<float> ChromaProduct() => Chroma.Of(_power, _chroma);

    [Benchmark]
    public float[] Onset() => OnsetStrength.Of(_decibels);

    [Benchmark]
    public double TempoOfOnset() => Tempo.Estimate(_onset, Rate);
}
