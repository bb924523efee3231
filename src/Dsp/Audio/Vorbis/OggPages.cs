using System.Buffers.Binary;

namespace Engine.Dsp.Audio.Vorbis;

/// <summary>
/// Reads the pages of an Ogg stream. A page with a wrong checksum and bytes between pages are passed over. Source: RFC 3533.
/// </summary>
internal sealed class OggPages(Stream stream)
{
    /// <summary>How a page starts: the capture pattern and the version.</summary>
    public static ReadOnlySpan<byte> Pattern => "OggS\0"u8;

    /// <summary>Where the flags are, and three of them: the page continues a packet; it is the stream's first; it is its
    /// last.</summary>
    public const int FlagsAt = 5, Continued = 1, First = 2, Last = 4;

    private const int HeaderBytes = 27, MostSegments = 255, LargestPage = HeaderBytes + MostSegments + MostSegments * 255;

    private readonly byte[] _buffer = new byte[2 * LargestPage];
    private int _at, _end;
    private bool _streamEnded;

    /// <summary>The page's flags.</summary>
    public int Flags { get; private set; }

    /// <summary>The position at the end of the last packet that ends in the page; −1 if none does.</summary>
    public long Granule { get; private set; }

    /// <summary>The logical stream it belongs to.</summary>
    public uint Serial { get; private set; }

    /// <summary>Its number within the stream.</summary>
    public uint Number { get; private set; }

    /// <summary>The lengths of its segments; one below 255 ends a packet.</summary>
    public ReadOnlySpan<byte> Segments => _buffer.AsSpan(_start + HeaderBytes, _buffer[_start + HeaderBytes - 1]);

    /// <summary>The content of all segments.</summary>
    public ReadOnlySpan<byte> Content => _buffer.AsSpan(_start + HeaderBytes + Segments.Length, _contentBytes);

    private int _start, _contentBytes;

    /// <summary>Reads the next page; false at the end. One that is cut is not a page.</summary>
    public bool Next()
    {
        while (Fill(HeaderBytes) >= HeaderBytes)
        {
            var skip = _buffer.AsSpan(_at, _end - _at).IndexOf(Pattern);
            if (skip != 0)
            {
                _at = skip < 0 ? _end - Pattern.Length + 1 : _at + skip;
                continue;
            }

            if (TakePage()) return true;
            _at++;
        }

        return false;
    }

    private bool TakePage()
    {
        var count = _buffer[_at + HeaderBytes - 1];
        if (Fill(HeaderBytes + count) < HeaderBytes + count) return false;
        _contentBytes = 0;
        foreach (var segment in _buffer.AsSpan(_at + HeaderBytes, count)) _contentBytes += segment;
        var size = HeaderBytes + count + _contentBytes;
        if (Fill(size) < size) return false;
        var page = _buffer.AsSpan(_at, size);
        if (!OggChecksum.IsRight(page)) return false;
        Flags = page[FlagsAt];
        Granule = BinaryPrimitives.ReadInt64LittleEndian(page[6..]);
        Serial = BinaryPrimitives.ReadUInt32LittleEndian(page[14..]);
        Number = BinaryPrimitives.ReadUInt32LittleEndian(page[18..]);
        _start = _at;
        _at += size;
        return true;
    }

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
}
