using Engine.Dsp.Audio;
using Engine.Tests.Support;
using static Engine.Tests.Support.AiffBytes;

namespace Engine.Tests.Dsp.Audio;

public sealed class CafReaderTests : IDisposable
{
    private const uint Integer = 0, Float = 1, LittleEndian = 2;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(8)]
    [InlineData(16)]
    [InlineData(24)]
    [InlineData(32)]
    public void Read_SignedPcm_ScalesByTheContainer(int bits)
    {
        var full = Math.Pow(2, bits - 1);
        double[] codes = [0, 1, -1, full - 1, -full, .. Enumerable.Range(0, 77).Select(i => i * full / 128)];
        float[] expected = [.. codes.Select(c => (float)(c / full))];
        Assert.Equal(expected,
            Read(Caf(Description("lpcm", Integer, bits), CafData(AudioBytes.Encode(codes, bits, bigEndian: true)))).Samples);
        Assert.Equal(expected,
            Read(Caf(Description("lpcm", LittleEndian, bits), CafData(AudioBytes.Encode(codes, bits)))).Samples);
    }

    [Theory]
    [InlineData(32, false)]
    [InlineData(32, true)]
    [InlineData(64, false)]
    [InlineData(64, true)]
    public void Read_Floats_KeepTheirBits(int bits, bool bigEndian)
    {
        double[] values = [0, 0.1f, -0.7f, 1.5f, 1e-30f];
        var data = AudioBytes.Encode(values, bits, isFloat: true, bigEndian);
        var flags = bigEndian ? Float : Float | LittleEndian;
        Assert.Equal(values.Select(v => (float)v), Read(Caf(Description("lpcm", flags, bits), CafData(data))).Samples);
    }

    [Fact]
    public void Read_MuLawAndALaw_AreExpanded()
    {
        Assert.Equal([-32124 / 32768f, 0f], Read(Caf(Description("ulaw", 0, 8), CafData([0x00, 0xFF]))).Samples);
        Assert.Equal([8 / 32768f, -32256 / 32768f], Read(Caf(Description("alaw", 0, 8), CafData([0xD5, 0x2A]))).Samples);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(-1L)]
    public void Read_OtherChunksAndOpenSize_AreRead(long? claimed)
    {
        var data = AudioBytes.Encode([100, 300, -7, 8], 16, bigEndian: true);
        var file = Caf(
            Description("lpcm", 0, 16, channels: 2, rate: 44100), CafChunk("chan", new byte[13]), CafData(data, claimed));
        float[] expected = [200 / 32768f, 0.5f / 32768f];
        var signal = Read(file);
        Assert.Equal(expected, signal.Samples);
        Assert.Equal((44100, false), (signal.SampleRate, signal.Truncated));
        Assert.Equal(expected[1..], AudioFile.Read(_folder.Write("x.caf", file), 1.0 / 44100, 1).Samples);
        using var pipe = AudioFile.StartNative(new PipeLike(file), "caff"u8, "x", 0, null, out _)!;
        Assert.Equal(expected, AudioFile.ReadAll(pipe, "x").Samples);
    }

    [Fact]
    public void Read_WhatFollowsTheData_IsNoSound()
    {
        var data = AudioBytes.Encode([1, 2, 3], 16, bigEndian: true);
        var file = Caf(Description("lpcm", 0, 16), CafData(data), CafChunk("info", new byte[50]));
        Assert.Equal(3, Read(file).Samples.Length);
    }

    [Fact]
    public void Read_CutData_IsDamage()
    {
        var whole = Caf(Description("lpcm", 0, 16), CafData(AudioBytes.Encode(Enumerable.Repeat(1000.0, 22050), 16)));
        Assert.StartsWith("0.2 s of its 1 s are missing", Read(whole[..^(2 * 4410)]).Damage);
        Assert.Contains("more than half", Error(whole[..10_000]));
    }

    [Fact]
    public void Read_BadHeaders_AreNamed()
    {
        var description = Description("lpcm", 0, 16);
        Assert.Contains("no caff header of version 1", Error([.. "caff"u8, 0, 2, 0, 0]));
        Assert.Contains("6 of its 8 bytes", Error([.. "caff"u8, 0, 1]));
        Assert.Contains("without a 'desc' chunk", Error(Caf()));
        Assert.Contains("without a 'data' chunk", Error(Caf(description)));
        Assert.Contains("no 'desc' chunk comes before", Error(Caf(CafData([1, 2]))));
        Assert.Contains("'desc' chunk has 4 bytes; it needs 32", Error(Caf(CafChunk("desc", [1, 2, 3, 4]))));
        Assert.Contains("a part 'free' of -7 bytes", Error(Caf(description, CafChunk("free", [], -7))));
        Assert.Contains("past the end", Error(Caf(description, CafChunk("free", [1], 1L << 60))));
        Assert.Contains("no samples", Error(Caf(description, CafData([]))));
        Assert.Contains("no samples", Error(Caf(description, CafChunk("data", []))));
        Assert.Contains("0 channels", Error(Caf(Description("lpcm", 0, 16, channels: 0), CafData([1, 2]))));
        Assert.Contains("-1 Hz", Error(Caf(Description("lpcm", 0, 16, rate: double.NaN), CafData([1, 2]))));
        Assert.Contains("PCM, 2 channels and 3 bytes for 1 frames, a contradiction",
            Error(Caf(Description("lpcm", 0, 16, channels: 2, packetBytes: 3), CafData([1, 2]))));
    }

    [Theory]
    [InlineData("aac ", 0, "CAF with codec 'aac ' needs ffmpeg")]
    [InlineData("ima4", 0, "CAF with codec 'ima4' needs ffmpeg")]
    [InlineData("lpcm", 20, "CAF with PCM of 20 bits needs ffmpeg")]
    public void Read_OtherCodec_IsForFfmpeg(string format, int bits, string expected) =>
        Assert.Contains(expected, Error(Caf(Description(format, 0, bits), CafData([1, 2]))));

    [FfmpegTheory]
    [InlineData("pcm_s16be")]
    [InlineData("pcm_s16le")]
    [InlineData("pcm_s24le")]
    [InlineData("pcm_s32be")]
    [InlineData("pcm_f32le")]
    [InlineData("pcm_f64be")]
    [InlineData("pcm_alaw")]
    [InlineData("pcm_mulaw")]
    public void Read_FileOfFfmpeg_HasItsSamples(string codec) =>
        Made.ByFfmpeg(_folder, "x.caf", "-ac", "2", "-ar", "37800", "-c:a", codec);

    private string Error(byte[] bytes) => Assert.Throws<AudioFormatException>(() => Read(bytes)).Message;

    private AudioSignal Read(byte[] bytes) => AudioFile.Read(_folder.Write("x.caf", bytes), 0, null, () => null);
}
