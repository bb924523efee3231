using BenchmarkDotNet.Attributes;
using Engine.Dsp;

namespace Engine.Bench.Kernels;

/// <summary>What the benches of front ends share: their sizes, and 30 s of noise at 22,050 Hz.</summary>
[MemoryDiagnoser]
public abstract class FrontEndBench
{
    protected FrontEndBench()
    {
        var random = new Random(1);
        for (var i = 0; i < Signal.Length; i++) Signal[i] = random.NextSingle() - 0.5f;
    }

    /// <summary>
    /// <c>n_fft/hop/mels</c>: librosa's defaults, the 64-band front end, and 25 ms frames each 10 ms at 16 kHz.
    /// </summary>
    [Params("2048/512/128", "512/256/64", "400/160/40")]
    public string Sizes { get; set; } = "";

    protected float[] Signal { get; } = new float[30 * 22050];

    protected StftOptions StftOptions => new() { FftSize = Size(0), HopLength = Size(1) };

    protected MelOptions MelOptions => new() { Bands = Size(2) };

    private int Size(int place) => int.Parse(Sizes.Split('/')[place]);
}
