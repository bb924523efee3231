namespace Engine.Dsp.Audio;

/// <summary>How one sample is stored.</summary>
internal enum SampleFormat
{
    /// <summary>A codec that is not read natively; <see cref="AudioHeader.Codec"/> names it.</summary>
    Other,
    UInt8,
    Int8,
    Int16,
    Int24,
    Int32,
    Float32,
    Float64,
    MuLaw,
    ALaw,
}

/// <summary>The header of a WAV, AU, AIFF or CAF file; reading it leaves the stream at the first frame.</summary>
/// <param name="Format">How one sample is stored.</param>
/// <param name="Codec">The format's name, for messages.</param>
/// <param name="BigEndian">Whether the most significant byte comes first.</param>
/// <param name="Channels">Samples per frame.</param>
/// <param name="SampleRate">Frames per second.</param>
/// <param name="Frames">Whole frames that can be read; null if only the end of the stream tells.</param>
/// <param name="Missing">Whole frames that the header claims but the stream lacks.</param>
internal readonly record struct AudioHeader(
    SampleFormat Format, string Codec, bool BigEndian, int Channels, int SampleRate, long? Frames = null, long Missing = 0)
{
    /// <summary>The accepted sample rates, up to what FLAC can express; any other means a damaged header.</summary>
    public const int LowestRate = 1_000, HighestRate = 1_048_575;

    /// <summary>The accepted channel counts.</summary>
    public const int MostChannels = 1024;

    /// <summary>Bytes of one sample of one channel.</summary>
    public int SampleBytes => Format switch
    {
        SampleFormat.Int16 => 2,
        SampleFormat.Int24 => 3,
        SampleFormat.Int32 or SampleFormat.Float32 => 4,
        SampleFormat.Float64 => 8,
        _ => 1,
    };

    /// <summary>Bytes of one sample of every channel.</summary>
    public int FrameBytes => SampleBytes * Channels;

    /// <summary>Rejects rates and channel counts that no recording has.</summary>
    /// <exception cref="AudioFormatException">The sample rate or the number of channels is implausible.</exception>
    public static void Check(string name, long sampleRate, long channels)
    {
        if (sampleRate is < LowestRate or > HighestRate)
        {
            throw new AudioFormatException(name,
                $"the header says {sampleRate} Hz; a sample rate must be {LowestRate} to {HighestRate} Hz. The header is "
                    + "damaged.");
        }

        if (channels is < 1 or > MostChannels)
        {
            throw new AudioFormatException(name,
                $"the header says {channels} channels; there must be 1 to {MostChannels}. The header is damaged.");
        }
    }

    /// <summary>This header for audio that starts at the stream's position and has <paramref name="claimed"/>
    /// bytes.</summary>
    /// <param name="stream">Positioned at the first frame.</param>
    /// <param name="claimed">The size in the header, or null if it leaves the size open.</param>
    /// <remarks>A partial frame at the end is ignored: no audio is missing.</remarks>
    public AudioHeader WithData(Stream stream, long? claimed)
    {
        long? available = stream.CanSeek ? Math.Max(0, stream.Length - stream.Position) : null;
        var bytes = available is null || claimed < available ? claimed : available;
        return this with
        {
            Frames = bytes / FrameBytes,
            Missing = claimed > available ? claimed.Value / FrameBytes - available.Value / FrameBytes : 0,
        };
    }
}
