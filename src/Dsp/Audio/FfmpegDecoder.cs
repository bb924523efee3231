using System.Diagnostics;
using System.Globalization;
using Engine.Dsp.Files;

namespace Engine.Dsp.Audio;

/// <summary>
/// Decodes formats that are not read natively with <c>ffmpeg</c> as a child process. Its output is a WAV stream with all channels
/// at the original rate, so that mixing to mono and resampling are the same for every format.
/// </summary>
/// <remarks>
/// It reads standard input and may not open files, pipes or addresses; its demuxers are limited to containers that hold
/// their own audio, so a playlist posing as a recording is never followed.
/// </remarks>
public sealed class FfmpegDecoder
{
    /// <summary>Its only source: standard input, cached in an unnamed file so that it can seek back.</summary>
    private const string Protocols = "cache,pipe";

    /// <summary>The allowed demuxers.</summary>
    internal const string Containers =
        "aac,ac3,adx,aiff,amr,amrnb,amrwb,ape,asf,asf_o,au,avi,caf,dff,dsf,dts,dtshd,eac3,flac,flv,iff,"
        + "loas,matroska,mov,mp3,mpc,mpc8,mpeg,mpegts,nut,ogg,oma,rm,shn,sox,tak,tta,truehd,voc,w64,wav,wv,xwma";

    private readonly string _program;
    private readonly TimeSpan _patience;

    /// <summary>Uses the program at <paramref name="program"/>.</summary>
    /// <param name="program">The path of <c>ffmpeg</c>.</param>
    /// <param name="patience">How long it may produce no output before it is stopped, and how much longer than the recording's
    /// length it may
    /// take; null for one minute.</param>
    public FfmpegDecoder(string program, TimeSpan? patience = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(program);
        _program = program;
        _patience = patience ?? TimeSpan.FromMinutes(1);
    }

    /// <summary>The <c>ffmpeg</c> on the PATH, or null.</summary>
    public static FfmpegDecoder? FindOnPath() => Find(Environment.GetEnvironmentVariable("PATH"));

    /// <summary>The <c>ffmpeg</c> in one of the folders of <paramref name="searchPath"/>, or null.</summary>
    internal static FfmpegDecoder? Find(string? searchPath) =>
        Programs.Find("ffmpeg", searchPath) is { } program ? new FfmpegDecoder(program) : null;

    /// <summary>Decodes the first audio stream of a file, or a part of it, as the mean of its channels, at its original
    /// rate.</summary>
    /// <param name="path">The file.</param>
    /// <param name="offset">Where to start, in seconds.</param>
    /// <param name="duration">How much to decode at most, in seconds; null for all.</param>
    /// <exception cref="AudioFormatException"><c>ffmpeg</c> cannot be run, fails, stalls, or finds no audio.</exception>
    /// <exception cref="ArgumentOutOfRangeException">Offset is negative or duration is not positive.</exception>
    public AudioSignal Read(string path, double offset = 0, double? duration = null)
    {
        SampleReader.CheckPart(offset, duration);
        using var stream = AudioInput.Open(path);
        using var content = new ContentStream(stream, hashed: false);
        var format = AudioContent.Sniff(content.Peek(AudioContent.Bytes)) ?? "";
        return AudioFile.ReadAll(Start(content, format, path, offset, duration), path);
    }

    /// <summary>Starts to decode a recording, or a part of it.</summary>
    /// <param name="content">Its bytes.</param>
    /// <param name="format">Their format as detected by <see cref="AudioContent.Sniff"/>.</param>
    /// <param name="name">Its name in errors.</param>
    /// <param name="offset">Where to start, in seconds.</param>
    /// <param name="duration">How much to decode at most, in seconds; null for all.</param>
    internal FfmpegReader Start(ContentStream content, string format, string name, double offset, double? duration)
    {
        var start = new ProcessStartInfo(_program)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var argument in Arguments(offset, duration)) start.ArgumentList.Add(argument);
        return new FfmpegReader(start, content, format, name, whole: offset == 0 && duration is null, _patience);
    }

    private static List<string> Arguments(double offset, double? duration)
    {
        List<string> arguments =
        [
            "-nostdin", "-hide_banner", "-nostats", "-loglevel", "level+info",
            "-protocol_whitelist", Protocols, "-format_whitelist", Containers, "-read_ahead_limit", "-1",
        ];
        if (offset > 0) arguments.AddRange(["-ss", offset.ToString("0.######", CultureInfo.InvariantCulture)]);
        if (duration is { } d) arguments.AddRange(["-t", d.ToString("0.######", CultureInfo.InvariantCulture)]);
        arguments.AddRange(["-i", "cache:pipe:0", "-map", "0:a:0", "-c:a", "pcm_f32le", "-f", "wav", "pipe:1"]);
        return arguments;
    }
}
