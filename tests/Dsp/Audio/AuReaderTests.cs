using Engine.Dsp.Audio;
using Engine.Tests.Support;
using static Engine.Tests.Support.AudioBytes;

namespace Engine.Tests.Dsp.Audio;

public sealed class AuReaderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(2u, 8)]
    [InlineData(3u, 16)]
    [InlineData(4u, 24)]
    [InlineData(5u, 32)]
    public void AuReader_SignedPcm_ScalesByTheContainer(uint encoding, int bits)
    {
        var full = Math.Pow(2, bits - 1);
        double[] codes = [0, 1, -1, full - 1, -full, .. Enumerable.Range(0, 77).Select(i => i * full / 128)];
        Assert.Equal(codes.Select(c => (float)(c / full)), Read(Au(Encode(codes, bits, bigEndian: true), encoding)).Samples);
    }

    [Theory]
    [InlineData(6u, 32)]
    [InlineData(7u, 64)]
    public void AuReader_Floats_KeepTheirBits(uint encoding, int bits)
    {
        double[] values = [0, 0.1f, -0.7f, 1.5f, 1e-30f];
        Assert.Equal(values.Select(v => (float)v), Read(Au(Encode(values, bits, isFloat: true, bigEndian: true), encoding))
            .Samples);
    }

    [Fact]
    public void AuReader_MuLawAndALaw_AreExpanded()
    {
        Assert.Equal([-32124 / 32768f, 0f], Read(Au([0x00, 0xFF], 1)).Samples);
        Assert.Equal([8 / 32768f, -32256 / 32768f], Read(Au([0xD5, 0x2A], 27)).Samples);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(0u)]
    [InlineData(0xFFFFFFFFu)]
    public void AuReader_OpenSizeNoteAndChannels_AreRead(uint? claimed)
    {
        var signal = Read(Au(Encode([100, 300, -7, 8], 16, bigEndian: true), 3, channels: 2, rate: 44100, claimed,
            note: "a note\0"));
        Assert.Equal([200 / 32768f, 0.5f / 32768f], signal.Samples);
        Assert.Equal(44100, signal.SampleRate);
        Assert.False(signal.Truncated);
    }

    [Fact]
    public void AuReader_DataBeyondTheEnd_IsTruncated()
    {
        var signal = Read(Au(Encode([1, 2, 3], 16, bigEndian: true), 3, claimed: 10));
        Assert.Equal(3, signal.Samples.Length);
        Assert.True(signal.Truncated);
        Assert.Contains("more than half", Error(Au(Encode([1, 2, 3], 16, bigEndian: true), 3, claimed: 1000)));
    }

    [Fact]
    public void AuReader_LittleEndian_HasTheSamplesOfTheBigEndian()
    {
        var big = Au(Encode([100, 300, -7, 8], 16, bigEndian: true), 3, channels: 2, rate: 44100, note: "a note\0\0");
        var little = big.ToArray();
        "dns."u8.CopyTo(little);
        for (var i = 4; i < 24; i += 4) little.AsSpan(i, 4).Reverse();
        Encode([100, 300, -7, 8], 16).CopyTo(little, little.Length - 8);
        Assert.Equal(Read(big).Samples, Read(little).Samples);
        Assert.Equal(44100, AudioFile.Read(_folder.Write("x.snd", little)).SampleRate);
    }

    [Fact]
    public void AuReader_BadHeaders_AreNamed()
    {
        var good = Au(Encode([1, 2, 3], 16, bigEndian: true), 3);
        Assert.Contains("17 of its 24 bytes", Error(good[..17]));
        Assert.Contains("data starts at byte 3", Error([.. good[..4], 0, 0, 0, 3, .. good[8..]]));
        Assert.Contains("past the end", Error([.. good[..4], 0, 1, 0, 0, .. good[8..]]));
        Assert.Contains("0 Hz", Error(Au([1, 2], 3, rate: 0)));
        Assert.Contains("0 channels", Error(Au([1, 2], 3, channels: 0)));
        Assert.Contains("encoding 23", Error(Au([1, 2], 23)));
        Assert.Contains("52 49 46 46", Error(Wav([1, 2])));
    }

    private string Error(byte[] bytes) => Assert.Throws<AudioFormatException>(() => Read(bytes)).Message;

    private AudioSignal Read(byte[] bytes) => AuReader.Read(_folder.Write("x.au", bytes));
}
