using BenchmarkDotNet.Attributes;
using Engine.Dsp;

namespace Engine.Bench.Kernels;

/// <summary>All 57 features of a 30 s clip at 22,050 Hz on one core.</summary>
[MemoryDiagnoser]
public class Gtzan57Bench
{
    private readonly Gtzan57 _gtzan57 = new();
    private readonly float[] _signal = new float[30 * 22050];

    [GlobalSetup]
    public void Setup()
    {
        // Decaying chords twice a second over noise: peaks for the tuning, onsets for the tempo.
        var random = new Random(1);
        for (var i = 0; i < _signal.Length; i++)
        {
            var (beat, t) = (i / 11025, i % 11025 / 22050.0);
            var chord = Math.Sin(2 * Math.PI * 220 * (1 + beat % 4 / 4.0) * t)
                + Math.Sin(2 * Math.PI * 330 * (1 + beat % 3 / 5.0) * t);
            _signal[i] = (float)(0.3 * chord * Math.Exp(-5 * t)) + 0.02f * (random.NextSingle() - 0.5f);
        }
    }

    [Benchmark]
    public double[] Extract() => _gtzan57.Extract(_signal);
}
