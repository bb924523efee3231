using System.Buffers.Binary;

namespace Engine.Dsp.Audio.Mpeg;

/// <summary>The header of an MPEG audio frame. Sources: ISO/IEC 11172-3, 2.4.2.3; 13818-3, 2.4.2.3; MPEG-2.5 is an extension to
/// half of MPEG-2's rates.</summary>
/// <param name="Version">1, 2, or 3 for MPEG-2.5.</param>
/// <param name="Layer">1 to 3.</param>
/// <param name="SampleRate">Samples per second.</param>
/// <param name="Bitrate">Bits per second; 0 for free format, whose frames all have the same unstated length.</param>
/// <param name="Padding">Whether the frame has one slot more.</param>
/// <param name="Mode">0: stereo, 1: joint stereo, 2: dual channel, 3: mono.</param>
/// <param name="ModeExtension">How channels are joined.</param>
/// <param name="HasCrc">Whether a checksum follows.</param>
internal readonly record struct MpegHeader(
    int Version, int Layer, int SampleRate, int Bitrate, bool Padding, int Mode, int ModeExtension, bool HasCrc)
{
    /// <summary>Its size.</summary>
    public const int Size = 4;

    /// <summary>Fewer bytes than any frame has.</summary>
    public const int LeastFrame = 20;

    private const int JointStereo = 1, Mono = 3;

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

    /// <summary>Whether rates are those of MPEG-2 and 2.5 ("low sampling frequencies").</summary>
    public bool IsLow => Version > 1;

    /// <summary>Channels stored.</summary>
    public int Channels => Mode == Mono ? 1 : 2;

    /// <summary>Whether the channels may be coded as sum and difference or by intensity.</summary>
    public bool IsJoint => Mode == JointStereo;

    /// <summary>Layer III: whether the left and right channels are coded as their sum and difference.</summary>
    public bool HasMidSide => IsJoint && (ModeExtension & 2) != 0;

    /// <summary>Layer III: whether upper bands have one spectrum for both channels, and a direction.</summary>
    public bool HasIntensity => IsJoint && (ModeExtension & 1) != 0;

    /// <summary>Samples of a channel in a frame.</summary>
    public int Samples => Layer == 1 ? 384 : Layer == 3 && IsLow ? 576 : 1152;

    /// <summary>The frame's duration in seconds.</summary>
    public double Seconds => (double)Samples / SampleRate;

    /// <summary>The row of tables that depend on the sample rate: MPEG-1, 2, 2.5, each at 44.1, 48 and 32 kHz or their
    /// part.</summary>
    public int RateIndex => 3 * (Version - 1) + Array.IndexOf(s_rates, SampleRate << (Version - 1));

    /// <summary>Bytes of a slot of padding.</summary>
    public int PaddingBytes => !Padding ? 0 : Layer == 1 ? 4 : 1;

    /// <summary>The frame's length; 0 for free format.</summary>
    public int Bytes => Bitrate == 0 ? 0
        : PaddingBytes + (Layer == 1 ? 12 * Bitrate / SampleRate * 4 : Samples / 8 * Bitrate / SampleRate);

    /// <summary>Layer III: the length of the side information.</summary>
    public int SideBytes => IsLow ? (Channels == 1 ? 9 : 17) : Channels == 1 ? 17 : 32;

    /// <summary>Where the header and its checksum end.</summary>
    public int ContentAt => HasCrc ? Size + 2 : Size;

    /// <summary>The format in words.</summary>
    public string Kind =>
        $"MPEG-{(Version == 3 ? "2.5" : Version == 2 ? "2" : "1")} layer {(Layer == 3 ? "III" : Layer == 2 ? "II" : "I")} "
        + $"at {SampleRate} Hz";

    /// <summary>Whether both may be frames of one recording.</summary>
    public bool Continues(in MpegHeader other) => Version == other.Version && Layer == other.Layer
        && SampleRate == other.SampleRate && Bitrate == 0 == (other.Bitrate == 0);

    /// <summary>Reads a header; null if it has a reserved value.</summary>
    public static MpegHeader? Parse(ReadOnlySpan<byte> at)
    {
        if (at.Length < Size) return null;
        var bits = BinaryPrimitives.ReadUInt32BigEndian(at);
        int Field(int shift, int width) => (int)(bits >> shift) & ((1 << width) - 1);
        var (version, layer, bitrate, rate) = (Field(19, 2), 4 - Field(17, 2), Field(12, 4), Field(10, 2));
        if (Field(21, 11) != 0x7FF || version == 1 || layer == 4 || bitrate == 15 || rate == 3) return null;
        version = version == 3 ? 1 : version == 2 ? 2 : 3;
        var kilobits = s_bitrates[version == 1 ? layer - 1 : layer == 1 ? 3 : 4][bitrate];
        return new(version, layer, s_rates[rate] >> (version - 1), 1000 * kilobits, Field(9, 1) != 0, Field(6, 2), Field(4, 2),
            Field(16, 1) == 0);
    }
}
