using BenchmarkDotNet.Attributes;
using Engine.Dsp;

namespace Engine.Bench.Kernels;

/// <summary>Mel spectrograms of 30 s, on one core.</summary>
public class MelBench : FrontEndBench
{
    private MelSpectrogram _mel = null!;
    private Frames<float> _power = null!;
    private Frames<float> _dense = null!;
    private Frames<float> _output = null!;
    private Frames<float> _decibels = null!;

    [GlobalSetup]
    public void Setup()
    {
        _mel = new(StftOptions, MelOptions);
        _power = _mel.Stft.Power(Signal);
        _dense = _mel.Filters.ToDense();
        _output = _mel.Compute(Signal);
        _decibels = new(_output.Count, _output.Bins);
    }

    /// <summary>The filters alone, as a product with the whole matrix.</summary>
    [Benchmark(Baseline = true)]
    public void FiltersByScalars()
    {
        for (var t = 0; t < _power.Count; t++)
        {
            for (var b = 0; b < _dense.Count; b++)
            {
                var weights = _dense[b];
                var power = _power[t];
                var sum = 0f;
                for (var k = 0; k < power.Length; k++) sum += weights[k] * power[k];
                _output[t][b] = sum;
            }
        }
    }

    [Benchmark]
    public void Filters()
    {
        for (var t = 0; t < _power.Count; t++) _mel.Filters.Apply(_power[t], _output[t]);
    }

    [Benchmark]
    public void ToDecibels() => Decibels.FromPower(_output.Data, _decibels.Data, Decibels.Peak(_output.Data));

    /// <summary>From the samples to the mel power.</summary>
    [Benchmark]
    public void Spectrogram() => _mel.Compute(Signal, _output);

    [Benchmark]
    public Frames<float> SpectrogramAllocating() => _mel.Compute(Signal);
}
