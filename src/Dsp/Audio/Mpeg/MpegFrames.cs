using System.Buffers;
using System.Buffers.Binary;

namespace Engine.Dsp.Audio.Mpeg;

/// <summary>
/// Finds the frames of an MPEG audio stream. A frame is one that starts where the last ended; anywhere else, only if others of
/// its kind follow. Tags are passed over. Bytes between two frames that belong to neither are a loss; those before the first
/// and after the last are not.
/// </summary>
internal sealed class MpegFrames(Stream stream, string name)
{
    /// <summary>More bytes than any frame has.</summary>
    public const int LargestFrame = 8192;

    /// <summary>As many bytes tell whether a tag starts.</summary>
    public const int TagBytes = 32;

    private const int BufferBytes = 1 << 16, Chain = 2, MostSearches = 64;

    private static readonly SearchValues<byte> s_starts = SearchValues.Create([0xFF, (byte)'T', (byte)'A', (byte)'I']);

    private readonly byte[] _buffer = new byte[BufferBytes];
    private int _at, _end;
    private bool _streamEnded, _synced;
    private MpegHeader? _first;
    private int _freeBytes; // of a frame of free format, without padding
    private int _searches;  // for its length, which are slow
    private long _pending;  // bytes passed since the last frame
    private double _seconds;

    /// <summary>Bytes between frames that belong to none.</summary>
    public long Lost { get; private set; }

    /// <summary>Bytes of frames.</summary>
    public long FrameBytes { get; private set; }

    /// <summary>How many frames were found.</summary>
    public long Count { get; private set; }

    /// <summary>How long they last.</summary>
    public double Seconds => _seconds;

    /// <summary>Whether frames follow bytes that start nothing known; video, which holds such frames too, excepted.</summary>
    public static bool StartIn(ReadOnlySpan<byte> start)
    {
        if (start.StartsWith((ReadOnlySpan<byte>)[0, 0, 1])) return false;
        try
        {
            var frames = new MpegFrames(new MemoryStream(start.ToArray()), "");
            while (frames.Count <= Chain && frames.Next(out _, out _)) { }
            return frames.Count > Chain && frames.Lost == 0;
        }
        catch (AudioFormatException)
        {
            return false;
        }
    }

    /// <summary>Passes over the tags at the start; returns what follows, a few bytes, without consuming it.</summary>
    public ReadOnlySpan<byte> SkipTags()
    {
        while (Fill(TagBytes) >= MpegHeader.Size && Tag(_buffer.AsSpan(_at, _end - _at)) is > 0 and var tag) Skip(tag);
        return _buffer.AsSpan(_at, _end - _at);
    }

    /// <summary>Finds the next frame; false at the end.</summary>
    /// <param name="header">Its header.</param>
    /// <param name="frame">All of it, valid until the next call.</param>
    /// <exception cref="AudioFormatException">Frames of another kind follow: the recording changes its sample rate or
    /// layer.</exception>
    public bool Next(out MpegHeader header, out ReadOnlySpan<byte> frame)
    {
        while (Fill(TagBytes) >= MpegHeader.Size)
        {
            var at = _buffer.AsSpan(_at, _end - _at);
            if (at[0] != 0xFF)
            {
                if (Tag(at) is > 0 and var tag) Skip(tag);
                else Pass();
                continue;
            }

            if (MpegHeader.Parse(at) is not { } found || Length(found) is not (> 0 and var length))
            {
                Pass();
                continue;
            }

            var isKind = _first is not { } first || first.Continues(found);
            if (Fill(length) < length || !(_synced && isKind || IsFollowed(found, length)))
            {
                Pass();
                continue;
            }

            if (!isKind) throw Changes(found);
            if (Count > 0) Lost += _pending;
            (_pending, _synced, _first) = (0, true, _first ?? found);
            (Count, FrameBytes, _seconds) = (Count + 1, FrameBytes + length, _seconds + found.Seconds);
            header = found;
            frame = _buffer.AsSpan(_at, length);
            _at += length;
            return true;
        }

        header = default;
        frame = default;
        return false;
    }

    private AudioFormatException Changes(in MpegHeader found) => new(name,
        $"it changes at {_seconds:0.##} s from {_first!.Value.Kind} to {found.Kind}. Cut it there, or convert it to WAV.");

    /// <summary>Passes over a byte that starts nothing, and more of its kind.</summary>
    private void Pass()
    {
        var rest = _buffer.AsSpan(_at + 1, _end - _at - 1);
        var next = rest.IndexOfAny(s_starts);
        var count = 1 + (next < 0 ? rest.Length : next);
        _at += count;
        _pending += count;
        _synced = false;
    }

    private void Skip(long count)
    {
        var within = (int)Math.Min(count, _end - _at);
        _at += within;
        count -= within;
        if (count > 0 && stream.CanSeek)
        {
            stream.Position = Math.Min(stream.Length, stream.Position + count);
            return;
        }

        while (count > 0 && !_streamEnded)
        {
            _at = _end = 0;
            Fill(1);
            _at = (int)Math.Min(count, _end);
            count -= _at;
        }
    }

    /// <summary>Whether others of a frame's kind follow it, or a tag, or the end.</summary>
    private bool IsFollowed(in MpegHeader frame, int length)
    {
        var (offset, links) = (0, 0);
        for (var last = frame; links < Chain; links++)
        {
            offset += length;
            var available = Fill(offset + TagBytes);
            if (available <= offset) return available == offset && (links > 0 || _first is not null || Count == 0);
            var at = _buffer.AsSpan(_at + offset, available - offset);
            if (Tag(at) > 0) return true;
            if (MpegHeader.Parse(at) is not { } next || !frame.Continues(next)) return false;
            length = next.Bitrate > 0 ? next.Bytes : _freeBytes + next.PaddingBytes;
        }

        return true;
    }

    private int Length(in MpegHeader header)
    {
        if (header.Bitrate > 0) return header.Bytes;
        if (_freeBytes == 0 && _searches < MostSearches && _first is null)
        {
            _searches++;
            SearchFree(header);
        }

        return _freeBytes == 0 ? 0 : _freeBytes + header.PaddingBytes;
    }

    /// <summary>A frame of free format ends where the next starts; two more confirm it.</summary>
    private void SearchFree(in MpegHeader header)
    {
        var available = Fill(4 * LargestFrame);
        var bytes = _buffer.AsSpan(_at, available);
        for (var next = MpegHeader.LeastFrame; next <= LargestFrame - 4 && next + MpegHeader.Size <= available; next++)
        {
            if (bytes[next] != 0xFF || MpegHeader.Parse(bytes[next..]) is not { } second || !header.Continues(second)) continue;
            var length = next - header.PaddingBytes;
            var third = next + length + second.PaddingBytes;
            if (third + MpegHeader.Size > available) return;
            if (MpegHeader.Parse(bytes[third..]) is not { } after || !header.Continues(after)) continue;
            _freeBytes = length;
            return;
        }
    }

    /// <summary>Reads until <paramref name="count"/> bytes are in the buffer, or the end; returns how many are.</summary>
    private int Fill(int count)
    {
        if (_end - _at >= count || _streamEnded) return _end - _at;
        _buffer.AsSpan(_at, _end - _at).CopyTo(_buffer);
        (_end, _at) = (_end - _at, 0);
        while (_end < count && !_streamEnded)
        {
            var got = stream.Read(_buffer.AsSpan(_end));
            _streamEnded = got == 0;
            _end += got;
        }

        return _end;
    }

    /// <summary>The length of the tag that starts here; 0 if none does.</summary>
    public static long Tag(ReadOnlySpan<byte> at)
    {
        if (AudioContent.TagBytes(at) is > 0 and var tag) return tag;
        if (at.StartsWith("TAG"u8)) return 128;
        if (!at.StartsWith("APETAGEX"u8) || at.Length < TagBytes) return 0;
        var isHeader = (at[23] & 0x20) != 0; // the size does not include it; before a footer, the items were passed already
        return isHeader ? TagBytes + BinaryPrimitives.ReadUInt32LittleEndian(at[12..]) : TagBytes;
    }
}
