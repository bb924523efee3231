namespace Engine.Dsp.Audio.Vorbis;

/// <summary>
/// Joins the segments of an Ogg file's Vorbis streams to packets. Streams may follow one another; pages of others are passed
/// over.
/// </summary>
internal sealed class OggPackets
{
    private const int LargestPacket = 1 << 20, Padding = 8;

    private readonly OggPages _pages;
    private byte[] _packet = new byte[4096];
    private int _length;
    private bool _isPartial, _isDropped; // a packet has begun; it is too long or its start is missing
    private int _segment, _contentAt; // next in the page
    private uint? _serial, _lastNumber;
    private bool _hasPage, _hasEnded;

    /// <summary>Starts at a stream's first page.</summary>
    public OggPackets(Stream stream) => _pages = new(stream);

    /// <summary>The packet, followed by at least eight more bytes.</summary>
    public ReadOnlySpan<byte> Packet => _packet;

    /// <summary>Its length.</summary>
    public int Length => _length;

    /// <summary>Whether packets are missing before it.</summary>
    public bool AfterGap { get; private set; }

    /// <summary>Whether it is the first of a stream.</summary>
    public bool IsFirst { get; private set; }

    /// <summary>Whether no other packet ends in its page.</summary>
    public bool EndsPage { get; private set; }

    /// <summary>The position at the end of its page.</summary>
    public long Granule => _pages.Granule;

    /// <summary>Whether its page is the last of the stream.</summary>
    public bool OnLastPage => _hasPage && (_pages.Flags & OggPages.Last) != 0;

    /// <summary>The first bytes of the first stream's first packet, if it is not Vorbis.</summary>
    public byte[] Other { get; private set; } = [];

    /// <summary>Pages that are missing, by their numbers.</summary>
    public long Missing { get; private set; }

    /// <summary>Reads the next packet; false at the end.</summary>
    public bool Next()
    {
        AfterGap = false;
        if (!_isPartial) _length = 0;
        while (true)
        {
            if (!_hasPage || _segment == _pages.Segments.Length)
            {
                if (!NextPage()) return false;
                continue;
            }

            var size = _pages.Segments[_segment++];
            Append(_pages.Content.Slice(_contentAt, size));
            _contentAt += size;
            if (size == 255) continue;
            var isDropped = _isDropped;
            (_isPartial, _isDropped) = (false, false);
            if (isDropped)
            {
                _length = 0;
                continue;
            }

            EndsPage = !_pages.Segments[_segment..].ContainsAnyExcept((byte)255);
            IsFirst = (_pages.Flags & OggPages.First) != 0;
            return true;
        }
    }

    private void Append(ReadOnlySpan<byte> bytes)
    {
        if (!_isPartial) _length = 0;
        _isPartial = true;
        if (_length + bytes.Length > LargestPacket) _isDropped = true;
        if (_isDropped) return;
        if (_packet.Length < _length + bytes.Length + Padding) Array.Resize(ref _packet, 2 * (_length + bytes.Length) + Padding);
        bytes.CopyTo(_packet.AsSpan(_length));
        _length += bytes.Length;
    }

    private bool NextPage()
    {
        _hasPage = false;
        while (_pages.Next())
        {
            if ((_pages.Flags & OggPages.First) != 0)
            {
                var isVorbis = VorbisSetup.IsIdentification(_pages.Content);
                if (!isVorbis && Other.Length == 0) Other = _pages.Content[..Math.Min(16, _pages.Content.Length)].ToArray();
                if (!isVorbis || (_serial is not null && !_hasEnded)) continue; // of several at once, the first is read
                (_serial, _lastNumber, _isPartial, _isDropped) = (_pages.Serial, null, false, false);
            }

            if (_pages.Serial != _serial) continue;
            var isNext = _lastNumber is not { } last || _pages.Number == last + 1;
            if (!isNext)
            {
                Missing += _pages.Number > _lastNumber ? _pages.Number - _lastNumber!.Value - 1 : 0;
                AfterGap = true;
                (_isPartial, _isDropped) = (false, false);
            }

            _lastNumber = _pages.Number;
            _hasEnded = (_pages.Flags & OggPages.Last) != 0;
            (_segment, _contentAt, _hasPage) = (0, 0, true);
            var isContinued = (_pages.Flags & OggPages.Continued) != 0;
            if (isContinued && !_isPartial) (_isPartial, _isDropped, _length) = (true, true, 0);
            if (!isContinued && _isPartial) (_isPartial, _isDropped, AfterGap) = (false, false, true);
            return true;
        }

        return false;
    }
}
