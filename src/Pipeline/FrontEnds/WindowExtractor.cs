using Engine.Dsp.Audio;

namespace Engine.Pipeline.FrontEnds;

/// <summary>Computes the tensor of one window from its samples. Immutable and thread-safe.</summary>
internal abstract class WindowExtractor
{
    /// <summary>The sizes of the tensor that a window of so many samples gives.</summary>
    public abstract IReadOnlyList<int> Sizes(int samples);

    /// <summary>Writes the tensor of a window's samples, row-major.</summary>
    public abstract void Extract(SampleSource samples, Span<float> window);
}

/// <summary>The samples themselves.</summary>
internal sealed class WaveWindows : WindowExtractor
{
    public override IReadOnlyList<int> Sizes(int samples) => [1, samples];

    public override void Extract(SampleSource samples, Span<float> window) => samples.Read(0, window);
}
