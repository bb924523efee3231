using System.Diagnostics;
using Engine.Dsp.Audio;
using Engine.Dsp.Files;
using Engine.Tests.Support;
using static Engine.Tests.Support.AudioBytes;

namespace Engine.Tests.Dsp.Audio.Flac;

/// <summary>A test that needs the program <c>flac</c>; skipped, visibly, where none is on the PATH.</summary>
public sealed class FlacProgramTheoryAttribute : TheoryAttribute
{
    public FlacProgramTheoryAttribute()
    {
        if (FlacProgramTests.Program is null) Skip = "flac is not on the PATH.";
    }
}

/// <summary>Files that <c>flac</c> made have the samples of the WAV they were made of, also by <c>ffmpeg</c>.</summary>
public sealed class FlacProgramTests : IDisposable
{
    internal static readonly string? Program = Programs.Find("flac", Environment.GetEnvironmentVariable("PATH"));

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [FlacProgramTheory]
    [InlineData("-0")]
    [InlineData("-3")]
    [InlineData("-5", 24, 2, 96000)]
    [InlineData("-8", 16, 6, 48000)]
    [InlineData("-8 -e -p", 8, 1, 8000)]
    [InlineData("-8", 24, 8, 192000)]
    [InlineData("-5 -b 16")]
    [InlineData("-5 -b 65535")]
    [InlineData("-5 -b 33 -l 32")]
    [InlineData("-5 -b 192 -r 8")]
    [InlineData("-8 -l 32 -b 4608 -q 15", 16, 2, 37800)]
    [InlineData("-2 --no-md5-sum -P 9000", 24, 1, 22050)]
    public void Read_FileOfFlac_HasTheSamplesOfTheWav(string options, int bits = 16, int channels = 2, int rate = 44100)
    {
        var full = Math.Pow(2, bits - 1);
        var random = new Random(1);
        var samples = Enumerable.Range(0, 9000 * channels).Select(i => i / channels is var t && t < 500 ? 0
            : t < 2000 ? random.Next((int)-full, (int)full)
            : Math.Round(0.6 * full * Math.Sin(0.02 * t * (1 + i % channels))) + random.Next(-3, 4));
        if (bits == 8) samples = samples.Select(s => s + 128);
        int[] masks = [0, 4, 3, 7, 0x33, 0x37, 0x3F, 0x70F, 0x63F];
        var format = Format(1, channels, (uint)rate, bits, validBits: channels > 2 ? bits : null);
        if (channels > 2) Le((uint)masks[channels]).CopyTo(format, 20);
        var wav = _folder.Write("a.wav", Riff("RIFF", Chunk("fmt ", format), Chunk("data", Encode(samples, bits))));
        using var encoder = Child.Start(
            new ProcessStartInfo(Program!, ["-s", "--lax", .. options.Split(' '), "-o", _folder["a.flac"], wav]));
        encoder.End();
        var read = AudioFile.Read(_folder["a.flac"], 0, null, () => null);
        Assert.Equal(AudioFile.Read(wav).Samples, read.Samples);
        Assert.Null(read.Damage);
        var (offset, duration) = (4000.0 / rate, 3000.0 / rate);
        Assert.Equal(read.Samples[4000..7000], AudioFile.Read(_folder["a.flac"], offset, duration).Samples);
        if (FfmpegDecoder.FindOnPath() is { } ffmpeg) Assert.Equal(read.Samples, ffmpeg.Read(_folder["a.flac"]).Samples);
    }
}
