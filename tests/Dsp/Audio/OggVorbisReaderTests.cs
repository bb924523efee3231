using System.Buffers.Binary;
using Engine.Tests.Support;
using static Engine.Tests.Support.Recordings;

namespace Engine.Tests.Dsp.Audio;

public sealed class OggVorbisReaderTests
{
    private const string Name = "a.ogg";

    private static readonly byte[] s_song = Bytes("song.ogg"); // 0.3 s at 44.1 kHz

    [Fact]
    public void Open_LastPage_CutsTheEnd()
    {
        var pages = OggFile.Pages(s_song);
        BinaryPrimitives.WriteInt64LittleEndian(pages[^1].AsSpan(6), 13_000);
        OggFile.Seal(pages[^1]);
        var whole = Decode(s_song, Name).Samples;
        Assert.Equal(whole.AsSpan(0, 13_000).ToArray(), Decode(Join(pages), Name).Samples);
    }

    [Fact]
    public void Damage_MissingPages_AreMeasured()
    {
        var pages = OggFile.Pages(s_song);
        Assert.True(pages.Count >= 7, "the recording has too few pages");
        var middle = pages.Count / 2;
        var lost = Join([.. pages.Where((_, i) => i != middle)]);
        Assert.Matches(@"^0\.\d+ s of its 0\.3 s are missing: it is cut short or damaged \(a page is missing\)\.$",
            DamageOf(lost, Name));

        pages[middle][60] ^= 1; // a wrong checksum is as good as no page
        Assert.Equal(DamageOf(lost, Name), DamageOf(Join(pages), Name));
        Assert.Equal(Decode(lost, Name).Samples, Decode(Join(pages), Name).Samples);
        var samples = Decode(lost, Name).Samples;
        Assert.Equal(samples.AsSpan(9000).ToArray(), Decode(lost, Name, offset: 9000 / 44100.0).Samples);
    }

    [Fact]
    public void Damage_NoEndMark_IsSaid()
    {
        var pages = OggFile.Pages(s_song);
        Assert.Equal("its last page is not marked as the end: it may be cut short.",
            DamageOf(Join(pages[..^2]), Name));
        Assert.Equal("its last page is not marked as the end: it may be cut short.", DamageOf(s_song[..^30], Name));
        Assert.Null(Decode(s_song[..^30], Name, duration: 0.1).Damage);
    }

    [Fact]
    public void Open_BytesBetweenPages_ArePassedOver()
    {
        var pages = OggFile.Pages(s_song);
        pages.Insert(4, [.. "OggS\0"u8, 0, .. new byte[900]]);
        Assert.Equal(Decode(s_song, Name).Samples, Decode(Join(pages), Name).Samples);
    }

    [Fact]
    public void Open_OneStreamAfterAnother_IsRead()
    {
        var one = Decode(s_song, Name).Samples;
        var both = Decode([.. s_song, .. s_song], Name);
        Assert.Equal([.. one, .. one], both.Samples);
        Assert.Null(both.Damage);
        Assert.Equal("a.ogg: it changes at 0.3 s to another Vorbis stream that does not continue it (8000 Hz, 1 channels). Cut "
            + "it there, or convert it to WAV.", DamageOf([.. s_song, .. Bytes("mono.ogg")], Name));
    }

    /// <summary>Skeleton's metadata, or video, beside the sound.</summary>
    [Fact]
    public void Open_OtherStreamBeside_IsPassedOver()
    {
        var other = OggFile.Page(2, "fishead\0..."u8);
        other[14] ^= 0x55; // a serial number of its own
        OggFile.Seal(other);
        Assert.Equal(Decode(s_song, Name).Samples, Decode([.. other, .. s_song], Name).Samples);
    }

    public static TheoryData<byte[], string> Codecs => new()
    {
        { [.. "OpusHead"u8, 1, 2, .. new byte[9]], "Ogg Opus" },
        { [0x7F, .. "FLAC"u8, 1, 0], "FLAC in Ogg" },
        { [.. "Speex   1.2"u8, .. new byte[60]], "Ogg Speex" },
        { [1, 2, 3], "Ogg" },
    };

    [Theory]
    [MemberData(nameof(Codecs))]
    public void Open_OtherCodec_NeedsFfmpeg(byte[] packet, string codec) => Assert.Equal(
        $"a.ogg: {codec} needs ffmpeg, which is not on the PATH. Install ffmpeg, or convert the file to WAV.",
        DamageOf([.. OggFile.Page(2, packet), .. OggFile.Page(4, [1, 2, 3])], Name));

    public static TheoryData<int, byte, string> Headers => new()
    {
        { 7, 1, "its version is 1; only 0 is known" },
        { 11, 0, "it declares 0 channels" },
        { 13, 0, "it declares 68 Hz; a sample rate must be 1000 to 1048575 Hz" },
        { 28, 0xE8, "its block sizes are 2^8 and 2^14; they must be 2^6 to 2^13" },
        { 28, 0x89, "its block sizes are 2^9 and 2^8" },
    };

    [Theory]
    [MemberData(nameof(Headers))]
    public void Open_BadHeader_NamesTheValue(int at, byte value, string finding)
    {
        var pages = OggFile.Pages(s_song);
        pages[0][28 + at] = value;
        OggFile.Seal(pages[0]);
        Assert.StartsWith($"a.ogg: its Ogg Vorbis headers cannot be read: {finding}", DamageOf(Join(pages), Name));
        Assert.StartsWith("a.ogg: its Ogg Vorbis headers cannot be read: it ends inside its headers",
            DamageOf(OggFile.Pages(s_song)[0], Name));
    }

    private static byte[] Join(IReadOnlyList<byte[]> pages) => [.. pages.SelectMany(p => p)];
}
