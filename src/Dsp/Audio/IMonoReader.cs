namespace Engine.Dsp.Audio;

/// <summary>Decodes a recording from start to end, as the mean of its channels.</summary>
internal interface IMonoReader : IDisposable
{
    /// <summary>Samples per second.</summary>
    int SampleRate { get; }

    /// <summary>How many channels are averaged.</summary>
    int Channels { get; }

    /// <summary>The total number of samples, if known in advance.</summary>
    long? Length { get; }

    /// <summary>The number of samples that the recording declares, if any; it may hold fewer.</summary>
    long? Declared { get; }

    /// <summary>The levels of the channels read so far.</summary>
    ChannelLevels Levels { get; }

    /// <summary>Fills the span; returns fewer samples only at the end.</summary>
    /// <exception cref="AudioFormatException">A sample is not finite, or the decoder failed.</exception>
    int Read(Span<float> mono);

    /// <summary>Called at the end; returns what is missing or damaged, as a sentence, or null.</summary>
    /// <exception cref="AudioFormatException">The decoder failed, or most is missing.</exception>
    string? Finish();

    /// <summary>After <see cref="Finish"/>: whether there were fewer samples than declared, even by one.</summary>
    bool Short { get; }
}
