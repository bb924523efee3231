namespace Engine.Dsp.Tags;

/// <summary>The header of an MPEG audio frame. Sources: ISO/IEC 11172-3, 13818-3.</summary>
/// <param name="Version">3 for MPEG-1, 2 for MPEG-2, 0 for MPEG-2.5.</param>
/// <param name="Layer">1 to 3.</param>
/// <param name="SampleRate">Samples per second.</param>
/// <param name="Channels">1 or 2.</param>
/// <param name="Samples">Samples of a frame, for each channel.</param>
/// <param name="Bytes">Bytes of the frame, with its header.</param>
internal readonly record struct MpegHeader(int Version, int Layer, int SampleRate, int Channels, int Samples, int Bytes)
{
    /// <summary>Bytes of a header.</summary>
    public const int Size = 4;

    private static readonly int[] s_rates = [44100, 48000, 32000];

    /// <summary>Thousands of bits per second: MPEG-1 layers I, II, III; MPEG-2 layer I; MPEG-2 layers II and III.</summary>
    private static readonly int[][] s_bitrates =
    [
        [0, 32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448],
        [0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384],
        [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
        [0, 32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256],
        [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
    ];

    /// <summary>Where a Xing header starts in a frame of layer III: behind the side information.</summary>
    public int XingAt => Size + ((Version == 3, Channels) switch { (true, 1) => 17, (true, _) => 32, (_, 1) => 9, _ => 17 });

    /// <summary>Whether another frame belongs to the same stream.</summary>
    public bool IsLike(MpegHeader other) =>
        (Version, Layer, SampleRate) == (other.Version, other.Layer, other.SampleRate);

    /// <summary>The header in the first bytes; null if they are none.</summary>
    public static MpegHeader? Of(ReadOnlySpan<byte> at)
    {
        if (at.Length < Size || at[0] != 0xFF || (at[1] & 0xE0) != 0xE0) return null;
        var (version, layer) = ((at[1] >> 3) & 3, 4 - ((at[1] >> 1) & 3));
        var (bitrateIndex, rateIndex, padding) = (at[2] >> 4, (at[2] >> 2) & 3, (at[2] >> 1) & 1);
        if (version == 1 || layer == 4 || bitrateIndex is 0 or 15 || rateIndex == 3) return null;
        var rate = s_rates[rateIndex] >> (version == 3 ? 0 : version == 2 ? 1 : 2);
        var bitrate = 1000 * s_bitrates[version == 3 ? layer - 1 : layer == 1 ? 3 : 4][bitrateIndex];
        var samples = layer == 1 ? 384 : layer == 3 && version != 3 ? 576 : 1152;
        var bytes = layer == 1 ? (12 * bitrate / rate + padding) * 4 : samples / 8 * bitrate / rate + padding;
        return new(version, layer, rate, at[3] >> 6 == 3 ? 1 : 2, samples, bytes);
    }
}
