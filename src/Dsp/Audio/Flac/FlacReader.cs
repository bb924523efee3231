using System.Numerics;
using System.Runtime.InteropServices;

namespace Engine.Dsp.Audio.Flac;

/// <summary>
/// Reads FLAC: 4 to 32 bits, 1 to 8 channels, blocks of any size. Samples are those of the same recording as WAV, bit by bit.
/// Source: RFC 9639.
/// </summary>
/// <remarks>
/// The samples of a damaged frame are left out, like those of frames that are not there; how many they are follows from the
/// length in the header, or else from the numbers of the frames around them. Positions for offset and duration are those numbers.
/// </remarks>
internal sealed class FlacReader : IMonoReader
{
    private const int PieceSamples = 4096; // stays in the first-level cache between conversion and mixing

    private readonly string _name;
    private readonly StreamInfo _info;
    private readonly FrameSource _frames;
    private readonly SampleDigest? _digest;
    private readonly long _first, _until;
    private readonly float[] _planes; // [channels, piece]
    private long _shift; // from the numbers of the frames to positions
    private long _next = -1; // where the next frame should start; at first unknown
    private long _done, _skipped;
    private int _at, _left; // of the current frame
    private bool _moved, _ended, _disordered;

    /// <summary>Seeks to the part from <paramref name="offset"/> on, at most <paramref name="duration"/> long, both in
    /// seconds.</summary>
    /// <param name="stream">Positioned at its marker.</param>
    /// <param name="name">The file, for messages.</param>
    /// <param name="offset">Where to start.</param>
    /// <param name="duration">How much to read at most; null for all.</param>
    /// <exception cref="AudioFormatException">The header is damaged, or the part is past the end.</exception>
    /// <exception cref="ArgumentOutOfRangeException">Offset is negative or duration is not positive.</exception>
    public FlacReader(Stream stream, string name, double offset, double? duration)
    {
        SampleReader.CheckPart(offset, duration);
        _name = name;
        _info = StreamInfo.Read(stream, name);
        var firstByte = stream.CanSeek ? stream.Position : 0;
        _frames = new(stream, _info, name);
        _first = SampleReader.ToFrames(offset, SampleRate);
        var end = _info.Samples > 0 ? _info.Samples : long.MaxValue;
        if (_first >= end)
        {
            throw new AudioFormatException(name,
                $"the offset of {offset} s is past its end at {(double)end / SampleRate:0.###} s.");
        }

        var wanted = duration is { } d ? Math.Max(1, SampleReader.ToFrames(d, SampleRate)) : long.MaxValue;
        _until = wanted < end - _first ? _first + wanted : end;
        if (_info.Samples > 0) Declared = _until - _first;
        if (offset == 0 && duration is null && _info.Md5.Span.ContainsAnyExcept((byte)0)) _digest = new(Channels, _info.Depth);
        _planes = new float[Channels * PieceSamples];
        Levels = new(Channels, flushed: false);
        Seek(stream, firstByte);
    }

    /// <inheritdoc/>
    public int SampleRate => _info.SampleRate;

    /// <inheritdoc/>
    public int Channels => _info.Channels;

    /// <inheritdoc/>
    /// <remarks>Unknown: a header cannot be checked against the content in advance.</remarks>
    public long? Length => null;

    /// <inheritdoc/>
    public long? Declared { get; }

    /// <inheritdoc/>
    public ChannelLevels Levels { get; }

    /// <inheritdoc/>
    public bool Short { get; private set; }

    /// <inheritdoc/>
    public int Read(Span<float> mono)
    {
        var filled = 0;
        while (filled < mono.Length && (_left > 0 || TryNextFrame()))
        {
            var count = Math.Min(Math.Min(_left, PieceSamples), mono.Length - filled);
            Convert(mono.Slice(filled, count));
            _at += count;
            _left -= count;
            filled += count;
        }

        _done += filled;
        return filled;
    }

    /// <inheritdoc/>
    public string? Finish()
    {
        var damaged = _frames.Damaged;
        var lost = Declared - _done ?? _skipped + LostAtEnd();
        Short = lost > 0;
        var said = damaged == 0 ? null : $"{damaged} damaged {(damaged == 1 ? "frame" : "frames")}";
        var missing = Damage.Of(
            _name, (double)(_done + lost) / SampleRate, (double)_done / SampleRate, Damage.Unheard, said);
        if (_done == 0)
        {
            throw new AudioFormatException(_name, _first > 0
                ? "the requested part holds no samples."
                : $"the file has a header but no samples{(said is null ? "" : $" ({said})")}. Leave it out.");
        }

        if (missing is not null) return missing;
        if (damaged > 0) return $"parts of it are damaged: {said}.";
        if (_disordered || _skipped > 0)
            return "its frames do not follow one another: parts of it are missing or from another recording.";
        return lost > 0 || _digest is null || _digest.Is(_info.Md5.Span) ? null
            : "its samples do not have the MD5 that its header declares: parts of it are damaged or were replaced.";
    }

    /// <inheritdoc/>
    public void Dispose() => _digest?.Dispose();

    /// <summary>Moves near the first sample wanted; a pipe is decoded up to it.</summary>
    private void Seek(Stream stream, long firstByte)
    {
        if (_first == 0 || !stream.CanSeek) return;
        if (_info.Samples == 0)
        {
            if (!_frames.Next()) return;
            _shift = -_frames.Frame.Start;
        }

        _frames.MoveNear(_first - _shift, firstByte);
        _moved = true;
    }

    /// <summary>Decodes frames up to the next one with samples that are wanted.</summary>
    private bool TryNextFrame()
    {
        while (!_ended && _next < _until && _frames.Next())
        {
            var size = _frames.Frame.BlockSize;
            var start = Place(_frames.Frame.Start);
            _next = start + size;
            if (start >= _until) break;
            if (_next <= _first) continue;
            _at = (int)Math.Max(0, _first - start);
            _left = (int)Math.Min(size, _until - start) - _at;
            return true;
        }

        _ended = true;
        return false;
    }

    /// <summary>The position of a frame, and what is missing before it.</summary>
    private long Place(long number)
    {
        if (_next < 0)
        {
            // A stream of unknown length may have been joined while it was sent.
            if (!_moved && _info.Samples == 0) _shift = -number;
            _next = _moved ? Math.Min(_first, number + _shift) : 0;
        }

        var start = number + _shift;
        if (start < _next)
        {
            _disordered = true;
            _shift += _next - start;
            start = _next;
        }

        _skipped += Wanted(_next, start);
        return start;
    }

    /// <summary>How many samples of those from one position to another are wanted.</summary>
    private long Wanted(long from, long to) => Math.Max(0, Math.Min(to, _until) - Math.Max(from, _first));

    /// <summary>The samples of a damaged frame after the last whole one.</summary>
    private long LostAtEnd() => _frames.Failed is { } failed && failed.Start + _shift == Math.Max(0, _next)
        ? Wanted(Math.Max(0, _next), Math.Max(0, _next) + failed.BlockSize) : 0;

    private void Convert(Span<float> mono)
    {
        var planes = _planes.AsSpan(0, Channels * mono.Length);
        var scale = MathF.ScaleB(1, 1 - _info.Depth);
        for (var channel = 0; channel < Channels; channel++)
        {
            var plane = planes.Slice(channel * mono.Length, mono.Length);
            Scale(_frames.Channel(channel).Slice(_at, mono.Length), scale, plane);
            if (channel == 0) plane.CopyTo(mono);
            else AddTo(mono, plane);
        }

        if (Channels > 1) Divide(mono, Channels);
        Levels.Add(planes, mono);
        _digest?.Add(_frames, _at, mono.Length);
    }

    private static void Scale(ReadOnlySpan<int> samples, float scale, Span<float> target)
    {
        var from = MemoryMarshal.Cast<int, Vector<int>>(samples);
        var to = MemoryMarshal.Cast<float, Vector<float>>(target);
        for (var i = 0; i < from.Length; i++) to[i] = Vector.ConvertToSingle(from[i]) * scale;
        for (var i = from.Length * Vector<int>.Count; i < target.Length; i++) target[i] = samples[i] * scale;
    }

    private static void AddTo(Span<float> sum, ReadOnlySpan<float> terms)
    {
        var to = MemoryMarshal.Cast<float, Vector<float>>(sum);
        var from = MemoryMarshal.Cast<float, Vector<float>>(terms);
        for (var i = 0; i < to.Length; i++) to[i] += from[i];
        for (var i = to.Length * Vector<float>.Count; i < sum.Length; i++) sum[i] += terms[i];
    }

    private static void Divide(Span<float> sum, float by)
    {
        var vectors = MemoryMarshal.Cast<float, Vector<float>>(sum);
        foreach (ref var vector in vectors) vector /= new Vector<float>(by);
        foreach (ref var value in sum[(vectors.Length * Vector<float>.Count)..]) value /= by;
    }
}
