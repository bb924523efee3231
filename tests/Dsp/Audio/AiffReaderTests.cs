using System.Diagnostics;
using Engine.Dsp.Audio;
using Engine.Dsp.Files;
using Engine.Tests.Support;
using static Engine.Tests.Support.AiffBytes;

namespace Engine.Tests.Dsp.Audio;

public sealed class AiffReaderTests : IDisposable
{
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
        double[] codes = [0, 1, -1, full - 1, -full, .. Enumerable.Range(0, 78).Select(i => i * full / 128)];
        float[] expected = [.. codes.Select(c => (float)(c / full))];
        var big = AudioBytes.Encode(codes, bits, bigEndian: true);
        Assert.Equal(expected, Read(Aiff(big, bits: bits)).Samples);
        Assert.Equal(expected, Read(Aifc(big, "NONE", bits, bits / 8)).Samples);
        Assert.Equal(expected, Read(Aifc(big, "twos", bits, bits / 8)).Samples);
        Assert.Equal(expected, Read(Aifc(AudioBytes.Encode(codes, bits), "sowt", bits, bits / 8)).Samples);
        Assert.Equal(expected, Read(Aiff(big, bits: bits - 3)).Samples); // left-justified, the low bits are the encoder's
        if (bits is 24 or 32) Assert.Equal(expected, Read(Aifc(big, $"in{bits}", bits, bits / 8)).Samples);
        var little = AudioBytes.Encode(codes, bits);
        if (bits == 24) Assert.Equal(expected, Read(Aifc(little, "42ni", bits, bits / 8)).Samples);
        if (bits == 32) Assert.Equal(expected, Read(Aifc(little, "23ni", bits, bits / 8)).Samples);
        if (bits == 8) Assert.Equal(expected, Read(Aifc(AudioBytes.Encode(codes.Select(c => c + 128), 8), "raw ", 8, 1)).Samples);
    }

    [Theory]
    [InlineData("fl32", 32)]
    [InlineData("FL32", 32)]
    [InlineData("fl64", 64)]
    [InlineData("FL64", 64)]
    public void Read_Floats_KeepTheirBits(string compression, int bits)
    {
        double[] values = [0, 0.1f, -0.7f, 1.5f, 1e-30f];
        var file = Aifc(AudioBytes.Encode(values, bits, isFloat: true, bigEndian: true), compression, bits, bits / 8);
        Assert.Equal(values.Select(v => (float)v), Read(file).Samples);
    }

    [Fact]
    public void Read_MuLawAndALaw_AreExpanded()
    {
        Assert.Equal([-32124 / 32768f, 0f], Read(Aifc([0x00, 0xFF], "ulaw", 16, 1)).Samples);
        Assert.Equal([8 / 32768f, -32256 / 32768f], Read(Aifc([0xD5, 0x2A], "alaw", 16, 1)).Samples);
    }

    [Theory]
    [InlineData(22050, 22050)]
    [InlineData(44100, 44100)]
    [InlineData(22254.54545, 22255)]
    [InlineData(1000, 1000)]
    [InlineData(192000, 192000)]
    public void Read_Rate_IsRounded(double rate, int expected) =>
        Assert.Equal(expected, Read(Aiff(new byte[20], rate: rate)).SampleRate);

    // Odd chunks with their padding, an offset of the sound, and the sound before its description.
    [Fact]
    public void Read_ChunksOfEveryOrder_AreRead()
    {
        var data = AudioBytes.Encode([100, 300, -7, 8], 16, bigEndian: true);
        float[] expected = [200 / 32768f, 0.5f / 32768f];
        var (common, odd) = (Common(2, 2, 16, 44100), Chunk("NAME", [.. "odd"u8]));
        foreach (byte[] file in (byte[][])[Form("AIFF", odd, common, odd, Sound(data, offset: 5), odd),
            Form("AIFF", Sound(data, offset: 6), odd, common), Form("AIFF", Sound(data), common, odd)])
        {
            var signal = Read(file);
            Assert.Equal(expected, signal.Samples);
            Assert.Equal((44100, null), (signal.SampleRate, signal.Damage));
            Assert.Equal(expected[1..], AudioFile.Read(_folder.Write("x.aiff", file), 1.0 / 44100, 1).Samples);
        }

        using var pipe = AudioFile.StartNative(
            new PipeLike(Form("AIFF", odd, common, Sound(data))), "FORM"u8, "x", 0, null, out _)!;
        Assert.Equal(expected, AudioFile.ReadAll(pipe, "x").Samples);
        Assert.Contains("Save it as a file", Assert.Throws<AudioFormatException>(() => AudioFile.StartNative(
            new PipeLike(Form("AIFF", Sound(data), common)), "FORM"u8, "x", 0, null, out _)).Message);
    }

    [Theory]
    [InlineData(0u, 0u)]
    [InlineData(0x7F000008u, 0x3F800000u)]
    [InlineData(0xFFFFFFFFu, 0u)]
    public void Read_OpenLength_IsReadToTheEnd(uint claimed, uint frames)
    {
        var data = AudioBytes.Encode([1, 2, 3], 16, bigEndian: true);
        var signal = Read(Form("AIFF", Common(1, frames, 16, 22050), Sound(data, 0, claimed)));
        Assert.Equal(3, signal.Samples.Length);
        Assert.False(signal.Truncated);
    }

    [Fact]
    public void Read_MissingSound_IsDamage()
    {
        var data = AudioBytes.Encode(Enumerable.Repeat(1000.0, 22050), 16, bigEndian: true);
        var whole = Aiff(data);
        var cut = Read(whole[..^(2 * 4410)]);
        Assert.Equal(22050 - 4410, cut.Samples.Length);
        Assert.StartsWith("0.2 s of its 1 s are missing", cut.Damage);
        Assert.StartsWith("0.5 s of its 1.5 s are missing", Read(Aiff(data, frames: 33075)).Damage); // the chunk is shorter
        Assert.Contains("more than half", Error(whole[..10_000]));
        Assert.Equal(11025, Read([.. Aiff(data, frames: 11025)]).Samples.Length); // more bytes than frames
    }

    [Fact]
    public void Read_BadHeaders_AreNamed()
    {
        var good = Aiff(AudioBytes.Encode([1, 2, 3], 16, bigEndian: true));
        Assert.Contains("8 of its 12 bytes", Error(good[..8]));
        Assert.Contains("10 of its 18 bytes", Error(good[..30]));
        Assert.Contains("'COMM' chunk has 4 bytes; it needs 18", Error(Form("AIFF", Chunk("COMM", [1, 2, 3, 4]))));
        Assert.Contains("without a 'COMM' chunk", Error(Form("AIFF", Chunk("NAME", [1]))));
        Assert.Contains("without a 'SSND' chunk", Error(Form("AIFF", Common(1, 7, 16, 22050))));
        Assert.Contains("no samples", Error(Form("AIFF", Common(1, 0, 16, 22050))));
        Assert.Contains("past the end", Error(Form("AIFF", Chunk("NAME", [1], claimed: 5000))));
        Assert.Contains("0 channels", Error(Form("AIFF", Common(0, 3, 16, 22050), Sound([1, 2]))));
        Assert.Contains("-1 Hz", Error(Form("AIFF", Common(1, 3, 16, 0), Sound([1, 2]))));
        Assert.Contains("-1 Hz", Error(Form("AIFF", Common(1, 3, 16, 1e30), Sound([1, 2]))));
    }

    [Theory]
    [InlineData("ima4", "AIFF with compression 'ima4' needs ffmpeg")]
    [InlineData("\u0001abc", "AIFF with compression 01 61 62 63 needs ffmpeg")]
    public void Read_OtherCompression_IsForFfmpeg(string compression, string expected) =>
        Assert.Contains(expected, Error(Aifc([1, 2], compression, 16, 1)));

    [FfmpegTheory]
    [InlineData("pcm_s8")]
    [InlineData("pcm_s16be")]
    [InlineData("pcm_s16le")]
    [InlineData("pcm_s24be")]
    [InlineData("pcm_s32be")]
    [InlineData("pcm_f32be")]
    [InlineData("pcm_f64be")]
    [InlineData("pcm_alaw")]
    [InlineData("pcm_mulaw")]
    public void Read_FileOfFfmpeg_HasItsSamples(string codec) =>
        Made.ByFfmpeg(_folder, "x.aiff", "-ac", "2", "-ar", "37800", "-c:a", codec);

    [SoxTheory]
    [InlineData("x.aiff", 8)]
    [InlineData("x.aiff", 24)]
    [InlineData("x.aifc", 16)]
    [InlineData("x.caf", 16)]
    [InlineData("x.caf", 32)]
    public void Read_FileOfSox_HasItsSamples(string name, int bits) => Made.BySox(_folder, name, bits);

    private string Error(byte[] bytes) => Assert.Throws<AudioFormatException>(() => Read(bytes)).Message;

    private AudioSignal Read(byte[] bytes) => AudioFile.Read(_folder.Write("x.aiff", bytes), 0, null, () => null);
}

/// <summary>A theory that needs <c>sox</c>; skipped, visibly, where none is on the PATH.</summary>
public sealed class SoxTheoryAttribute : TheoryAttribute
{
    public SoxTheoryAttribute()
    {
        if (Made.Find("sox") is null) Skip = "sox is not on the PATH.";
    }
}

/// <summary>Files that other programs made of one WAV file, read with their own decoder and with ours.</summary>
internal static class Made
{
    public static string? Find(string program) => Programs.Find(program, Environment.GetEnvironmentVariable("PATH"));

    public static void ByFfmpeg(TemporaryFolder folder, string name, params string[] options)
    {
        Run(Find("ffmpeg")!, ["-v", "error", "-nostdin", "-y", "-i", Wav(folder), .. options, folder[name]]);
        Check(folder[name], FfmpegDecoder.FindOnPath()!.Read(folder[name]));
    }

    public static void BySox(TemporaryFolder folder, string name, int bits)
    {
        Run(Find("sox")!, ["-D", Wav(folder), "-b", $"{bits}", folder[name]]);
        Run(Find("sox")!, ["-D", folder[name], "-e", "float", "-b", "32", folder["back.wav"]]);
        Check(folder[name], AudioFile.Read(folder["back.wav"]));
    }

    private static void Check(string path, AudioSignal expected)
    {
        var read = AudioFile.Read(path, 0, null, () => null);
        Assert.Equal(expected.Samples, read.Samples);
        Assert.Equal((expected.SampleRate, null), (read.SampleRate, read.Damage));
        var part = AudioFile.Read(path, 1000.0 / read.SampleRate, 500.0 / read.SampleRate, () => null);
        Assert.Equal(read.Samples[1000..1500], part.Samples);
    }

    private static string Wav(TemporaryFolder folder)
    {
        var random = new Random(1);
        var samples = Enumerable.Range(0, 6001).Select(i => Math.Round(20000 * Math.Sin(0.03 * i)) + random.Next(-9, 9));
        return folder.Write("made.wav", AudioBytes.Wav(AudioBytes.Encode(samples, 16)));
    }

    private static void Run(string program, IEnumerable<string> arguments)
    {
        using var child = Child.Start(new ProcessStartInfo(program, arguments));
        child.End();
    }
}
