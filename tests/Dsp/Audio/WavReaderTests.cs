using Engine.Dsp.Audio;
using Engine.Tests.Support;
using static Engine.Tests.Support.AudioBytes;

namespace Engine.Tests.Dsp.Audio;

public sealed class WavReaderTests : IDisposable
{
    private static readonly double[] s_int16 = [0, 1, -1, 1000, -32768, 32767, 12345];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(16)]
    [InlineData(24)]
    [InlineData(32)]
    public void WavReader_SignedPcm_ScalesByTheContainer(int bits)
    {
        var full = Math.Pow(2, bits - 1);
        double[] codes = [0, 1, -1, full - 1, -full, 1 - full, Math.Floor(full / 3), .. Enumerable.Range(0, 77)
            .Select(i => i * full / 128)];
        var expected = codes.Select(c => (float)(c / full));
        Assert.Equal(expected, Read(Wav(Encode(codes, bits), bits: bits)).Samples);
        Assert.Equal(expected, Read(
            Riff("RIFF", Chunk("fmt ", Format(1, 1, 22050, bits, bits)), Chunk("data", Encode(codes, bits)))).Samples);
    }

    [Fact]
    public void WavReader_EightBits_AreUnsigned()
    {
        Assert.Equal([0f, -1f, 127 / 128f, -1 / 128f], Read(Wav([128, 0, 255, 127], bits: 8)).Samples);
    }

    [Fact]
    public void WavReader_Floats_KeepTheirBits()
    {
        double[] values = [0, 0.1f, -0.7f, 1.5f, 1e-30f];
        var expected = values.Select(v => (float)v);
        Assert.Equal(expected, Read(Wav(Encode(values, 32, isFloat: true), tag: 3, bits: 32)).Samples);
        Assert.Equal(expected, Read(Wav(Encode(values, 64, isFloat: true), tag: 3, bits: 64)).Samples);
    }

    [Fact]
    public void WavReader_MuLawAndALaw_MatchG711()
    {
        // the ends, the zeros, and one code of a middle segment, from the tables of ITU-T G.711
        byte[] muLaw = [0x00, 0x80, 0x7F, 0xFF, 0x40, 0xD0];
        Assert.Equal([-32124 / 32768f, 32124 / 32768f, 0f, 0f, -1884 / 32768f, 876 / 32768f], Read(Wav(muLaw, tag: 7, bits: 8))
            .Samples);
        byte[] aLaw = [0xD5, 0x55, 0x2A, 0xAA, 0x80];
        Assert.Equal([8 / 32768f, -8 / 32768f, -32256 / 32768f, 32256 / 32768f, 5504 / 32768f], Read(Wav(aLaw, tag: 6, bits: 8))
            .Samples);
    }

    [Fact]
    public void WavReader_TwentyBitsInTwentyFour_ScalesByTheContainer()
    {
        double[] codes = [16, -16, 0x7FFFF0, -0x800000];
        var wav = Riff("RIFF", Chunk("fmt ", Format(1, 1, 48000, 24, validBits: 20)), Chunk("data", Encode(codes, 24)));
        Assert.Equal(codes.Select(c => (float)(c / 0x800000)), Read(wav).Samples);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(6)]
    public void WavReader_Channels_AreAveraged(int channels)
    {
        double[] codes = [.. Enumerable.Range(0, 40_000 * channels).Select(i => i * 7919 % 65536 - 32768)];
        var expected = new float[40_000];
        for (var i = 0; i < expected.Length; i++)
        {
            expected[i] = codes.Skip(i * channels).Take(channels).Aggregate(0f, (sum, c) => sum + (float)(c / 32768)) / channels;
        }

        Assert.Equal(expected, Read(Wav(Encode(codes, 16), channels: channels)).Samples);
    }

    [Fact]
    public void WavReader_OtherChunks_ArePassedOver()
    {
        var data = Encode(s_int16, 16);
        var format = Chunk("fmt ", Format(1, 1, 22050, 16));
        var expected = s_int16.Select(c => (float)(c / 32768));
        byte[] odd = [1, 2, 3];
        Assert.Equal(expected, Read(
            Riff("RIFF", Chunk("JUNK", odd), format, Chunk("LIST", odd), Chunk("data", data), Chunk("id3 ", odd))).Samples);
        Assert.Equal(expected, Read(Riff("RIFF", Chunk("JUNK", odd)[..^1], format, Chunk("LIST", odd)[..^1], Chunk("data", data)))
            .Samples);
        Assert.Equal(expected, Read(
            Riff("RIFF", Chunk("fmt ", [.. Format(1, 1, 22050, 16), .. new byte[50]]), Chunk("data", data))).Samples);
    }

    [Theory]
    [InlineData("RF64")]
    [InlineData("BW64")]
    public void WavReader_SixtyFourBitSizes_ComeFromTheirChunk(string id)
    {
        byte[] sizes = [.. BitConverter.GetBytes(999L), .. BitConverter.GetBytes(14L), .. BitConverter.GetBytes(7L), .. Le(0u)];
        var wav = Riff(id, Chunk("ds64", sizes), Chunk("fmt ", Format(1, 1, 22050, 16)),
            Chunk("data", Encode(s_int16, 16), uint.MaxValue), Chunk("LIST", [1, 2]));
        var signal = Read(wav);
        Assert.Equal(s_int16.Select(c => (float)(c / 32768)), signal.Samples);
        Assert.False(signal.Truncated);
    }

    [Theory]
    [InlineData(0u)]
    [InlineData(0xFFFFFFFFu)]
    [InlineData(0x7FFFFFFFu - 36)]
    public void WavReader_OpenDataSize_ReadsToTheEnd(uint claimed)
    {
        var signal = Read(Wav(Encode(s_int16, 16), claimed: claimed));
        Assert.Equal(s_int16.Length, signal.Samples.Length);
        Assert.False(signal.Truncated);
    }

    [Fact]
    public void WavReader_EmptyDataBeforeAnotherChunk_IsEmpty()
    {
        var wav = Riff("RIFF", Chunk("fmt ", Format(1, 1, 22050, 16)), Chunk("data", []), Chunk("LIST", new byte[10]));
        Assert.Contains("no samples", Assert.Throws<AudioFormatException>(() => Read(wav)).Message);
    }

    [Fact]
    public void WavReader_DataBeyondTheEnd_IsTruncatedToWholeFrames()
    {
        var bytes = Wav(Encode([.. s_int16, 5], 16), channels: 2);
        var signal = Read(bytes[..^3]);
        Assert.True(signal.Truncated);
        Assert.Equal(3, signal.Samples.Length);
        Assert.False(WavReader.Read(_folder.Write("t.wav", bytes[..^3]), duration: 1.0 / 22050).Truncated);
        Assert.False(Read(bytes).Truncated);
    }

    /// <summary>All that the header declares is there, and its end is no whole frame: nothing is missing.</summary>
    [Fact]
    public void WavReader_PartOfAFrameAtTheEnd_IsNoDamage()
    {
        foreach (var signal in new[] { Read(Wav([.. Encode(s_int16, 16), 1])), Read(Wav(Encode(s_int16, 16), channels: 2)) })
        {
            Assert.False(signal.Truncated);
            Assert.Null(signal.Damage);
        }

        Assert.Equal(4, Read(Wav([.. Encode(s_int16, 16), .. Encode([1, 2], 16)], channels: 2)).Samples.Length);
    }

    [Fact]
    public void WavReader_CutShort_SaysTheSecondsOrIsRefused()
    {
        var bytes = Wav(Encode(new double[22050], 16));
        Assert.Equal("0.25 s of its 1 s are missing: it is cut short or damaged.", Read(bytes[..^11025]).Damage);
        Assert.True(Read(bytes[..^11025]).Truncated);
        Assert.Null(Read(bytes[..^20]).Damage);
        var error = Assert.Throws<AudioFormatException>(() => Read(bytes[..^33075])).Message;
        Assert.EndsWith("0.75 s of its 1 s are missing, more than half: it is cut short or damaged. Restore it or leave it out.",
            error);
        Assert.Contains("the 1 s that it declares are missing", Assert.Throws<AudioFormatException>(() => Read(bytes[..44]))
            .Message);
    }

    [Theory]
    [InlineData(16, false)]
    [InlineData(24, false)]
    [InlineData(32, false)]
    [InlineData(32, true)]
    [InlineData(64, true)]
    public void WavReader_BigEndian_HasTheSamplesOfTheLittleEndian(int bits, bool isFloat)
    {
        double[] values = isFloat ? [0, 0.1f, -0.7f, 1.5f] : [0, 1, -1, 1000, -32768, 32767];
        var tag = isFloat ? 3 : 1;
        var expected = Read(Wav(Encode(values, bits, isFloat), tag: tag, channels: 2, rate: 44100, bits: bits));
        var big = Read(Rifx(Encode(values, bits, isFloat, bigEndian: true), tag, 2, 44100, bits));
        Assert.Equal(expected.Samples, big.Samples);
        Assert.Equal((44100, false), (big.SampleRate, big.Truncated));
    }

    [Fact]
    public void WavReader_FloatsBelowHearing_AreZeros()
    {
        var faintest = Math.Pow(2, -100);
        double[] values = [faintest, -faintest, 0.99 * faintest, -0.99 * faintest, 1e-40, -1e-40, 1e-320, -0.0, 1,
            .. Enumerable.Repeat(1e-42, 40)];
        float[] expected = [(float)faintest, -(float)faintest, 0, 0, 0, 0, 0, 0, 1, .. new float[40]];
        foreach (var bits in (int[])[32, 64])
        {
            Assert.Equal(expected, Read(Wav(Encode(values, bits, isFloat: true), tag: 3, bits: bits)).Samples);
        }
    }

    [Fact]
    public void WavReader_OffsetAndDuration_SelectFramesWithoutReadingTheRest()
    {
        double[] codes = [.. Enumerable.Range(0, 400_000).Select(i => i % 30_000)];
        using var stream = new CountingStream(Wav(Encode(codes, 16), channels: 2, rate: 10_000));
        var signal = NativeAudio.Read(stream, "x.wav", 12.34567, 0.5)!;
        Assert.Equal(5_000, signal.Samples.Length);
        Assert.Equal((float)((2 * 123_457 % 30_000 + 0.5) / 32768), signal.Samples[0]);
        Assert.InRange(stream.BytesRead, 20_000, 20_200);
        var path = _folder.Write("long.wav", Wav(Encode(codes, 16), channels: 2, rate: 10_000));
        Assert.Equal(10, AudioFile.Read(path, offset: 19.999).Samples.Length);
        Assert.Equal(10, AudioFile.Read(path, offset: 19.999, duration: 100).Samples.Length);
        Assert.Single(AudioFile.Read(path, duration: 1e-6).Samples);
        var error = Assert.Throws<AudioFormatException>(() => AudioFile.Read(path, offset: 20));
        Assert.Equal($"{path}: the offset of 20 s is past its end at 20 s.", error.Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => AudioFile.Read(path, offset: -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => AudioFile.Read(path, offset: double.NaN));
        Assert.Throws<ArgumentOutOfRangeException>(() => AudioFile.Read(path, duration: 0));
    }

    private AudioSignal Read(byte[] bytes) => WavReader.Read(_folder.Write("x.wav", bytes));

    private sealed class CountingStream(byte[] bytes) : MemoryStream(bytes)
    {
        public long BytesRead { get; private set; }

        public override int Read(Span<byte> buffer)
        {
            var got = base.Read(buffer);
            BytesRead += got;
            return got;
        }
    }
}
