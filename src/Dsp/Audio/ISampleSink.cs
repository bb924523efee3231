namespace Engine.Dsp.Audio;

/// <summary>Takes samples in order.</summary>
internal interface ISampleSink
{
    /// <summary>Takes the next samples.</summary>
    void Add(ReadOnlySpan<float> samples);
}
