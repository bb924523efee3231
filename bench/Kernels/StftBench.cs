using BenchmarkDotNet.Attributes;
using Engine.Dsp;
using Engine.Dsp.Fft;

namespace Engine.Bench.Kernels;

/// <summary>Spectrograms of 30 s, on one core.</summary>
public class StftBench : FrontEndBench
{
    private Stft _stft = null!;
    private Frames<Complex<float>> _spectrum = null!;
    private Frames<float> _power = null!;
    private float[] _inverse = [];

    [GlobalSetup]
    public void Setup()
    {
        _stft = new(StftOptions);
        _spectrum = _stft.Forward(Signal);
        _power = _stft.Power(Signal);
        _inverse = new float[Signal.Length];
    }

    /// <summary>The same power spectrogram, windowed and squared value by value around our FFT.</summary>
    [Benchmark(Baseline = true)]
    public void PowerByScalars()
    {
        var options = _stft.Options;
        var window = Windows.Create(options.Window, options.FftSize);
        var fft = new RealFft<float>(options.FftSize);
        var (frame, bins) = (new float[options.FftSize], new Complex<float>[fft.Bins]);
        for (var t = 0; t < _power.Count; t++)
        {
            for (var i = 0; i < frame.Length; i++)
            {
                var sample = t * options.Hop - frame.Length / 2 + i;
                frame[i] = (uint)sample < (uint)Signal.Length ? (float)window[i] * Signal[sample] : 0;
            }

            fft.Forward(frame, bins);
            for (var k = 0; k < bins.Length; k++) _power[t][k] = bins[k].Power;
        }
    }

    [Benchmark]
    public void Power() => _stft.Power(Signal, _power);

    [Benchmark]
    public void Magnitude() => _stft.Magnitude(Signal, _power);

    [Benchmark]
    public void Forward() => _stft.Forward(Signal, _spectrum);

    [Benchmark]
    public Frames<Complex<float>> ForwardAllocating() => _stft.Forward(Signal);

    [Benchmark]
    public void Inverse() => _stft.Inverse(_spectrum, _inverse);

    [Benchmark]
    public int Stream()
    {
        var stream = new StftStream(_stft.Options with { Center = false });
        var spectrum = new Complex<float>[stream.Bins];
        var frames = 0;
        for (var i = 0; i < Signal.Length; i += 1024)
        {
            stream.Push(Signal.AsSpan(i, Math.Min(1024, Signal.Length - i)));
            while (stream.TryRead(spectrum)) frames++;
        }

        return frames;
    }
}
