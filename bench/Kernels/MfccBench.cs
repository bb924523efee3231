using BenchmarkDotNet.Attributes;
using Engine.Dsp;

namespace Engine.Bench.Kernels;

/// <summary>Cepstral coefficients of 30 s, on one core.</summary>
public class MfccBench : FrontEndBench
{
    private Mfcc _mfcc = null!;
    private Frames<float> _decibels = null!;
    private Frames<float> _cepstra = null!;
    private PythonSpeechFeatures _speech = null!;

    [GlobalSetup]
    public void Setup()
    {
        _mfcc = new(new() { Stft = StftOptions, Mel = MelOptions });
        _decibels = _mfcc.MelSpectrogram.Compute(Signal);
        Decibels.FromPower(_decibels.Data, _decibels.Data);
        _cepstra = _mfcc.FromDecibels(_decibels);
        _speech = new(new() { SampleRate = 22050, FftSize = 1024 });
    }

    /// <summary>The cosine transform alone, by its sum with tabulated cosines.</summary>
    [Benchmark(Baseline = true)]
    public void TransformByScalars()
    {
        var n = _decibels.Bins;
        var cosines = new float[4 * n];
        for (var i = 0; i < cosines.Length; i++) cosines[i] = (float)Math.Cos(Math.PI * i / (2 * n));
        for (var t = 0; t < _decibels.Count; t++)
        {
            for (var k = 0; k < _cepstra.Bins; k++)
            {
                var sum = 0f;
                for (var i = 0; i < n; i++) sum += _decibels[t][i] * cosines[k * (2 * i + 1) % cosines.Length];
                _cepstra[t][k] = sum;
            }
        }
    }

    [Benchmark]
    public Frames<float> Transform() => _mfcc.FromDecibels(_decibels);

    [Benchmark]
    public Frames<float> Delta() => new Delta().Compute(_cepstra);

    [Benchmark]
    public Frames<float> SlidingNormalization() => CepstralNormalization.Speechpy(_cepstra, variance: true);

    /// <summary>From the samples to the coefficients.</summary>
    [Benchmark]
    public Frames<float> FromSignal() => _mfcc.Compute(Signal);

    /// <summary>
    /// The python_speech_features profile, 25/10 ms, 1,024 points, in double precision; the sizes do not matter to it.
    /// </summary>
    [Benchmark]
    public Frames<float> PythonSpeechFeatures() => _speech.Mfcc(Signal);
}
