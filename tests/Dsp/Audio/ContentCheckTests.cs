using System.Text;
using Engine.Dsp.Audio;

namespace Engine.Tests.Dsp.Audio;

/// <summary>Damage that decoders say nothing of, found in the bytes; each time in blocks of several sizes.</summary>
public class ContentCheckTests
{
    private static readonly byte[] s_frame = [0xFF, 0xF1, 0x50, 0x80, 0x19, 0x1F, 0xFC, .. new byte[193]]; // 44.1 kHz, 200 bytes
    private static readonly byte[] s_id3 = [.. "ID3"u8, 4, 0, 0, 0, 0, 2, 44, .. Enumerable.Repeat((byte)0xFF, 300)];
    private static readonly byte[] s_ape = [.. "APETAGEX"u8, 0xD0, 7, 0, 0, 64, .. new byte[19], .. new byte[64]];

    public static TheoryData<string, byte[]> Whole => new()
    {
        { "frames alone", Frames(40) },
        { "tags before, between and after",
            [.. s_id3, .. Frames(20), .. s_id3, .. Frames(20), .. s_ape, .. "TAG"u8, .. new byte[125]] },
        { "garbage before and after", [.. Noise(700), .. Frames(40), .. Noise(5000)] },
        { "zeros after", [.. Frames(40), .. new byte[9000]] },
        { "cut inside a frame", Frames(40)[..^150] },
        { "the rest of a frame at a splice", [.. Frames(20), .. s_frame.AsSpan(100), .. Frames(20)] },
        { "no frames at all", Noise(5000) },
        { "nothing", [] },
    };

    [Theory]
    [MemberData(nameof(Whole))]
    public void Adts_NothingMissingInside_IsSilent(string name, byte[] bytes)
    {
        Assert.NotNull(name);
        foreach (var block in (int[])[1, 7, 1000, int.MaxValue]) Assert.Null(Check(new AdtsCheck(), bytes, block));
    }

    [Fact]
    public void Adts_HoleBetweenFrames_IsMeasured()
    {
        foreach (var hole in new[] { new byte[2000], Noise(2000) })
        {
            foreach (var block in (int[])[1, 7, 1000, int.MaxValue])
            {
                // Ten frames of 1024 samples are 0.23 s.
                Assert.StartsWith("0.23 s of its 1.16 s are missing",
                    Check(new AdtsCheck(), [.. Frames(20), .. hole, .. Frames(20)], block));
            }
        }

        Assert.Contains("more than half",
            Assert.Throws<AudioFormatException>(
                () => Check(new AdtsCheck(), [.. Frames(20), .. new byte[20_000], .. Frames(20)], 333)).Message);
    }

    [Fact]
    public void Ogg_LastPage_MustBeMarked()
    {
        byte[] Page(byte type) => [.. "OggS\0"u8, type, .. new byte[90]];
        foreach (var block in (int[])[1, 3, 5, 8, int.MaxValue])
        {
            Assert.Null(Check(new OggCheck(), [.. Page(2), .. Page(0), .. Page(4)], block));
            Assert.Null(Check(new OggCheck(), [.. Page(2), .. Page(4), .. Noise(3000)], block));
            Assert.NotNull(Check(new OggCheck(), [.. Page(2), .. Page(0), .. Page(0)], block));
            // a second song in the same file
            Assert.NotNull(Check(new OggCheck(), [.. Page(2), .. Page(4), .. Page(2), .. Page(0)], block));
        }
    }

    [Theory]
    [InlineData("mp4a", false)]
    [InlineData("enca", true)]
    [InlineData("drms", true)]
    public void Mp4_EncryptedSound_IsNamed(string entry, bool isProtected)
    {
        byte[] bytes = [.. new byte[500], .. "stsd"u8, .. new byte[12], .. Encoding.ASCII.GetBytes(entry), .. new byte[500]];
        foreach (var block in (int[])[1, 16, 19, 20, 21, int.MaxValue])
        {
            if (isProtected)
                Assert.Contains("encrypted (DRM)", Assert.Throws<AudioFormatException>(() => Check(new Mp4Check(), bytes, block))
                    .Message);
            else Assert.Null(Check(new Mp4Check(), bytes, block));
        }
    }

    private static byte[] Frames(int count) => [.. Enumerable.Repeat(s_frame, count).SelectMany(f => f)];

    private static byte[] Noise(int count)
    {
        var bytes = new byte[count];
        new Random(count).NextBytes(bytes);
        return bytes;
    }

    private static string? Check(IContentCheck check, byte[] bytes, int block)
    {
        foreach (var part in bytes.Chunk(Math.Min(block, Math.Max(1, bytes.Length)))) check.See(part);
        return check.Finish("a", 1);
    }
}
