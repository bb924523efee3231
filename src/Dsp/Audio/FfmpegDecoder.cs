using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace Engine.Dsp.Audio;

/// <summary>
/// Decodes what is not WAV or AU with an <c>ffmpeg</c> program, as a child process. Its output is a WAV stream of all channels
/// at their own rate, so that the mono mix and the resampling are ours for every format.
/// </summary>
public sealed class FfmpegDecoder
{
    private const int KeptErrorLines = 8;

    private readonly string _program;
    private readonly TimeSpan _patience;

    /// <summary>Uses the program at <paramref name="program"/>.</summary>
    /// <param name="program">The path of <c>ffmpeg</c>.</param>
    /// <param name="patience">How long it may give no output before it is ended; null for one minute.</param>
    public FfmpegDecoder(string program, TimeSpan? patience = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(program);
        _program = program;
        _patience = patience ?? TimeSpan.FromMinutes(1);
    }

    /// <summary>The <c>ffmpeg</c> on the PATH, or null.</summary>
    public static FfmpegDecoder? FindOnPath() => Find(Environment.GetEnvironmentVariable("PATH"));

    /// <summary>The <c>ffmpeg</c> in one of the folders of <paramref name="searchPath"/>, or null.</summary>
    internal static FfmpegDecoder? Find(string? searchPath)
    {
        var file = OperatingSystem.IsWindows() ? "ffmpeg.exe" : "ffmpeg";
        var program = (searchPath ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => Path.Combine(folder, file)).FirstOrDefault(File.Exists);
        return program is null ? null : new FfmpegDecoder(program);
    }

    /// <summary>Decodes the first audio stream of a file, or a part of it, as the mean of its channels, at its own
    /// rate.</summary>
    /// <param name="path">The file.</param>
    /// <param name="offset">Where to start, in seconds.</param>
    /// <param name="duration">How much to decode at most, in seconds; null for all.</param>
    /// <exception cref="AudioFormatException"><c>ffmpeg</c> cannot be run, fails, stalls, or finds no audio.</exception>
    /// <exception cref="ArgumentOutOfRangeException">Offset is negative or duration is not positive.</exception>
    public AudioSignal Read(string path, double offset = 0, double? duration = null)
    {
        SampleReader.CheckPart(offset, duration);
        using var process = Start(path, offset, duration);
        var errors = new Queue<string>();
        process.ErrorDataReceived += (_, line) => Keep(errors, line.Data);
        process.BeginErrorReadLine();
        using var stalled = new CancellationTokenSource(_patience);
        using var kill = stalled.Token.Register(() => process.Kill(entireProcessTree: true));
        try
        {
            using var output = new WatchedStream(process.StandardOutput.BaseStream, () => stalled.CancelAfter(_patience));
            var (signal, problem) = TryRead(output, path);
            process.WaitForExit();
            if (stalled.IsCancellationRequested)
            {
                throw new AudioFormatException(path, $"ffmpeg gave no output for {_patience.TotalSeconds:0.#} s and was ended.");
            }

            return process.ExitCode == 0 && signal is not null ? signal : throw Failed(path, process.ExitCode, errors, problem);
        }
        finally
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
        }
    }

    private Process Start(string path, double offset, double? duration)
    {
        var start = new ProcessStartInfo(_program) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in Arguments(path, offset, duration)) start.ArgumentList.Add(argument);
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception e)
        {
            throw new AudioFormatException(path, $"{_program} cannot be run: {e.Message}", e);
        }
    }

    /// <summary>The arguments; <c>file:</c> and the full path keep a name from being taken for an option or an address.</summary>
    private static List<string> Arguments(string path, double offset, double? duration)
    {
        List<string> arguments = ["-nostdin", "-hide_banner", "-loglevel", "error", "-protocol_whitelist", "file,pipe"];
        if (offset > 0) arguments.AddRange(["-ss", offset.ToString("0.######", CultureInfo.InvariantCulture)]);
        if (duration is { } d) arguments.AddRange(["-t", d.ToString("0.######", CultureInfo.InvariantCulture)]);
        arguments.AddRange(["-i", "file:" + Path.GetFullPath(path), "-map", "0:a:0", "-c:a", "pcm_f32le", "-f", "wav", "pipe:1"]);
        return arguments;
    }

    private static (AudioSignal? Signal, AudioFormatException? Problem) TryRead(Stream output, string path)
    {
        try
        {
            return (SampleReader.Read(output, WavReader.ReadHeader(output, path), path, 0, null), null);
        }
        catch (AudioFormatException e)
        {
            output.CopyTo(Stream.Null); // let it end by itself, so that its own message is the one shown
            return (null, e);
        }
    }

    private static AudioFormatException Failed(string path, int exitCode, Queue<string> errors, AudioFormatException? problem)
    {
        string? said;
        lock (errors) said = errors.LastOrDefault();
        if (exitCode == 0 && said is null && problem is not null) return problem;
        var how = exitCode == 0 ? "ffmpeg found no audio" : $"ffmpeg failed with exit code {exitCode}";
        return new AudioFormatException(path,
            $"{how}{(said is null ? "" : $" ({said})")}. The file is damaged or not audio.", problem);
    }

    private static void Keep(Queue<string> lines, string? line)
    {
        if (string.IsNullOrWhiteSpace(line)) return;
        lock (lines)
        {
            lines.Enqueue(line.Trim());
            if (lines.Count > KeptErrorLines) lines.Dequeue();
        }
    }

    /// <summary>Tells of every read that brought something.</summary>
    private sealed class WatchedStream(Stream inner, Action progress) : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override int Read(Span<byte> buffer)
        {
            var got = inner.Read(buffer);
            if (got > 0) progress();
            return got;
        }

        public override void Flush() => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
