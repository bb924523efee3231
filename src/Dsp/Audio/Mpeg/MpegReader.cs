namespace Engine.Dsp.Audio.Mpeg;

/// <summary>
/// Reads MP3 and other MPEG audio as the mean of its channels. Samples that a LAME tag calls padding are dropped as
/// <c>ffmpeg</c> drops them. Frames before the requested part are not decoded, except for the last few.
/// </summary>
internal sealed class MpegReader : IMonoReader
{
    private const double Tolerance = 0.1; // seconds: a splice leaves parts of a frame or two

    private readonly MpegFrames _frames;
    private readonly MpegDecoder _decoder = new();
    private readonly string _name;
    private readonly double _offset;
    private readonly MpegTag _tag;
    private readonly long _first, _wanted;
    private readonly float[] _mono = new float[1152], _both = new float[2 * 1152];
    private MpegHeader _pending; // the first frame, if it holds sound
    private byte[]? _pendingFrame;
    private long _raw; // decoded samples of all frames so far, dropped ones included
    private long _position; // samples of the recording so far
    private long _done;
    private int _at, _end; // of what is left in _mono
    private long _checked, _corrupt;
    private bool _ended;

    private MpegReader(Stream stream, MpegFrames frames, string name, double offset, double? duration)
    {
        (_frames, _name, _offset) = (frames, name, offset);
        if (!frames.Next(out var header, out var frame))
        {
            throw new AudioFormatException(name, "no frame of MPEG audio was found. The file is damaged or not audio.");
        }

        if (MpegTag.Read(header, frame) is { } found) _tag = found;
        else (_pending, _pendingFrame) = (header, frame.ToArray());
        SampleRate = header.SampleRate;
        Channels = header.Channels;
        Levels = new(Channels, flushed: true);
        _first = SampleReader.ToFrames(offset, SampleRate);
        _wanted = duration is { } d ? Math.Max(1, SampleReader.ToFrames(d, SampleRate)) : long.MaxValue;
        if (_tag.Frames is { } count && !(stream.CanSeek && count > stream.Length / MpegHeader.LeastFrame))
        {
            Whole = _tag.SamplesOf(header);
            if (_first < Whole) Declared = Math.Min(_wanted, Whole.Value - _first);
        }
    }

    /// <inheritdoc/>
    public int SampleRate { get; }

    /// <inheritdoc/>
    public int Channels { get; }

    /// <inheritdoc/>
    public long? Length => null;

    /// <inheritdoc/>
    public long? Declared { get; }

    /// <inheritdoc/>
    public ChannelLevels Levels { get; }

    /// <inheritdoc/>
    public bool Short { get; private set; }

    private long? Whole { get; }

    /// <summary>Starts to read; null, and the format's name, if what follows the tags at the start is another format.</summary>
    /// <exception cref="AudioFormatException">There is no frame.</exception>
    public static MpegReader? TryStart(Stream stream, string name, double offset, double? duration, ref string format)
    {
        SampleReader.CheckPart(offset, duration);
        var frames = new MpegFrames(stream, name);
        if (AudioContent.Sniff(frames.SkipTags()) is { } other and not AudioContent.Mp3)
        {
            format = $"{other} after an ID3 tag";
            return null;
        }

        return new MpegReader(stream, frames, name, offset, duration);
    }

    /// <inheritdoc/>
    public int Read(Span<float> mono)
    {
        var filled = 0;
        while (filled < mono.Length && _done < _wanted)
        {
            if (_at == _end && !DecodeNext()) break;
            var count = (int)Math.Min(Math.Min(_end - _at, mono.Length - filled), _wanted - _done);
            _mono.AsSpan(_at, count).CopyTo(mono[filled..]);
            _at += count;
            filled += count;
            _done += count;
        }

        return filled;
    }

    /// <inheritdoc/>
    public string? Finish()
    {
        if (_done == 0)
        {
            throw new AudioFormatException(_name, _first > 0
                ? $"the offset of {_offset} s is past its end at {(double)_position / SampleRate:0.###} s."
                : "it has frames, but no samples. Leave it out.");
        }

        if (!_ended) return null; // what follows the part was not read
        var decoded = (double)_position / SampleRate;
        var missing = Whole is { } whole ? Damage.Of(_name, (double)whole / SampleRate, decoded, Tolerance) : null;
        if (missing is null && _frames.FrameBytes > 0)
        {
            var lost = _frames.Lost * _frames.Seconds / _frames.FrameBytes;
            missing = Damage.Of(_name, decoded + lost, decoded, Tolerance,
                $"{_frames.Lost} bytes between its frames are not audio");
        }

        // An encoder that counts wrong does so in every frame.
        if (missing is null && _corrupt > 0 && 2 * _corrupt < _checked)
        {
            missing = $"parts of it are damaged: {_corrupt} of its {_checked} frames have a wrong checksum.";
        }

        Short = missing is not null;
        return missing;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    /// <summary>Decodes frames up to one with samples that are wanted; false at the end.</summary>
    private bool DecodeNext()
    {
        while (NextFrame(out var header, out var frame))
        {
            var count = header.Samples;
            var (from, to) = Kept(_raw, count);
            _raw += count;
            _position += to - from;
            if (_position + MpegDecoder.Warmup * count <= _first)
            {
                _decoder.Skim(header, frame);
                continue;
            }

            _decoder.Decode(header, frame);
            _checked += header.HasCrc ? 1 : 0;
            _corrupt += _decoder.IsCorrupt ? 1 : 0;
            _end = to;
            _at = (int)Math.Max(from, to - Math.Max(0, _position - _first));
            if (_at >= _end) continue;
            Mix(header.Channels);
            FiniteSamples.Check(_mono.AsSpan(_at, _end - _at), _position - (_end - _at), SampleRate, _name);
            return true;
        }

        _ended = true;
        return false;
    }

    private bool NextFrame(out MpegHeader header, out ReadOnlySpan<byte> frame)
    {
        if (_pendingFrame is null) return _frames.Next(out header, out frame);
        header = _pending;
        frame = _pendingFrame;
        _pendingFrame = null;
        return true;
    }

    /// <summary>The part of a frame, from this sample on, that is not padding.</summary>
    private (int From, int To) Kept(long raw, int count)
    {
        var from = (int)Math.Clamp(_tag.Delay - raw, 0, count);
        var to = raw + count > _tag.Cut && raw < _tag.CutEnd ? (int)Math.Clamp(_tag.Cut - raw, from, count) : count;
        return (from, to);
    }

    private void Mix(int channels)
    {
        var mono = _mono.AsSpan(_at, _end - _at);
        var first = _decoder[0][_at.._end];
        Tiny.Flush(first);
        if (channels == 1 && Channels == 1)
        {
            first.CopyTo(mono);
            Levels.Add(first, mono);
            return;
        }

        var second = _decoder[channels - 1][_at.._end];
        Tiny.Flush(second);
        for (var i = 0; i < mono.Length; i++) mono[i] = (first[i] + second[i]) * 0.5f;
        Tiny.Flush(mono);
        var both = _both.AsSpan(0, 2 * mono.Length);
        first.CopyTo(both);
        second.CopyTo(both[mono.Length..]);
        Levels.Add(both, mono);
    }
}
