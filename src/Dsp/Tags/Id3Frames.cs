using System.Buffers.Binary;
using System.Text;

namespace Engine.Dsp.Tags;

/// <summary>A frame of an ID3v2 tag.</summary>
/// <param name="Id">Its name, such as <c>TCON</c>; three letters in ID3v2.2.</param>
/// <param name="Start">Where it starts in the file.</param>
/// <param name="Size">Bytes of its content.</param>
/// <param name="Flags">Its format flags: the second byte.</param>
internal readonly record struct Id3Frame(string Id, long Start, long Size, byte Flags);

/// <summary>
/// Walks through the frames of an ID3v2.2, 2.3 or 2.4 tag. Sources: id3.org, "ID3v2.2.0", "ID3v2.3.0", "ID3v2.4.0 structure".
/// </summary>
internal sealed class Id3Frames
{
    // Of a frame's format flags, in version 3 and in version 4.
    private const byte Compressed3 = 0x80, Encrypted3 = 0x40, Grouped3 = 0x20;
    private const byte Grouped4 = 0x40, Compressed4 = 0x08, Encrypted4 = 0x04, Unsynchronised4 = 0x02, HasLength4 = 0x01;

    private readonly FileBytes _file;
    private readonly Id3Header _header;
    private readonly Action<string> _note;
    private readonly PartInput _raw;
    private readonly SynchronisedInput? _decoded;
    private readonly TagInput _input;
    private readonly long _end;
    private long _left; // bytes of the current frame's content that were not read

    /// <summary>Starts at the tag whose header is at <paramref name="at"/>.</summary>
    public Id3Frames(FileBytes file, long at, Id3Header header, Action<string> note)
    {
        (_file, _header, _note) = (file, header, note);
        _end = at + Id3Header.Bytes + header.Size;
        if (_end > file.Length) note("the ID3v2 tag is cut short");
        _raw = new PartInput(file, at + Id3Header.Bytes, _end);
        _decoded = header.IsUnsynchronised && header.Version < 4 ? new(_raw) : null;
        _input = (TagInput?)_decoded ?? _raw;
        if (header.IsExtended && !PassExtended()) note("the extended header of the ID3v2 tag is cut short");
        FramesStart = Position;
    }

    /// <summary>Where the first frame starts.</summary>
    public long FramesStart { get; }

    /// <summary>Where in the file the next unread byte is.</summary>
    public long Position => _decoded?.Position ?? _raw.Position;

    /// <summary>The bytes of an extended header: its flags say whether it has a checksum.</summary>
    public byte[] Extended { get; private set; } = [];

    /// <summary>The frame that <see cref="MoveNext"/> found.</summary>
    public Id3Frame Current { get; private set; }

    /// <summary>Whether the walk ended at padding or at the tag's end, not at something broken.</summary>
    public bool IsWhole { get; private set; }

    /// <summary>Goes to the next frame; false at the padding, at the end, and where the tag is broken.</summary>
    public bool MoveNext()
    {
        if (!_input.Skip(_left)) return Broken("is cut short");
        var (start, v2) = (Position, _header.Version == 2);
        Span<byte> head = stackalloc byte[v2 ? 6 : 10];
        var got = _input.Read(head);
        if (got < head.Length || head[0] == 0)
        {
            // Fewer bytes than a frame needs are padding, too.
            IsWhole = _end <= _file.Length && (got == 0 || head[0] == 0);
            PaddingStart = start;
            return false;
        }

        var id = head[..(v2 ? 3 : 4)];
        foreach (var letter in id)
        {
            // Some programs fill the fourth letter of a name from version 2 with a space.
            if (!char.IsAsciiLetterUpper((char)letter) && !char.IsAsciiDigit((char)letter) && letter != ' ')
                return Broken("has a frame whose name is not one");
        }

        var size = v2 ? head[3] << 16 | head[4] << 8 | head[5]
            : _header.Version == 3 ? BinaryPrimitives.ReadUInt32BigEndian(head[4..]) : Size4(head[4..8], start);
        if (size > _end - Position) return Broken("has a frame that is longer than the tag");
        Current = new(Encoding.ASCII.GetString(id), start, size, v2 ? (byte)0 : head[9]);
        _left = size;
        return true;
    }

    /// <summary>Where the padding starts, once there are no more frames.</summary>
    public long PaddingStart { get; private set; }

    /// <summary>Passes over the current frame and returns where it ends in the file.</summary>
    public long PassCurrent()
    {
        _input.Skip(_left);
        _left = 0;
        return Position;
    }

    /// <summary>The current frame's content; null, with a note, if it is too long, compressed or encrypted.</summary>
    public byte[]? ReadContent()
    {
        var (flags, v3) = (Current.Flags, _header.Version == 3);
        if ((flags & (v3 ? Compressed3 | Encrypted3 : Compressed4 | Encrypted4)) != 0 && _header.Version > 2)
            return Passed("is compressed or encrypted");
        if (Current.Size > TagLimits.Text) return Passed($"has {Current.Size} bytes; at most {TagLimits.Text} are read");
        var content = new byte[Current.Size];
        var got = _input.Read(content);
        _left -= got;
        if (got < content.Length) return Passed("is cut short");
        if (_header.Version == 4 && ((flags & Unsynchronised4) != 0 || _header.IsUnsynchronised))
            content = SynchronisedInput.Undo(content);
        var extra = _header.Version == 2 ? 0
            : v3 ? (flags & Grouped3) != 0 ? 1 : 0
            : ((flags & Grouped4) != 0 ? 1 : 0) + ((flags & HasLength4) != 0 ? 4 : 0);
        return content[Math.Min(extra, content.Length)..];
    }

    private byte[]? Passed(string why)
    {
        _note($"ID3v2 frame {Current.Id} {why} and was passed over");
        return null;
    }

    private bool Broken(string why)
    {
        _note($"the ID3v2 tag {why}; the rest of it was passed over");
        return false;
    }

    // iTunes wrote sizes of version 4 as plain numbers. They differ from 128 on: the one behind which a frame or the padding
    // follows is meant.
    private long Size4(ReadOnlySpan<byte> bytes, long start)
    {
        long plain = BinaryPrimitives.ReadUInt32BigEndian(bytes), safe = Id3Header.Synchsafe(bytes);
        if (plain < 0x80) return plain;
        if (((bytes[0] | bytes[1] | bytes[2] | bytes[3]) & 0x80) != 0) return plain;
        return !IsBoundary(start + 10 + safe) && IsBoundary(start + 10 + plain) ? plain : safe;
    }

    private bool IsBoundary(long at)
    {
        if (at == _end) return true;
        Span<byte> id = stackalloc byte[4];
        if (at + id.Length > _end) return at < _end;
        if (!_file.Fill(at, id)) return false;
        return id.SequenceEqual("\0\0\0\0"u8)
            || id.IndexOfAnyExceptInRange((byte)'0', (byte)'Z') < 0 && id.IndexOfAnyInRange((byte)':', (byte)'@') < 0;
    }

    private bool PassExtended()
    {
        Span<byte> size = stackalloc byte[4];
        if (!_input.Fill(size)) return false;
        var length = _header.Version == 3 ? (long)BinaryPrimitives.ReadUInt32BigEndian(size) : Id3Header.Synchsafe(size) - 4;
        if (length is < 0 or > 64) return _input.Skip(Math.Max(0, length));
        var rest = new byte[length];
        if (!_input.Fill(rest)) return false;
        Extended = [.. size, .. rest];
        return true;
    }
}
