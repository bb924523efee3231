using System.Diagnostics;
using System.Runtime.Versioning;
using System.Security.Cryptography;
using Engine.Dsp.Audio;
using Engine.Tests.Support;
using static Engine.Tests.Support.AudioBytes;

namespace Engine.Tests.Dsp.Audio;

/// <summary>The child process, mostly with a shell script in the place of <c>ffmpeg</c>.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class FfmpegDecoderTests : IDisposable
{
    private static readonly byte[] s_aac = [0xFF, 0xF1, 0x50, 0x80, 0x19, 0x1F, 0xFC];

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
    public void Read_AnyName_IsNotPassedOn()
    {
        _folder.Write("out.wav",
            Wav(Encode([0.25, 0.75, -0.5, 0], 32, isFloat: true), tag: 3, channels: 2, rate: 48000, bits: 32,
                claimed: uint.MaxValue));
        var fake = Fake("""printf '%s\n' "$@" > "${0%/*}/arguments"; cat "${0%/*}/out.wav" """);
        var path = _folder.Write("-y a; $(touch x) 'b' \".aac", s_aac);
        var signal = AudioFile.Read(path, 1.5, 0.25, () => fake);
        Assert.Equal([0.5f, -0.25f], signal.Samples);
        Assert.Equal(48000, signal.SampleRate);
        Assert.False(signal.Truncated);
        Assert.Equal(
            ["-ss", "1.5", "-t", "0.25", "-i", "cache:pipe:0", "-map", "0:a:0", "-c:a", "pcm_f32le", "-f", "wav", "pipe:1"],
            File.ReadAllLines(_folder["arguments"])[^13..]);
        Assert.Contains("-protocol_whitelist\ncache,pipe\n-format_whitelist\naac,", File.ReadAllText(_folder["arguments"]));
    }

    [UnixFact]
    public void Read_NoPart_AsksForAll()
    {
        _folder.Write("out.wav", Wav(Encode([0.25], 32, isFloat: true), tag: 3, bits: 32));
        Fake("""printf '%s\n' "$@" > "${0%/*}/arguments"; cat "${0%/*}/out.wav" """).Read(_folder.Write("a.aac", s_aac));
        Assert.DoesNotContain("-ss", File.ReadAllLines(_folder["arguments"]));
        Assert.DoesNotContain("-t", File.ReadAllLines(_folder["arguments"]));
    }

    [UnixFact]
    public void Read_ProgramThatFails_QuotesItsLastLine()
    {
        var message = Error("echo first >&2; echo 'moov atom not found' >&2; exit 69");
        Assert.EndsWith("a.aac: ffmpeg failed with exit code 69 (moov atom not found). The file is damaged or not audio.",
            message);
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
        _folder.Write("out.wav",
            Wav(Encode(Enumerable.Repeat(0.5, 100_000), 32, isFloat: true), tag: 3, bits: 32, claimed: uint.MaxValue));
        var fake = Fake("""for i in 1 2 3; do head -c 200000 /dev/zero | tr '\0' 'x' >&2; echo >&2; done; cat "${0%/*}/out.wav" """);
        Assert.Equal(100_000, fake.Read(_folder.Write("a.aac", s_aac)).Samples.Length);
    }

    [UnixFact]
    public void Read_ProgramThatStalls_IsEnded()
    {
        var fake = Fake("""echo $$ > "${0%/*}/id"; sleep 600""", TimeSpan.FromSeconds(2));
        var error = Assert.Throws<AudioFormatException>(() => fake.Read(_folder.Write("a.aac", s_aac)));
        Assert.Contains("ffmpeg produced no output for 2 s and was stopped.", error.Message);
        var id = int.Parse(File.ReadAllText(_folder["id"]));
        Assert.Throws<ArgumentException>(() => Process.GetProcessById(id));
    }

    [UnixFact]
    public void Read_ProgramThatTakesLongerThanItsSound_IsEnded()
    {
        _folder.Write("out.wav", Wav(Encode([0.25], 32, isFloat: true), tag: 3, bits: 32, claimed: uint.MaxValue));
        var fake = Fake("""cat "${0%/*}/out.wav"; while sleep 0.1; do printf 'abcd'; done""", TimeSpan.FromSeconds(1));
        var error = Assert.Throws<AudioFormatException>(() => fake.Read(_folder.Write("a.aac", s_aac))).Message;
        Assert.Matches(@"ffmpeg produced 0 s of audio in [\d.]+ s and was stopped\.", error);
    }

    [UnixFact]
    public void Read_EndlessMessages_AreBounded()
    {
        _folder.Write("out.wav", Wav(Encode([0.25], 32, isFloat: true), tag: 3, bits: 32));
        var message = Error("head -c 3000000 /dev/zero | tr '\\0' 'x' >&2; exit 1");
        Assert.InRange(message.Length, 300, 600);
    }

    [UnixFact]
    public void Read_TerminalCodesInAMessage_AreMadeHarmless() =>
    Assert.Contains("(a?[31mred)", Error("printf 'a\\033[31mred\\n' >&2; exit 1"));

    [UnixFact]
    public void Read_ProgramThatTakesItsInput_GetsTheBytesOfTheFile()
    {
        _folder.Write("out.wav", Wav(Encode([0.25], 32, isFloat: true), tag: 3, bits: 32));
        byte[] bytes = [.. s_aac, .. Enumerable.Range(0, 300_000).Select(i => (byte)(i * i >> 7))];
        var fake = Fake("""cat > "${0%/*}/fed"; cat "${0%/*}/out.wav" """);
        using var stream = new MemoryStream(bytes);
        using var audio = AudioFile.Open(stream, "a.aac", 0, null, null, AudioFile.DefaultLongest, () => fake);
        Assert.Equal(bytes, File.ReadAllBytes(_folder["fed"]));
        Assert.Equal(SHA256.HashData(bytes), audio.ContentHash.ToArray());
    }

    [UnixTheory]
    [InlineData("4.00", 1.0, null)]
    [InlineData("1.00", 1.0, null)]
    [InlineData("1.20", 1.0, null)]
    [InlineData("1.50", 1.0, "0.5 s of its 1.5 s are missing: it is cut short or damaged (bad block).")]
    [InlineData("2.50", 1.0, "more than half")]
    [InlineData("2.50", 1.0, null, "[warning] Estimating duration from bitrate, this may be inaccurate")]
    [InlineData("2.50", 1.0, null, "[info]   Stream #0:1: Video: h264, yuv420p, 1920x1080")]
    [InlineData("1.50", 1.0, "0.5 s of its 1.5 s", "[info]   Stream #0:1: Video: mjpeg, 500x500 (attached pic)")]
    public void Read_DeclaredLength_IsComparedWithWhatWasDecoded(
        string declared, double seconds, string? expected, string more = "")
    {
        if (declared == "4.00") seconds = 4;
        _folder.Write("out.wav",
            Wav(Encode(Enumerable.Repeat(0.5, (int)(seconds * 1000)), 32, isFloat: true), tag: 3, rate: 1000, bits: 32,
                claimed: uint.MaxValue));
        var fake = Fake($"""echo '{more}' >&2; echo '[info]   Duration: 00:00:0{declared}, start: 0' >&2; echo '[x @ 0x1] [error] bad block' >&2; cat "$0.wav" """.Replace("$0.wav", "${0%/*}/out.wav"));
        var path = _folder.Write("a.aac", s_aac);
        if (expected == "more than half")
            Assert.Contains(expected, Assert.Throws<AudioFormatException>(() => fake.Read(path)).Message);
        else if (expected is null) Assert.Null(fake.Read(path).Damage);
        else Assert.StartsWith(expected, fake.Read(path).Damage);
    }

    [UnixFact]
    public void Read_FileThatGrowsWhileItIsRead_IsRefused()
    {
        _folder.Write("out.wav", Wav(Encode([0.25], 32, isFloat: true), tag: 3, bits: 32));
        var path = _folder.Write("a.aac", s_aac);
        var fake = Fake("""cat > /dev/null; cat "${0%/*}/out.wav"; echo more >> "${0%/*}/a.aac" """);
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        var error = Assert.Throws<AudioFormatException>(
            () => AudioFile.Open(stream, path, 0, null, null, AudioFile.DefaultLongest, () => fake));
        Assert.Contains("changed while it was read", error.Message);
    }

    [UnixFact]
    public void Read_ProgramThatCannotRun_IsNamed()
    {
        var program = _folder.Write("ffmpeg", [1, 2, 3]);
        var error = Assert.Throws<AudioFormatException>(() => new FfmpegDecoder(program).Read(_folder.Write("a.aac", s_aac)));
        Assert.Contains($"{program} cannot be run: ", error.Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => new FfmpegDecoder(program).Read("a.aac", offset: -1));
    }

    public static TheoryData<string, string[]> Lossless => new()
    {
        { "flac", [] }, { "wv", [] }, { "tta", [] }, { "aiff", [] }, { "caf", [] }, { "ogg", ["-c:a", "flac"] },
        { "mka", ["-c:a", "flac"] }, { "m4a", ["-c:a", "alac"] },
    };

    /// <summary>
    /// Whole, and with what other programs leave at the end, a file is read in silence; with a part missing it is not. That
    /// holds for whatever reads it: FLAC, AIFF and CAF are read natively.
    /// </summary>
    [FfmpegTheory]
    [MemberData(nameof(Lossless))]
    public void Read_RealFileWithDamage_SaysSo(string extension, string[] codec)
    {
        var samples = Enumerable.Range(0, 4 * 22050)
            .Select(i => Math.Round(9000 * Math.Sin(i * 0.031 * (1 + i % 2)) + 3000 * Math.Sin(i * i)));
        var wav = _folder.Write("a.wav", Wav(Encode(samples, 16)));
        var path = Encoded(wav, extension, codec);
        var whole = AudioFile.Read(path);
        Assert.Null(whole.Damage);
        Assert.Equal(AudioFile.Read(wav).Samples, whole.Samples);
        var bytes = File.ReadAllBytes(path);
        var random = new byte[5000];
        new Random(1).NextBytes(random);
        foreach (byte[] end in (byte[][])[new byte[3000], [.. "TAG"u8, .. new byte[125]], random])
        {
            var tailed = AudioFile.Read(_folder.Write("b." + extension, [.. bytes, .. end]));
            Assert.Null(tailed.Damage);
            Assert.Equal(whole.Samples, tailed.Samples.AsSpan(0, whole.Samples.Length));
        }

        if (extension == "m4a") return; // what it declares is at its end
        Assert.NotNull(DamageOf(_folder.Write("b." + extension, bytes[..(bytes.Length * 3 / 4)])));
        Assert.Contains(extension is "flac" or "aiff" or "caf" ? "more than half" : "",
            DamageOf(_folder.Write("b." + extension, bytes[..(bytes.Length / 4)])) ?? "nothing");
        Assert.NotNull(DamageOf(_folder["b." + extension]));
        if (extension is "aiff" or "caf" or "tta") return; // zeros in their middle are samples, or decoded to as many
        Array.Clear(bytes, bytes.Length / 3, bytes.Length / 4);
        Assert.NotNull(DamageOf(_folder.Write("b." + extension, bytes)));
    }

    /// <summary>What names other files is never followed, under whatever name; the other file would be read well.</summary>
    [FfmpegTheory]
    [InlineData("#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\n{0}\n#EXT-X-ENDLIST\n", "a playlist")]
    [InlineData("#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\n{0}\n", "a playlist")]
    [InlineData("ffconcat version 1.0\nfile {0}\n", "a playlist")]
    [InlineData("\uFEFF\n#EXTM3U\n{0}\n", "a playlist")]
    [InlineData("v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=audio 5004 RTP/AVP 0\n", "text")]
    [InlineData("<?xml version=\"1.0\"?>\n<MPD><BaseURL>{0}</BaseURL></MPD>", "XML text")]
    [InlineData("<!DOCTYPE html><html><body>404 Not Found</body></html>", "a web page (HTML)")]
    [InlineData("FILE \"{0}\" WAVE\n  TRACK 01 AUDIO\n    INDEX 01 00:00:00\n", "text")]
    public void Read_PlaylistUnderAnotherName_IsRefused(string text, string kind)
    {
        var other = _folder.Write("other.wav", Wav(Encode([1, 2, 3], 16)));
        foreach (var name in (string[])["a.aac", "a.wav", "a"])
        {
            var path = _folder.Write(name, System.Text.Encoding.UTF8.GetBytes(text.Replace("{0}", other)));
            var error = Assert.Throws<AudioFormatException>(() => AudioFile.Read(path)).Message;
            if (kind == "text" && name == "a.wav") Assert.Contains("no RIFF header", error);
            else Assert.Equal($"{path}: its content is {kind}, not audio. Leave it out.", error);
        }
    }

    /// <summary>A playlist behind bytes that are no text reaches <c>ffmpeg</c>, which may not use such a demuxer.</summary>
    [FfmpegFact]
    public void Read_PlaylistThatIsNotText_IsNotFollowedByFfmpeg()
    {
        var other = _folder.Write("other.wav", Wav(Encode(Enumerable.Repeat(1000.0, 22050), 16)));
        var path = _folder.Write("a.aac",
            [.. System.Text.Encoding.UTF8.GetBytes($"#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\n{other}\n#EXT-X-ENDLIST\n"),
                0, 1, 2]);
        Assert.Contains("playlists and the like are not followed", Assert.Throws<AudioFormatException>(() => AudioFile.Read(path))
            .Message);
    }

    [FfmpegFact]
    public void Read_VideoWithoutSound_SaysSo()
    {
        Ffmpeg("-f", "lavfi", "-i", "color=size=16x16:duration=0.2", "-c:v", "mpeg4", _folder["a.mp4"]);
        Assert.Contains("it has no audio stream (MP4)",
            Assert.Throws<AudioFormatException>(() => AudioFile.Read(_folder["a.mp4"])).Message);
    }

    [FfmpegFact]
    public void Open_SoundOfADay_IsRefusedForItsLength()
    {
        Ffmpeg("-f", "lavfi", "-i", "aevalsrc=0.001:s=8000:d=60", _folder["a.wv"]);
        var error = Assert.Throws<AudioFormatException>(() => AudioFile.Open(_folder["a.wv"], longest: 30)).Message;
        Assert.EndsWith("it is 0.02 h long or longer; the limit is 0.01 h. Cut it, or raise the limit (--max-hours).", error);
        Assert.Equal(60, AudioFile.Open(_folder["a.wv"], longest: 61).Seconds);
    }

    [FfmpegFact]
    public void Read_RealFfmpegOnNoise_SaysWhy()
    {
        var path = _folder.Write("a.aac", [.. Enumerable.Range(0, 500).Select(i => (byte)(i * i / 7))]);
        var error = Assert.Throws<AudioFormatException>(() => AudioFile.Read(path));
        Assert.StartsWith($"{path}: ffmpeg failed with exit code ", error.Message);
    }

    /// <summary>What is said of a file, be it a warning or an error; null where nothing is.</summary>
    private static string? DamageOf(string path)
    {
        try
        {
            return AudioFile.Read(path).Damage;
        }
        catch (AudioFormatException e)
        {
            return e.Message;
        }
    }

    private string Encoded(string wav, string extension, params string[] codec)
    {
        Ffmpeg(["-i", wav, .. codec, _folder["a." + extension]]);
        return _folder["a." + extension];
    }

    private static void Ffmpeg(params string[] arguments)
    {
        var program = Environment.GetEnvironmentVariable("PATH")!.Split(Path.PathSeparator).Select(p => Path.Combine(p, "ffmpeg"))
            .First(File.Exists);
        using var process = Process.Start(program, ["-v", "error", "-nostdin", "-y", .. arguments]);
        Assert.True(process.WaitForExit(TimeSpan.FromMinutes(2)));
        Assert.Equal(0, process.ExitCode);
    }

    private string Error(string script) =>
        Assert.Throws<AudioFormatException>(() => Fake(script).Read(_folder.Write("a.aac", s_aac))).Message;

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
