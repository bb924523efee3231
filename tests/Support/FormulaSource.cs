using Engine.Dsp.Audio;

namespace Engine.Tests.Support;

/// <summary>
/// A recording of any length that takes no memory: decaying chords twice a second over noise, computed where they are read. The
/// value of a sample does not depend on what is read with it.
/// </summary>
internal sealed class FormulaSource(long length, int sampleRate = 22050) : SampleSource(sampleRate, length)
{
    /// <summary>The most samples that were asked for at once.</summary>
    public int LargestRead { get; private set; }

    /// <summary>The same samples in memory.</summary>
    public float[] ToArray()
    {
        var samples = new float[Length];
        ReadCore(0, samples);
        return samples;
    }

    protected override void ReadCore(long start, Span<float> destination)
    {
        LargestRead = Math.Max(LargestRead, destination.Length);
        for (var i = 0; i < destination.Length; i++) destination[i] = At(start + i);
    }

    private float At(long i)
    {
        var (beat, t) = (i / (SampleRate / 2), (float)(i % (SampleRate / 2)) / SampleRate);
        var chord = MathF.Sin(1382.3f * (1 + beat % 4 / 4f) * t) + MathF.Sin(2073.5f * (1 + beat % 3 / 5f) * t);
        var hash = ((ulong)i + 1) * 0x9E3779B97F4A7C15;
        hash = (hash ^ (hash >> 32)) * 0xD6E8FEB86659FD93;
        return 0.3f * chord * (1 - 2 * t) + 0.02f * ((hash >> 40) / (float)(1 << 24) - 0.5f);
    }
}
