using Engine.Dsp.Audio;

namespace Engine.Pipeline.FrontEnds;

/// <summary>Samples in memory.</summary>
internal static class Samples
{
    /// <summary>All samples of a source.</summary>
    public static float[] ToArray(SampleSource source)
    {
        var samples = GC.AllocateUninitializedArray<float>(checked((int)source.Length));
        source.Read(0, samples);
        return samples;
    }
}
