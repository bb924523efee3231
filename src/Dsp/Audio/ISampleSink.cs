namespace Engine.Dsp.Audio;

/// <summary>Receives samples in order.</summary>
public interface ISampleSink
{
    /// <summary>Receives the next samples.</summary>
    void Add(ReadOnlySpan<float> samples);
}
