namespace Engine.Dsp.Audio;

/// <summary>Reads frames from a stream positioned at the first one, and mixes them to mono, block by block.</summary>
internal sealed class SampleReader : IMonoReader
{
    private const int BlockBytes = 1 << 16; // stays in the second-level cache between reading and converting

    private readonly Stream _stream;
    private readonly AudioHeader _header;
    private readonly string _name;
    private readonly long _first, _wanted;
    private readonly byte[] _bytes;
    private readonly float[] _mixed;
    private long _done;
    private bool _ended;

    /// <summary>Seeks to the part from <paramref name="offset"/> on, at most <paramref name="duration"/> long, both in
    /// seconds.</summary>
    /// <exception cref="AudioFormatException">The format is not native, or the part holds no sample.</exception>
    /// <exception cref="ArgumentOutOfRangeException">Offset is negative or duration is not positive.</exception>
    public SampleReader(Stream stream, in AudioHeader header, string name, double offset, double? duration)
    {
        CheckPart(offset, duration);
        if (header.Format == SampleFormat.Other)
        {
            throw new AudioFormatException(name, $"{header.Codec} is not read natively. Convert the file to 16-bit WAV.");
        }

        if (header.Frames == 0)
        {
            throw new AudioFormatException(name, header.Missing > 0
                ? $"the file has a header but no samples: the {(double)header.Missing / header.SampleRate:0.###} s that it "
                + "declares "
                    + "are missing. Restore it or leave it out."
                : "the file has a header but no samples. Leave it out.");
        }

        (_stream, _header, _name) = (stream, header, name);
        _first = ToFrames(offset, header.SampleRate);
        _wanted = duration is { } d ? Math.Max(1, ToFrames(d, header.SampleRate)) : long.MaxValue;
        if (_first >= header.Frames) throw PastEnd(name, offset, header);
        if (header.Frames is { } frames) Declared = Math.Min(_wanted, frames - _first);
        HeaderReader.Skip(stream, _first * header.FrameBytes, name);
        _bytes = new byte[(int)Math.Min(Math.Max(1, BlockBytes / header.FrameBytes),
            Declared ?? long.MaxValue) * header.FrameBytes];
        _mixed = header.Channels > 1 ? new float[_bytes.Length / header.SampleBytes] : [];
        Levels = new(header.Channels, header.Format is SampleFormat.Float32 or SampleFormat.Float64);
    }

    /// <inheritdoc/>
    public int SampleRate => _header.SampleRate;

    /// <inheritdoc/>
    public int Channels => _header.Channels;

    /// <inheritdoc/>
    /// <remarks>Unknown for a pipe, whose header cannot be checked against the content in advance.</remarks>
    public long? Length => _stream.CanSeek ? Declared : null;

    /// <inheritdoc/>
    public long? Declared { get; }

    /// <inheritdoc/>
    public ChannelLevels Levels { get; }

    /// <summary>Frames read so far.</summary>
    public long Frames => _done;

    /// <summary>Rejects an impossible part: a programming error, not a fault of the file.</summary>
    public static void CheckPart(double offset, double? duration)
    {
        if (!(offset >= 0 && offset <= 1e9))
        {
            throw new ArgumentOutOfRangeException(nameof(offset), $"Read: offset is {offset} s; it must be 0 to 1e9.");
        }

        if (duration is { } d && !(d > 0 && d <= 1e9))
        {
            throw new ArgumentOutOfRangeException(nameof(duration), $"Read: duration is {d} s; it must be above 0, at most 1e9.");
        }
    }

    /// <inheritdoc/>
    public int Read(Span<float> mono)
    {
        var filled = 0;
        while (filled < mono.Length && !_ended)
        {
            var left = Math.Min(_wanted, _header.Frames - _first ?? long.MaxValue) - _done;
            var frames = (int)Math.Min(Math.Min(_bytes.Length / _header.FrameBytes, mono.Length - filled), left);
            var got = frames == 0 ? 0 : ReadBlock(mono.Slice(filled, frames));
            _ended = got < frames || frames == 0;
            filled += got;
        }

        return filled;
    }

    /// <inheritdoc/>
    public string? Finish()
    {
        if (_done == 0) throw new AudioFormatException(_name, "the requested part holds no samples.");
        var missing = (Declared ?? _done) - _done; // for a pipe, the length is known only at the end
        if (missing > 0 && _stream.CanSeek) throw new AudioFormatException(_name, "the file became shorter while it was read.");
        if (_first + _done + missing == _header.Frames) missing += _header.Missing;
        Short = missing > 0;
        var end = (double)(_first + _done);
        return Damage.Of(_name, (end + missing) / SampleRate, end / SampleRate, Damage.Unheard);
    }

    /// <inheritdoc/>
    public bool Short { get; private set; }

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    /// <summary>The frame at a time.</summary>
    public static long ToFrames(double seconds, int rate) => (long)Math.Round(seconds * rate);

    private int ReadBlock(Span<float> target)
    {
        var block = _bytes.AsSpan(0, target.Length * _header.FrameBytes);
        var got = _stream.ReadAtLeast(block, block.Length, throwOnEndOfStream: false) / _header.FrameBytes;
        block = block[..(got * _header.FrameBytes)];
        target = target[..got];
        if (_header.Channels == 1)
        {
            SampleDecoder.Decode(block, _header, target);
            Levels.Add(target, target);
        }
        else
        {
            var interleaved = _mixed.AsSpan(0, got * _header.Channels);
            SampleDecoder.Decode(block, _header, interleaved);
            SampleDecoder.Mean(interleaved, _header.Channels, target);
            Levels.Add(interleaved, target, interleaved: true);
            // a mean may be smaller than its terms
            if (_header.Format is SampleFormat.Float32 or SampleFormat.Float64) Tiny.Flush(target);
        }

        FiniteSamples.Check(target, _first + _done, SampleRate, _name);
        _done += got;
        return got;
    }

    private static AudioFormatException PastEnd(string name, double offset, in AudioHeader header) => new(name,
        $"the offset of {offset} s is past its end at {(double)(header.Frames ?? 0) / header.SampleRate:0.###} s.");
}
