using Engine.Dsp.Audio;

namespace Engine.Pipeline.FrontEnds;

/// <summary>Samples whose reading ends in an <see cref="OperationCanceledException"/> once it is cancelled.</summary>
internal sealed class CancellableSource(SampleSource inner, CancellationToken cancellation)
    : SampleSource(inner.SampleRate, inner.Length)
{
    protected override void ReadCore(long start, Span<float> destination)
    {
        cancellation.ThrowIfCancellationRequested();
        inner.Read(start, destination);
    }
}
