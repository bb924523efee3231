using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using Engine.Dsp.Files;

namespace Engine.Dsp.Audio;

/// <summary>
/// Decodes a recording with an <c>ffmpeg</c> process: one thread feeds it, one reads its messages, and a timer stops it when it
/// stalls or takes far longer than the recording's length. It cannot outlive this process by much, because both its pipes break.
/// </summary>
internal sealed class FfmpegReader : IMonoReader
{
    private const double LossyTolerance = 0.3, LosslessTolerance = 0.05; // seconds: encoders pad; lengths come in steps of 10 ms

    /// <summary>
    /// Bytes that may be in flight between the decoder and us when it complains: twice the pipe and both buffers.
    /// </summary>
    private const long InFlight = 1 << 18;

    /// <summary>A limit, because a pipe may be endless and its content is kept so that the decoder can seek back.</summary>
    private const long MostPiped = 4L << 30;

    private static readonly TimeSpan s_farewell = TimeSpan.FromSeconds(2);

    private readonly string _name, _format;
    private readonly bool _whole;
    private readonly TimeSpan _patience;
    private readonly ContentStream _content;
    private readonly IContentCheck? _check;
    private readonly Process _process;
    private readonly WatchedStream _output;
    private readonly SampleReader? _reader;
    private readonly FfmpegLog _log;
    private readonly Thread _feeder, _listener;
    private readonly Timer _watch;
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private readonly TimeSpan _period;
    private AudioFormatException? _problem;
    private Exception? _feedError;
    private TimeSpan _starved;
    private long _progress; // ticks of the clock
    private long _fed, _fedBefore; // bytes of input: now, and at the timer's last check
    private long _lastComplaint = -1; // bytes of output before it
    private volatile string? _ended;

    /// <summary>Starts the process and reads the header of its output.</summary>
    /// <exception cref="AudioFormatException">It cannot be run, or produces no audio.</exception>
    public FfmpegReader(ProcessStartInfo start, ContentStream content, string format, string name, bool whole, TimeSpan patience)
    {
        (_content, _format, _name, _whole, _patience) = (content, format, name, whole, patience);
        _check = !whole ? null : format switch
        {
            _ when format.Contains(AudioContent.Ogg, StringComparison.Ordinal) => new OggCheck(),
            AudioContent.Aac => new AdtsCheck(),
            AudioContent.Mp4 => new Mp4Check(),
            _ => null,
        };
        if (_check is not null) content.Observer = _check.See;
        try
        {
            _process = Process.Start(start)!;
        }
        catch (Win32Exception e)
        {
            throw new AudioFormatException(name, $"{start.FileName} cannot be run: {e.Message}", e);
        }

        _output = new WatchedStream(_process.StandardOutput.BaseStream, Progress);
        _log = new FfmpegLog { OnComplaint = () => Interlocked.Exchange(ref _lastComplaint, _output.Bytes) };
        _feeder = new Thread(Feed) { IsBackground = true, Name = "ffmpeg input" };
        _listener = new Thread(Listen) { IsBackground = true, Name = "ffmpeg messages" };
        _feeder.Start();
        _listener.Start();
        _period = TimeSpan.FromMilliseconds(Math.Clamp(patience.TotalMilliseconds / 10, 10, 1000));
        _watch = new Timer(_ => Watch(), null, _period, _period);
        try
        {
            _reader = new SampleReader(_output, WavReader.ReadHeader(_output, name), name, 0, null);
        }
        catch (AudioFormatException e)
        {
            // Let it exit by itself, so that its own message is shown.
            _problem = e;
            _output.CopyTo(Stream.Null);
            using (this)
            {
                End();
                throw Failed();
            }
        }
        catch
        {
            Dispose();
            throw;
        }

        _log.LengthRead.Wait(TimeSpan.FromMilliseconds(100)); // it is reported before the first sample, on the other pipe
    }

    /// <inheritdoc/>
    public int SampleRate => _reader!.SampleRate;

    /// <inheritdoc/>
    public int Channels => _reader!.Channels;

    /// <inheritdoc/>
    public long? Length => null;

    /// <inheritdoc/>
    public long? Declared => _whole && _log.Seconds is { } seconds ? (long)(seconds * SampleRate) : null;

    /// <inheritdoc/>
    public ChannelLevels Levels => _reader!.Levels;

    /// <inheritdoc/>
    public bool Short { get; private set; }

    /// <inheritdoc/>
    public int Read(Span<float> mono) => _reader!.Read(mono);

    /// <inheritdoc/>
    public string? Finish()
    {
        End();
        if (_process.ExitCode != 0 || _ended is not null || _reader!.Frames == 0) throw Failed();
        _feeder.Join();
        if (_feedError is not null) throw Failed();
        if (!_whole) return null;

        // Bytes that the process left unread are checked too.
        if (_check is not null) _content.Finish();
        var decoded = (double)_reader.Frames / SampleRate;
        var lossless = _format is "WavPack" or "TTA" or "Monkey's Audio";
        var tolerance = lossless ? LosslessTolerance : LossyTolerance;
        var missing = Damage.Of(_name, _log.Seconds ?? decoded, decoded, tolerance, _log.Said) ?? _check?.Finish(_name, decoded);
        Short = missing is not null;
        return missing ?? (Inside()
            ? $"parts of it are damaged: ffmpeg complained {_log.Complaints} times ({_log.Said})." : null);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _watch.Dispose();
        if (!_process.HasExited) Kill();
        _process.WaitForExit(s_farewell);
        _listener.Join(s_farewell); // its child processes may hold its pipes open
        if (!_content.Waiting) _feeder.Join(s_farewell);
        _process.Dispose();
    }

    /// <summary>Whether there were complaints about the audio before its end. At the end, tags and other harmless leftovers cause
    /// complaints.</summary>
    private bool Inside() => _log.Complaints > 0
        && _log.Seconds is null && _check is null && _output.Bytes - _lastComplaint > InFlight;

    private void End()
    {
        if (!_process.WaitForExit(_patience))
            _ended ??= $"ffmpeg did not exit within {_patience.TotalSeconds:0.#} s of its last output";
        if (!_process.HasExited) Kill();
        _process.WaitForExit(s_farewell);
        _listener.Join(s_farewell);
    }

    private IOException Failed()
    {
        if (_feedError is { } error) return new IOException($"{_name}: {error.Message}", error);
        if (_ended is { } ended)
        {
            return new AudioFormatException(_name, $"{ended} and was stopped. The file is damaged, or the machine is " +
                "overloaded.", _problem);
        }

        var said = _log.Said;
        if (_check is Mp4Check)
        {
            try
            {
                _check.Finish(_name, 0);
            }
            catch (AudioFormatException e)
            {
                return e;
            }
        }

        if (_log.HasNoAudio)
            return new AudioFormatException(_name, $"it has no audio stream ({_format}). Leave it out.", _problem);
        if (_log.Forbidden is { } demuxer)
        {
            return new AudioFormatException(_name,
                $"ffmpeg takes it for '{demuxer}', which is not a recording: playlists and the like are not followed. Leave it " +
                    "out.", _problem);
        }

        if (_process.ExitCode == 0 && said is null && !_whole)
        {
            var end = _log.Seconds?.ToString("0.##", CultureInfo.InvariantCulture);
            return new AudioFormatException(_name,
                $"there are no samples in the requested part{(end is null ? "" : $"; it ends at {end} s")}.", _problem);
        }

        if (_process.ExitCode == 0 && said is null && _problem is not null) return _problem;
        var nothing = _problem is null ? "no samples" : "no audio";
        var how = _process.ExitCode == 0 ? $"ffmpeg found {nothing}" : $"ffmpeg failed with exit code {_process.ExitCode}";
        return new AudioFormatException(_name, $"{how}{(said is null ? "" : $" ({said})")}. The file is damaged or not audio.",
            _problem);
    }

    private void Feed()
    {
        var buffer = new byte[1 << 16];
        using var input = _process.StandardInput.BaseStream;
        while (true)
        {
            int got;
            try
            {
                got = _content.Read(buffer);
            }
            catch (Exception e)
            {
                _feedError = e;
                return;
            }

            if (got == 0) return;
            if (Interlocked.Add(ref _fed, got) > MostPiped && !_content.CanSeek)
            {
                _feedError = new IOException(
                    $"more than {MostPiped >> 30} GiB came through a pipe. Save the recording as a file.");
                Kill();
                return;
            }

            try
            {
                input.Write(buffer, 0, got);
            }
            catch (Exception e) when (e is IOException or ObjectDisposedException)
            {
                return; // it has exited, or has all the input it wants
            }

            Progress();
        }
    }

    private void Listen()
    {
        var buffer = new byte[4096];
        try
        {
            for (int got; (got = _process.StandardError.BaseStream.Read(buffer)) > 0;) _log.Add(buffer.AsSpan(0, got));
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // The process is gone; its earlier messages say why.
        }

        _log.EndLine();
        _log.LengthRead.Set();
    }

    private void Progress() => Interlocked.Exchange(ref _progress, _clock.ElapsedTicks);

    private void Watch()
    {
        if (_content.Waiting)
        {
            // A pipe that is fed slowly is not the decoder's fault.
            _starved += _period;
            Progress();
            return;
        }

        // It reads all of its input before its first sample; a large file takes a while.
        var fed = Interlocked.Read(ref _fed);
        if (_reader is null && fed > _fedBefore) _starved += _period;
        _fedBefore = fed;
        var now = _clock.Elapsed;
        if (now - TimeSpan.FromSeconds((double)Interlocked.Read(ref _progress) / Stopwatch.Frequency) > _patience)
        {
            _ended ??= $"ffmpeg produced no output for {_patience.TotalSeconds:0.#} s";
            Kill();
        }
        else if ((_reader is { } reader ? (double)reader.Frames / reader.SampleRate : 0) is var seconds
            && now - _starved > _patience + TimeSpan.FromSeconds(seconds))
        {
            _ended ??= $"ffmpeg produced {seconds:0.#} s of audio in {now.TotalSeconds:0.#} s";
            Kill();
        }
    }

    private void Kill()
    {
        try
        {
            _process.Kill(entireProcessTree: true);
        }
        catch (Exception e) when (e is InvalidOperationException or Win32Exception or AggregateException)
        {
            // It has exited by itself.
        }
    }

    /// <summary>Counts what it reads, and reports every read that returned data.</summary>
    private sealed class WatchedStream(Stream inner, Action progress) : ForwardStream
    {
        private long _bytes;

        public long Bytes => Interlocked.Read(ref _bytes);

        public override int Read(Span<byte> buffer)
        {
            var got = inner.Read(buffer);
            if (got == 0) return 0;
            Interlocked.Add(ref _bytes, got);
            progress();
            return got;
        }
    }
}
