namespace Engine.Dsp.Audio;

/// <summary>A recording that is being decoded, from its first sample to its last, as the mean of its channels.</summary>
internal interface IMonoReader : IDisposable
{
    /// <summary>Samples per second.</summary>
    int SampleRate { get; }

    /// <summary>How many samples there will be, if known before the end.</summary>
    long? Length { get; }

    /// <summary>How many samples the recording declares, if it does; it may hold fewer.</summary>
    long? Declared { get; }

    /// <summary>The levels of the channels read so far.</summary>
    ChannelLevels Levels { get; }

    /// <summary>Fills the span; gives less than that only at the end.</summary>
    /// <exception cref="AudioFormatException">A sample is not finite, or the decoder failed.</exception>
    int Read(Span<float> mono);

    /// <summary>Called at the end: what is missing or damaged, as a sentence, or null.</summary>
    /// <exception cref="AudioFormatException">The decoder failed, or most is missing.</exception>
    string? Finish();

    /// <summary>After <see cref="Finish"/>: whether there were fewer samples than declared, even by one.</summary>
    bool Short { get; }
}
