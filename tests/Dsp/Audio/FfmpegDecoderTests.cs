using System.Diagnostics;
using System.Runtime.Versioning;
using Engine.Dsp.Audio;
using Engine.Tests.Support;
using static Engine.Tests.Support.AudioBytes;

namespace Engine.Tests.Dsp.Audio;

/// <summary>The child process, mostly with a shell script in the place of <c>ffmpeg</c>.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class FfmpegDecoderTests : IDisposable
{
    private static readonly byte[] s_mp3 = [.. "ID3"u8, 4, 0, 0, 0, 0, 0, 0];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [UnixFact]
    public void Find_FolderOfThePath_IsUsed()
    {
        Assert.Null(FfmpegDecoder.Find(null));
        Assert.Null(FfmpegDecoder.Find(_folder.Path));
        Fake("exit 0");
        Assert.NotNull(FfmpegDecoder.Find($"/nowhere{Path.PathSeparator}{_folder.Path}"));
    }

    [UnixFact]
    public void Read_AnyName_IsPassedAsOneArgument()
    {
        _folder.Write("out.wav", Wav(Encode([0.25, 0.75, -0.5, 0], 32, isFloat: true), tag: 3, channels: 2, rate: 48000, bits: 32, claimed: uint.MaxValue));
        var fake = Fake("""printf '%s\n' "$@" > "${0%/*}/arguments"; cat "${0%/*}/out.wav" """);
        var path = _folder.Write("-y a; $(touch x) 'b' \".mp3", s_mp3);
        var signal = AudioFile.Read(path, 1.5, 0.25, () => fake);
        Assert.Equal([0.5f, -0.25f], signal.Samples);
        Assert.Equal(48000, signal.SampleRate);
        Assert.False(signal.Truncated);
        Assert.Equal(
            ["-nostdin", "-hide_banner", "-loglevel", "error", "-protocol_whitelist", "file,pipe", "-ss", "1.5", "-t", "0.25", "-i", "file:" + path,
             "-map", "0:a:0", "-c:a", "pcm_f32le", "-f", "wav", "pipe:1"],
            File.ReadAllLines(_folder["arguments"]));
    }

    [UnixFact]
    public void Read_NoPart_AsksForAll()
    {
        _folder.Write("out.wav", Wav(Encode([0.25], 32, isFloat: true), tag: 3, bits: 32));
        Fake("""printf '%s\n' "$@" > "${0%/*}/arguments"; cat "${0%/*}/out.wav" """).Read(_folder.Write("a.mp3", s_mp3));
        Assert.DoesNotContain("-ss", File.ReadAllLines(_folder["arguments"]));
        Assert.DoesNotContain("-t", File.ReadAllLines(_folder["arguments"]));
    }

    [UnixFact]
    public void Read_ProgramThatFails_QuotesItsLastLine()
    {
        var message = Error("echo first >&2; echo 'moov atom not found' >&2; exit 69");
        Assert.EndsWith("a.mp3: ffmpeg failed with exit code 69 (moov atom not found). The file is damaged or not audio.", message);
        Assert.EndsWith("ffmpeg failed with exit code 3. The file is damaged or not audio.", Error("exit 3"));
    }

    [UnixFact]
    public void Read_ProgramThatFailsAfterSomeOutput_IsNotTrusted()
    {
        _folder.Write("out.wav", Wav(Encode([0.25], 32, isFloat: true), tag: 3, bits: 32));
        Assert.Contains("exit code 1 (disk on fire)", Error("""cat "${0%/*}/out.wav"; echo disk on fire >&2; exit 1"""));
    }

    [UnixFact]
    public void Read_OutputWithoutSamples_SaysSo()
    {
        Assert.Contains("ffmpeg found no audio (no stream)", Error("echo no stream >&2"));
        Assert.Contains("0 of its 12 bytes", Error("exit 0"));
        _folder.Write("out.wav", Wav([], tag: 3, bits: 32));
        Assert.Contains("no samples", Error("""cat "${0%/*}/out.wav" """));
        _folder.Write("out.wav", Wav(Encode([double.NaN], 32, isFloat: true), tag: 3, bits: 32));
        Assert.Contains("sample 0 (0 s) is NaN", Error("""cat "${0%/*}/out.wav" """));
    }

    [UnixFact]
    public void Read_MuchOnBothPipes_DoesNotBlock()
    {
        _folder.Write("out.wav", Wav(Encode(Enumerable.Repeat(0.5, 100_000), 32, isFloat: true), tag: 3, bits: 32, claimed: uint.MaxValue));
        var fake = Fake("""for i in 1 2 3; do head -c 200000 /dev/zero | tr '\0' 'x' >&2; echo >&2; done; cat "${0%/*}/out.wav" """);
        Assert.Equal(100_000, fake.Read(_folder.Write("a.mp3", s_mp3)).Samples.Length);
    }

    [UnixFact]
    public void Read_ProgramThatStalls_IsEnded()
    {
        var fake = Fake("""echo $$ > "${0%/*}/id"; sleep 600""", TimeSpan.FromSeconds(2));
        var error = Assert.Throws<AudioFormatException>(() => fake.Read(_folder.Write("a.mp3", s_mp3)));
        Assert.Contains("ffmpeg gave no output for 2 s and was ended.", error.Message);
        var id = int.Parse(File.ReadAllText(_folder["id"]));
        Assert.Throws<ArgumentException>(() => Process.GetProcessById(id));
    }

    [UnixFact]
    public void Read_ProgramThatCannotRun_IsNamed()
    {
        var program = _folder.Write("ffmpeg", [1, 2, 3]);
        var error = Assert.Throws<AudioFormatException>(() => new FfmpegDecoder(program).Read(_folder.Write("a.mp3", s_mp3)));
        Assert.Contains($"{program} cannot be run: ", error.Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => new FfmpegDecoder(program).Read("a.mp3", offset: -1));
    }

    /// <summary>A lossless file in a container that is not read natively, made by <c>ffmpeg</c> itself.</summary>
    [FfmpegFact]
    public void Read_RealFlac_GivesTheSamplesOfTheWav()
    {
        double[] codes = [.. Enumerable.Range(0, 2 * 22050).Select(i => Math.Round(9000 * Math.Sin(i * 0.031 * (1 + i % 2))))];
        var wav = _folder.Write("a.wav", Wav(Encode(codes, 16), channels: 2));
        var program = Environment.GetEnvironmentVariable("PATH")!.Split(Path.PathSeparator).Select(p => Path.Combine(p, "ffmpeg")).First(File.Exists);
        using var encoder = Child.Start(new ProcessStartInfo(program, ["-v", "error", "-nostdin", "-i", wav, _folder["a.flac"]]));
        encoder.End();
        Assert.Equal(AudioFile.Read(wav).Samples, AudioFile.Read(_folder["a.flac"]).Samples);
        Assert.Equal(AudioFile.Read(wav, 0.3, 0.5).Samples, AudioFile.Read(_folder["a.flac"], 0.3, 0.5).Samples);
        File.Move(_folder["a.flac"], _folder["flac.wav"]);
        Assert.Equal(22050, AudioFile.Read(_folder["flac.wav"]).SampleRate);
    }

    [FfmpegFact]
    public void Read_RealFfmpegOnNoise_SaysWhy()
    {
        var path = _folder.Write("a.mp3", [.. Enumerable.Range(0, 500).Select(i => (byte)(i * i / 7))]);
        var error = Assert.Throws<AudioFormatException>(() => AudioFile.Read(path));
        Assert.StartsWith($"{path}: ffmpeg failed with exit code ", error.Message);
    }

    private string Error(string script) =>
        Assert.Throws<AudioFormatException>(() => Fake(script).Read(_folder.Write("a.mp3", s_mp3))).Message;

    // The program itself is never written here: one that is still open in a process that another test is just starting cannot be
    // run (ETXTBSY).
    private FfmpegDecoder Fake(string script, TimeSpan? patience = null)
    {
        File.WriteAllText(_folder["script"], script + "\n");
        File.Delete(_folder["ffmpeg"]);
        File.CreateSymbolicLink(_folder["ffmpeg"], Path.Combine(AppContext.BaseDirectory, "Dsp", "Audio", "fake-ffmpeg"));
        return new FfmpegDecoder(_folder["ffmpeg"], patience);
    }
}
