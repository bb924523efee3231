using System.Buffers.Binary;

namespace Engine.Dsp.Tags;

/// <summary>The header of an Ogg page. Source: RFC 3533.</summary>
/// <param name="Start">Where the page starts in the file.</param>
/// <param name="Bytes">The header, with the table of segments.</param>
internal readonly record struct OggPage(long Start, byte[] Bytes)
{
    /// <summary>Bytes before the table of segments.</summary>
    public const int Fixed = 27;

    /// <summary>Where in the header its fields are.</summary>
    public const int FlagsAt = 5, GranuleAt = 6, SerialAt = 14, SequenceAt = 18, SegmentsAt = 26;

    /// <summary>The flags.</summary>
    public const byte Continued = 1, First = 2, Last = 4;

    /// <summary>The most bytes of a page.</summary>
    public const int Largest = Fixed + 255 + 255 * 255;

    /// <summary>Its flags.</summary>
    public byte Flags => Bytes[FlagsAt];

    /// <summary>Samples up to the end of the last packet that ends on it; -1 if none does.</summary>
    public long Granule => BinaryPrimitives.ReadInt64LittleEndian(Bytes.AsSpan(GranuleAt));

    /// <summary>Which stream it belongs to.</summary>
    public uint Serial => BinaryPrimitives.ReadUInt32LittleEndian(Bytes.AsSpan(SerialAt));

    /// <summary>Its number in the stream.</summary>
    public uint Sequence => BinaryPrimitives.ReadUInt32LittleEndian(Bytes.AsSpan(SequenceAt));

    /// <summary>The lengths of its segments; a packet goes on while they are 255.</summary>
    public ReadOnlySpan<byte> Segments => Bytes.AsSpan(Fixed);

    /// <summary>Where its content starts.</summary>
    public long Content => Start + Bytes.Length;

    /// <summary>Bytes of its content.</summary>
    public int Size
    {
        get
        {
            var size = 0;
            foreach (var segment in Segments) size += segment;
            return size;
        }
    }

    /// <summary>The page at a position, or null.</summary>
    public static OggPage? At(FileBytes file, long at)
    {
        Span<byte> head = stackalloc byte[Fixed];
        if (!file.Fill(at, head) || !head.StartsWith("OggS\0"u8)) return null;
        var bytes = new byte[Fixed + head[SegmentsAt]];
        return file.Fill(at, bytes) ? new(at, bytes) : null;
    }
}

/// <summary>The packets of one Ogg stream, one after the other.</summary>
internal sealed class OggPackets : TagInput
{
    private readonly FileBytes _file;
    private readonly uint _serial;
    private OggPage? _page;
    private int _segment, _left; // of the page's segments; bytes left of the current one
    private long _at;
    private bool _ended; // the packet's last segment was shorter than 255

    /// <summary>Starts at the first packet of a page.</summary>
    public OggPackets(FileBytes file, OggPage first)
    {
        (_file, _page, _serial, _at) = (file, first, first.Serial, first.Content);
        Load();
    }

    /// <summary>How many pages were passed.</summary>
    public int Pages { get; private set; } = 1;

    /// <inheritdoc/>
    public override int Read(Span<byte> to)
    {
        var done = 0;
        while (done < to.Length && Available())
        {
            var part = Math.Min(_left, to.Length - done);
            if (_file.Read(_at, to.Slice(done, part)) < part) return done;
            Advance(part);
            done += part;
        }

        return done;
    }

    /// <inheritdoc/>
    public override bool Skip(long count)
    {
        while (count > 0 && Available())
        {
            var part = (int)Math.Min(_left, count);
            Advance(part);
            count -= part;
        }

        return count == 0;
    }

    /// <summary>Goes to the start of the next packet; false if the stream ends.</summary>
    public bool NextPacket()
    {
        while (Available()) Advance(_left);
        if (!_ended) return false;
        _ended = false;
        Load();
        return _page is not null;
    }

    // Whether the packet has another byte.
    private bool Available()
    {
        while (_left == 0)
        {
            if (_ended || _page is null) return false;
            Load();
        }

        return true;
    }

    private void Advance(int count)
    {
        _at += count;
        _left -= count;
    }

    // The next segment: its length says whether the packet ends with it.
    private void Load()
    {
        while (_page is { } page && _segment == page.Segments.Length)
        {
            var next = page.Start + page.Bytes.Length + page.Size;
            do
            {
                _page = Pages++ < TagLimits.Parts ? OggPage.At(_file, next) : null;
                if (_page is { } other) next = other.Content + other.Size;
            }
            while (_page is { } found && found.Serial != _serial);
            (_segment, _at) = (0, _page?.Content ?? 0);
        }

        if (_page is not { } current) return;
        _left = current.Segments[_segment++];
        _ended = _left < 255;
    }
}
