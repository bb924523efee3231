using System.Buffers.Binary;
using System.Text;
using Engine.Dsp.Audio;
using Engine.Tests.Support;
using static Engine.Tests.Support.Recordings;

namespace Engine.Tests.Dsp.Audio;

public sealed class MpegReaderTests
{
    private static readonly byte[] s_joint = Bytes("joint.mp3"), s_dual = Bytes("dual.mp3"); // with and without a LAME tag

    private static readonly byte[] s_ape =
        [.. "APETAGEX"u8, 0xD0, 7, 0, 0, 96, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0xA0, .. new byte[8]];

    private static readonly byte[] s_apeEnd = [.. s_ape[..20], 0, 0, 0, 0x80, .. new byte[8]];

    public static TheoryData<string, byte[], byte[]> Tags => new()
    {
        { "ID3v2 with a frame inside", [.. "ID3"u8, 4, 0, 0, 0, 0, 2, 44, .. Repeat([0xFF, 0xFB, 0x90, 0x64], 75)], [] },
        { "a picture larger than a buffer", [.. "ID3"u8, 3, 0, 0, 0, 8, 0, 0, .. Noise(8 << 14)], [] },
        { "two ID3v2 tags", [.. "ID3"u8, 3, 0, 0, 0, 0, 0, 0, .. "ID3"u8, 4, 0, 0, 0, 0, 0, 9, .. new byte[9]], [] },
        { "ID3v1", [], [.. "TAG"u8, .. Repeat([(byte)'x'], 125)] },
        { "APE at the end", [], [.. s_ape, .. new byte[64], .. s_apeEnd, .. "TAG"u8, .. new byte[125]] },
        { "APE at the start", [.. s_ape, .. new byte[64], .. s_apeEnd], [] },
        { "Lyrics3", [], Encoding.ASCII.GetBytes("LYRICSBEGININD0000200words 000025LYRICS200TAG" + new string('x', 125)) },
        { "zeros before", new byte[700], [] },
        { "the rest of a frame before", s_dual[100..432], [] },
    };

    [Theory]
    [MemberData(nameof(Tags))]
    public void Open_WhatIsNoSound_ChangesNothing(string name, byte[] before, byte[] after)
    {
        Assert.NotNull(name);
        foreach (var pipe in (bool[])[false, true])
        {
            foreach (var bytes in (byte[][])[s_joint, s_dual])
            {
                var tagged = Decode([.. before, .. bytes, .. after], pipe: pipe);
                Assert.Null(tagged.Damage);
                Assert.Equal(Decode(bytes).Samples, tagged.Samples);
            }
        }
    }

    [Fact]
    public void Open_LameTag_SaysWhereSoundBeginsAndEnds()
    {
        // 0.3 s are 13,230 samples; without the delays there are whole frames, and the tag itself is none.
        Assert.Equal(13_230, Decode(s_joint).Samples.Length);
        var frames = Mp3Frames.Starts(s_joint).Count - 1;
        var without = (byte[])s_joint.Clone();
        "GOGO"u8.CopyTo(without.AsSpan(without.AsSpan().IndexOf("LAME"u8)));
        var all = Decode(without).Samples;
        Assert.Equal(1152 * frames, all.Length);
        Assert.Equal(all.AsSpan(576 + 529, 13_230).ToArray(), Decode(s_joint).Samples);
    }

    [Fact]
    public void Open_FreeFormat_IsDecodedLikeItsBitrate()
    {
        var free = (byte[])s_dual.Clone();
        foreach (var at in Mp3Frames.Starts(free)) free[at + 2] &= 0x0F;
        Assert.Equal(Decode(s_dual).Samples, Decode(free).Samples);
        Assert.Null(Decode(free).Damage); // the checksums, which cover the bitrate, are all wrong: it is how they were made
    }

    [Fact]
    public void Open_MonoAfterStereo_GoesOn()
    {
        var mono = (byte[])s_dual.Clone();
        foreach (var at in Mp3Frames.Starts(mono)) mono[at + 3] |= 0xC0;
        byte[] both = [.. s_dual, .. mono, .. s_dual];
        var whole = Decode(both).Samples;
        Assert.Equal(3 * Decode(s_dual).Samples.Length, whole.Length);
        Assert.Equal(whole.AsSpan(30_000).ToArray(), Decode(both, offset: 30_000 / 32_000.0).Samples);
    }

    [Fact]
    public void Measure_MonoAfterStereo_CountsForBothChannels()
    {
        var mono = (byte[])s_dual.Clone();
        foreach (var at in Mp3Frames.Starts(mono).Skip(1)) mono[at + 3] |= 0xC0;
        using var folder = new TemporaryFolder();
        var measures = AudioFile.Measure(folder.Write("a.mp3", mono));
        Assert.Equal(2, measures.Channels);
        Assert.Equal(1, measures.MeanShare!.Value, 3); // but for the first frame, which is almost silent
    }

    [Fact]
    public void Open_OtherRateInTheMiddle_IsRefused() =>
        Assert.Equal("a.mp3: it changes at 0.36 s from MPEG-1 layer III at 32000 Hz to MPEG-2 layer III at 22050 Hz. Cut it "
            + "there, or convert it to WAV.", DamageOf([.. s_dual, .. Bytes("low.mp3")]));

    [Fact]
    public void Damage_LostBytes_AreMeasured()
    {
        byte[] song = [.. Enumerable.Repeat(s_dual, 4).SelectMany(b => b)];
        var half = song.Length / 2; // between frames: all have 432 bytes
        Assert.Null(DamageOf([.. song[..half], .. song[(half + 432 * 5)..]]));
        foreach (var hole in (byte[][])[new byte[4320], Noise(4320)])
        {
            Assert.Equal("0.36 s of its 1.8 s are missing: it is cut short or damaged (4320 bytes between its frames are not "
                + "audio).", DamageOf([.. song[..half], .. hole, .. song[half..]]));
        }

        Assert.Contains("more than half", DamageOf([.. s_dual, .. new byte[9000], .. s_dual]));
        Assert.Null(DamageOf([.. song[..half], .. song[(half + 100)..]])); // the rest of a frame at a splice
    }

    [Fact]
    public void Damage_FewerFramesThanTheTagSays_AreMeasured()
    {
        var starts = Mp3Frames.Starts(s_joint);
        Assert.Equal("0.14 s of its 0.3 s are missing: it is cut short or damaged.", DamageOf(s_joint[..(starts[^6] + 90)]));
        Assert.Contains("more than half", DamageOf(s_joint[..starts[4]]));
        Assert.Null(Decode(s_joint[..starts[^4]], duration: 0.1).Damage);

        // A count that the file is too small for is not believed.
        var absurd = (byte[])s_joint.Clone();
        var tag = absurd.AsSpan().IndexOf("Info"u8);
        BinaryPrimitives.WriteInt32BigEndian(absurd.AsSpan(tag + 8), 50_000_000);
        Assert.Null(DamageOf(absurd));
    }

    [Fact]
    public void Damage_WrongChecksum_IsSaid()
    {
        var bytes = (byte[])s_dual.Clone();
        bytes[Mp3Frames.Starts(bytes)[3] + 9] ^= 4;
        Assert.Equal("parts of it are damaged: 1 of its 10 frames have a wrong checksum.", DamageOf(bytes));
        var layer2 = Bytes("layer2.mp2");
        Assert.Null(DamageOf(layer2));
    }

    [Fact]
    public void Open_NoFrame_IsAnError()
    {
        foreach (byte[] bytes in (byte[][])[[.. "ID3"u8, 4, 0, 0, 0, 0, 0, 0], [.. "ID3"u8, 4, 0, 0, 0, 0, 0, 0, .. Noise(9000)],
            [0xFF, 0xFB, 0x90, 0x64, .. new byte[100]]])
        {
            Assert.Equal("a.mp3: no frame of MPEG audio was found. The file is damaged or not audio.", DamageOf(bytes));
        }

        Assert.Equal("a.mp3: it has frames, but no samples. Leave it out.", DamageOf(s_joint[..Mp3Frames.Starts(s_joint)[1]]));
    }

    [Fact]
    public void Read_FreeFormatFramesShorterThanTheirSideInformation_AreSilent()
    {
        // Stereo of layer III, 24 bytes a frame, of which the side information alone needs 32.
        byte[] frame = [0xFF, 0xFB, 0x00, 0x00, .. Enumerable.Repeat((byte)0x55, 20)];
        using var folder = new TemporaryFolder();
        var signal = AudioFile.Read(folder.Write("a.mp3", Repeat(frame, 6)));
        Assert.NotEmpty(signal.Samples);
        Assert.All(signal.Samples, sample => Assert.Equal(0, sample));
    }

    /// <summary>Zip archives of recordings hold frames, too.</summary>
    [Fact]
    public void Open_FramesInAnArchive_AreNotTaken() =>
        Assert.Contains("a ZIP archive", DamageOf([.. "PK\x03\x04"u8, .. new byte[26], .. s_dual]));

    private static byte[] Repeat(byte[] bytes, int count) => [.. Enumerable.Repeat(bytes, count).SelectMany(b => b)];

    private static byte[] Noise(int count)
    {
        var bytes = new byte[count];
        new Random(count).NextBytes(bytes);
        return bytes;
    }
}
