using System.Security.Cryptography;
using Engine.Dsp.Audio;
using Engine.Tests.Support;
using static Engine.Tests.Support.AudioBytes;

namespace Engine.Tests.Dsp.Audio;

public class AudioFuzzTests
{
    private static readonly double[] s_tone = [.. Enumerable.Range(0, 600).Select(i => Math.Round(90 * Math.Sin(i * 0.1)))];

    [Fact]
    public void AudioFile_MutatedWav_ThrowsOnlyWhatItDocuments()
    {
        byte[][] samples =
        [
            Wav(Encode(s_tone, 16)),
            Wav(Encode(s_tone.Select(x => x + 128), 8), channels: 2, bits: 8),
            Wav(Encode(s_tone, 24), channels: 3, rate: 48000, bits: 24),
            Wav(Encode(s_tone.Select(x => x / 90), 32, isFloat: true), tag: 3, bits: 32, claimed: uint.MaxValue),
            Wav(Encode(s_tone.Select(x => x / 90), 64, isFloat: true), tag: 3, bits: 64),
            Riff("RIFF", Chunk("JUNK", new byte[33]), Chunk("fmt ", Format(1, 2, 44100, 32, 24)), Chunk("LIST", new byte[20]),
                Chunk("data", Encode(s_tone, 32)), Chunk("id3 ", new byte[7])),
            Riff("RF64", Chunk("ds64", [.. new byte[8], .. BitConverter.GetBytes(1200L), .. new byte[12]]),
                Chunk("fmt ", Format(1, 1, 22050, 16)), Chunk("data", Encode(s_tone, 16), uint.MaxValue)),
            Wav(Encode(s_tone, 8), tag: 7, bits: 8),
            Rifx(Encode(s_tone, 16, bigEndian: true), 1, 2, 22050, 16),
        ];
        Fuzz.Run(samples, 4000, bytes => Read(bytes, "x.wav"), e => e is AudioFormatException, seed: 11);
    }

    [Fact]
    public void AudioFile_MutatedWavOpened_ThrowsOnlyWhatItDocuments()
    {
        byte[][] samples = [Wav(Encode(s_tone, 16), channels: 2), Rifx(Encode(s_tone, 16, bigEndian: true), 1, 1, 22050, 16),
            Riff("RIFF", Chunk("JUNK", new byte[33]), Chunk("fmt ", Format(1, 2, 44100, 32, 24)),
                Chunk("data", Encode(s_tone, 32)))];
        Fuzz.Run(samples, 500, Open, e => e is AudioFormatException, allocationBase: 64 << 20, seed: 13);
    }

    [Fact]
    public void AudioFile_MutatedAu_ThrowsOnlyWhatItDocuments()
    {
        byte[][] samples =
        [
            .. ((uint[])[2, 3, 4, 5]).Select(e => Au(Encode(s_tone, 8 * ((int)e - 1), bigEndian: true), e, note: "a note\0\0")),
            Au(Encode(s_tone.Select(x => x / 90), 32, isFloat: true, bigEndian: true), 6, channels: 2, claimed: uint.MaxValue),
            Au(Encode(s_tone.Select(x => x / 90), 64, isFloat: true, bigEndian: true), 7),
            Au(Encode(s_tone, 8), 1),
            Au(Encode(s_tone, 8), 27),
        ];
        Fuzz.Run(samples, 2500, bytes => Read(bytes, "x.au"), e => e is AudioFormatException, seed: 12);
    }

    /// <summary>Whole, and in part; what is not WAV or AU any more is refused, because nothing here decodes it.</summary>
    private static void Read(byte[] bytes, string name)
    {
        using var stream = new MemoryStream(bytes);
        var whole = NativeAudio.Read(stream, name, 0, null);
        if (whole is null) return;
        foreach (var sample in whole.Samples) Assert.True(float.IsFinite(sample));
        stream.Position = 0;
        var part = NativeAudio.Read(stream, name, 0.5 * whole.Seconds, 0.25 * whole.Seconds)!;
        Assert.InRange(part.Samples.Length, 1, whole.Samples.Length);
    }

    /// <summary>Block by block, resampled on the way, partly on disk, and from a pipe.</summary>
    private static void Open(byte[] bytes)
    {
        foreach (Stream stream in (Stream[])[new MemoryStream(bytes), new PipeLike(bytes, 700)])
        {
            using var opened = AudioFile.Open(stream, "x.wav", 0, null, stream.CanSeek ? null : 11025, AudioFile.DefaultLongest,
                () => null, largestInMemory: 300);
            Assert.Equal(SHA256.HashData(bytes), opened.ContentHash.ToArray());
        }
    }
}
