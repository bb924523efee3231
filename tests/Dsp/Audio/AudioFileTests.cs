using Engine.Dsp.Audio;
using Engine.Tests.Support;
using static Engine.Tests.Support.AudioBytes;

namespace Engine.Tests.Dsp.Audio;

public sealed class AudioFileTests : IDisposable
{
    private static readonly byte[] s_data = Encode([0, 100, -200, 300], 16);

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    public static TheoryData<string, byte[], string> BadFiles => new()
    {
        { "empty.wav", [], "the file is empty (0 bytes)" },
        { "empty.mp3", [], "the file is empty (0 bytes)" },
        { "noise.wav", [0xCB, 0x15, 0x1E, 0x16, .. new byte[100]], "no RIFF header; it starts with CB 15 1E 16 00" },
        { "noise.wav", [0xCB, 0x15, 0x1E, 0x16, .. new byte[100]], "The file is damaged or not audio." },
        { "noise.au", [0xCB, 0x15], "no .snd header; it starts with CB 15, which" },
        { "cut.wav", Wav(s_data)[..3], "no RIFF header; it starts with 52 49 46" },
        { "cut.wav", Wav(s_data)[..7], "inside the RIFF header: 7 of its 12 bytes" },
        { "cut.wav", Wav(s_data)[..14], "without a 'fmt ' chunk" },
        { "cut.wav", Wav(s_data)[..30], "inside the 'fmt ' chunk: 10 of its 16 bytes" },
        { "cut.wav", Wav(s_data)[..40], "without a 'data' chunk" },
        { "none.wav", Wav(s_data)[..44], "no samples" },
        { "short.wav", Riff("RIFF", Chunk("fmt ", new byte[14]), Chunk("data", s_data)),
            "'fmt ' chunk has 14 bytes; it needs 16" },
        { "order.wav", Riff("RIFF", Chunk("data", s_data), Chunk("fmt ", Format(1, 1, 22050, 16))),
            "no 'fmt ' chunk comes before 'data'" },
        { "part.wav", Riff("RIFF", Chunk("LIST", [1, 2], claimed: 500)), "of 500 bytes, of which 498 are past the end" },
        { "rate.wav", Wav(s_data, rate: 0), "0 Hz; a sample rate must be 1000 to 1048575 Hz" },
        { "rate.wav", Wav(s_data, rate: 10_000_000), "10000000 Hz; a sample rate must be 1000 to 1048575 Hz" },
        { "channels.wav", Wav(s_data, channels: 0), "0 channels; there must be 1 to 1024" },
        { "channels.wav", Wav(s_data, channels: 2000), "2000 channels" },
        { "bits.wav", Wav(s_data, bits: 0), "PCM of 0 bits" },
        { "bits.wav", Wav(s_data, bits: 48), "PCM of 48 bits" },
        { "bits.wav", Wav(s_data, tag: 3, bits: 16), "float of 16 bits" },
        { "a.mp3", [.. "ID3"u8, 4, 0, 0, 0, 0, 0, 0], "no frame of MPEG audio was found" },
        { "mp3.wav", [0xFF, 0xFB, 0x90, 0x64, 0, 0, 0, 0], "no frame of MPEG audio was found" },
        { "a.ogg", [.. "OggS"u8, 0, 2], "no page of it has the right checksum" },
        { "nan.wav", Wav(Encode([0, 1, double.NaN, 1], 32, isFloat: true), tag: 3, bits: 32),
            "sample 2 (0 s) is NaN; every sample must be finite" },
        { "inf.wav", Wav(Encode([.. new double[50], double.NegativeInfinity], 32, isFloat: true), tag: 3, bits: 32),
            "sample 50 (0.002 s) is -Infinity" },
        { "big.wav", Wav(Encode([1e300], 64, isFloat: true), tag: 3, bits: 64), "sample 0 (0 s) is Infinity" },
    };

    [Theory]
    [MemberData(nameof(BadFiles))]
    public void Read_BadFile_NamesFileAndFinding(string name, byte[] bytes, string finding)
    {
        var path = _folder.Write(name, bytes);
        var error = Assert.Throws<AudioFormatException>(
            () => AudioFile.Read(path, 0, null, () => throw new InvalidOperationException("not ffmpeg's")));
        Assert.StartsWith(path + ": ", error.Message);
        Assert.Contains(finding, error.Message);
        Assert.DoesNotContain('\n', error.Message);
        Assert.Equal(path, error.FilePath);
    }

    [Fact]
    public void Read_NanInAnExcerpt_IsCountedFromTheStartOfTheFile()
    {
        var values = new double[4000];
        values[3000] = double.NaN;
        var path = _folder.Write("nan.wav", Wav(Encode(values, 32, isFloat: true), tag: 3, rate: 1000, bits: 32));
        Assert.Contains("sample 3000 (3 s)", Assert.Throws<AudioFormatException>(() => AudioFile.Read(path, offset: 2)).Message);
        Assert.Equal(1000, AudioFile.Read(path, offset: 2, duration: 1).Samples.Length);
    }

    public static TheoryData<string, byte[], string> ForFfmpeg => new()
    {
        { "a.mp3", [.. "ID3"u8, 4, 0, 0, 0, 0, 0, 2, 0, 0, .. "wvpk"u8, .. new byte[30]], "WavPack after an ID3 tag" },
        { "aac.aac", [0xFF, 0xF1, 0x50, 0x80, 0, 0, 0, 0], "AAC" },
        { "a.m4a", [0, 0, 0, 0x20, .. "ftypM4A "u8], "MP4" },
        { "a.iff", [.. "FORM"u8, 0, 0, 0, 0, .. "8SVX"u8], "IFF (not AIFF)" },
        { "video.wav", [.. "RIFF"u8, 0, 0, 0, 0, .. "AVI "u8], "RIFF (not WAVE)" },
        { "adpcm.wav", Wav(s_data, tag: 0x11, bits: 4), "WAV with IMA ADPCM (format 0x0011) of 4 bits" },
        { "g721.au", Au(s_data, 23), "AU with encoding 23" },
        { "song.xyz", [1, 2, 3], "XYZ audio" },
        { "song", [1, 2, 3], "audio of an unknown format" },
    };

    [Theory]
    [MemberData(nameof(ForFfmpeg))]
    public void Read_OtherFormatWithoutFfmpeg_NamesFormatAndFix(string name, byte[] bytes, string format)
    {
        var path = _folder.Write(name, bytes);
        var error = Assert.Throws<AudioFormatException>(() => AudioFile.Read(path, 0, null, () => null));
        Assert.Equal($"{path}: {format} needs ffmpeg, which is not on the PATH. Install ffmpeg, or convert the file to WAV.",
            error.Message);
    }

    [Fact]
    public void Read_SilenceThatLooksLikeAFrameHeader_IsNotTakenForMp3()
    {
        var path = _folder.Write("ff.wav", [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF]);
        Assert.Contains("damaged", Assert.Throws<AudioFormatException>(() => AudioFile.Read(path)).Message);
    }

    [Fact]
    public void Read_MissingFile_IsFileNotFound()
    {
        Assert.Throws<FileNotFoundException>(() => AudioFile.Read(_folder["none.wav"]));
    }

    public static TheoryData<string, byte[], string> NoRecordings => new()
    {
        { "song.mp3", [.. "PK\x03\x04"u8, .. new byte[30]], "a ZIP archive" },
        { "song.mp3", [.. "%PDF-1.7\n"u8, 0xFF, 0], "a PDF document" },
        { "song.mp3", [0x1F, 0x8B, 8, 0, 0, 0], "a gzip archive" },
        { "song.mp3", [0xFF, 0xD8, 0xFF, 0xE0, 0, 16, .. "JFIF"u8], "a JPEG image" },
        { "song.mp3", [.. "MThd"u8, 0, 0, 0, 6], "a MIDI file (notes without sound)" },
        { "song.wav", [.. "<html><head><title>Sign in</title>"u8], "a web page (HTML)" },
        { "song.mp3", [.. "\n <!doctype HTML>\n<html>"u8], "a web page (HTML)" },
        { "song.mp3", [.. "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\n"u8], "a Git LFS pointer" },
        { "song.mp3", [0xFF, 0xFE, .. System.Text.Encoding.Unicode.GetBytes("#EXTM3U\r\nother.mp3\r\n")], "a playlist" },
        { "song.mp3", [.. "caf\u00e9 et th\u00e9, chant\u00e9s\n"u8], "text" },
        { "song", [.. "just some words\n"u8], "text" },
    };

    [Theory]
    [MemberData(nameof(NoRecordings))]
    public void Read_WhatIsNoRecording_IsCalledByItsName(string name, byte[] bytes, string kind)
    {
        var path = _folder.Write(name, bytes);
        var error = Assert.Throws<AudioFormatException>(
            () => AudioFile.Read(path, 0, null, () => throw new InvalidOperationException("not ffmpeg's")));
        Assert.Equal($"{path}: its content is {kind}, not audio. Leave it out.", error.Message);
    }

    [Fact]
    public void Read_TargetRate_Resamples()
    {
        var path = _folder.Write("a.wav",
            Wav(Encode(Enumerable.Range(0, 4410).Select(i => Math.Round(9000 * Math.Sin(i * 0.05))), 16), rate: 44100));
        var signal = AudioFile.Read(path, targetRate: 22050);
        Assert.Equal((22050, 2205), (signal.SampleRate, signal.Samples.Length));
        Assert.Equal(AudioFile.Read(path).Samples, AudioFile.Read(path, targetRate: 44100).Samples);
        Assert.Throws<ArgumentOutOfRangeException>(() => AudioFile.Read(path, targetRate: 0));
    }
}
