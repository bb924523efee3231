using System.Buffers.Binary;
using System.Text;

namespace Engine.Dsp.Tags.Writing;

/// <summary>
/// The genre frame of an ID3v2 tag. Other frames keep their bytes and their order; padding is used up and given back, so that
/// the tag keeps its size where it can.
/// </summary>
internal sealed class Id3Edit
{
    private const int NewPadding = 1024;
    private const byte Unsynchronised4 = 0x02;
    private const int LargestTag = 1 << 28;

    private readonly Id3Header _header;
    private readonly byte[] _tag; // as it is stored
    private readonly int _framesStart, _framesEnd;
    private readonly List<(int Start, int End, bool IsGenre)> _frames = [];

    /// <summary>Reads the tag at a position.</summary>
    /// <exception cref="TagException">It is damaged, or has a checksum.</exception>
    public Id3Edit(FileBytes file, long at, Id3Header header, string name)
    {
        _header = header;
        if (header.Total > GenreEdit.LargestTag)
            throw new TagException(name, $"its ID3v2 tag has {header.Total} bytes; at most {GenreEdit.LargestTag} are edited.");
        if (header.Total > file.Length - at)
            throw new TagException(name, "the ID3v2 tag is cut short. Repair the tag with a tag editor first.");
        _tag = new byte[header.Total];
        string? broken = null;
        var frames = new Id3Frames(file, at, header, note => broken ??= note);
        var genres = new List<string>();
        while (broken is null && frames.MoveNext())
        {
            var isGenre = frames.Current.Id == Id3v2.GenreFrame(header.Version);
            if (isGenre && frames.ReadContent() is { } content) genres.AddRange(TagText.Id3Values(content));
            _frames.Add(((int)(frames.Current.Start - at), (int)(frames.PassCurrent() - at), isGenre));
        }

        if (broken is not null || !frames.IsWhole || header.IsCompressed || !file.Fill(at, _tag))
        {
            throw new TagException(name,
                $"{broken ?? "the ID3v2 tag is damaged or compressed"}. Repair the tag with a tag editor first.");
        }

        // A checksum of the frames, or the size of the padding among inserted zeros.
        if (frames.Extended is [_, _, _, _, var flags, .., _] && (header.Version == 3 && ((flags & 0x80) != 0
            || header.IsUnsynchronised) || header.Version == 4 && (frames.Extended[5] & 0x20) != 0))
        {
            throw new TagException(name, "its ID3v2 tag has an extended header with a checksum, which is not edited. "
                + "Write the tag anew with a tag editor first.");
        }

        HasExtended = frames.Extended.Length > 0;
        (_framesStart, _framesEnd) = ((int)(frames.FramesStart - at), (int)(frames.PaddingStart - at));
        while (genres is [.., ""]) genres.RemoveAt(genres.Count - 1);
        Values = genres;
    }

    /// <summary>The values of the genre's frames.</summary>
    public IReadOnlyList<string> Values { get; }

    private bool HasExtended { get; }

    /// <summary>The tag with other values; empty if no frame is left in it.</summary>
    public byte[] With(IReadOnlyList<string> values)
    {
        var frames = new MemoryStream();
        var fresh = values.Count > 0 ? Frame(values, _header) : [];
        foreach (var (start, end, isGenre) in _frames)
        {
            frames.Write(isGenre ? fresh : _tag.AsSpan(start, end - start));
            if (isGenre) fresh = [];
        }

        frames.Write(fresh);
        return frames.Length == 0 ? [] : Assemble(frames.ToArray());
    }

    /// <summary>A new tag of version 2.3 with nothing but the genre.</summary>
    public static byte[] New(IReadOnlyList<string> values)
    {
        if (values.Count == 0) return [];
        var header = new Id3Header(3, 0, 0);
        var frame = Frame(values, header);
        return [.. Head(header, frame.Length), .. frame];
    }

    /// <summary>A tag of version 2.3 with nothing but padding.</summary>
    public static byte[] Blank() => [.. Head(new Id3Header(3, 0, 0), NewPadding), .. new byte[NewPadding]];

    /// <summary>How a name is stored as it is, not as a reference to a number.</summary>
    public static string Literal(string genre, int version) =>
        version < 4 && genre.StartsWith('(') ? "(" + genre : genre;

    private byte[] Assemble(byte[] frames)
    {
        var used = _framesStart - Id3Header.Bytes + frames.Length;
        var size = _header.HasFooter ? used : used <= _header.Size ? _header.Size : used + NewPadding;
        var head = Head(_header, size, _tag);
        var extended = _tag[Id3Header.Bytes.._framesStart];
        // Version 3 says how much padding there is.
        if (HasExtended && _header.Version == 3 && extended.Length >= 10)
            BinaryPrimitives.WriteInt32BigEndian(extended.AsSpan(6), size - used);
        byte[] footer = _header.HasFooter ? [.. "3DI"u8, .. head[3..]] : [];
        return [.. head, .. extended, .. frames, .. new byte[size - used], .. footer];
    }

    private static byte[] Head(Id3Header header, int size, byte[]? like = null)
    {
        if (size >= LargestTag) throw new IOException("an ID3v2 tag has at most 256 MiB.");
        byte[] head = like is null ? [.. "ID3"u8, (byte)header.Version, 0, header.Flags, 0, 0, 0, 0] : like[..Id3Header.Bytes];
        Id3Header.PutSynchsafe(head.AsSpan(6), size);
        return head;
    }

    private static byte[] Frame(IReadOnlyList<string> values, Id3Header header)
    {
        var (text, version) = (string.Join('\0', values), header.Version);
        // 0xFF is avoided where it could look like the start of an MPEG frame.
        byte[] content = text.All(char.IsAscii) || version < 4 && text.All(c => c < 0xFF) ? [0, .. Encoding.Latin1.GetBytes(text)]
            : version == 4 ? [3, .. Encoding.UTF8.GetBytes(text)]
            : [1, 0xFF, 0xFE, .. Encoding.Unicode.GetBytes(text), 0, 0];
        var isEverywhere = header.IsUnsynchronised && version < 4;
        byte[] frame;
        switch (version)
        {
            case 2:
                frame = [.. "TCO"u8, (byte)(content.Length >> 16), (byte)(content.Length >> 8), (byte)content.Length, .. content];
                break;
            case 3:
                frame = [.. "TCON\0\0\0\0\0\0"u8, .. content];
                BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(4), content.Length);
                break;
            default:
                frame = [.. "TCON\0\0\0\0\0"u8, header.IsUnsynchronised ? Unsynchronised4 : (byte)0, .. content];
                Id3Header.PutSynchsafe(frame.AsSpan(4), content.Length);
                break;
        }

        return isEverywhere ? Unsynchronised(frame) : frame;
    }

    private static byte[] Unsynchronised(byte[] bytes)
    {
        var result = new List<byte>(bytes.Length + 4);
        for (var i = 0; i < bytes.Length; i++)
        {
            result.Add(bytes[i]);
            if (bytes[i] == 0xFF && (i + 1 == bytes.Length || bytes[i + 1] is 0 or >= 0xE0)) result.Add(0);
        }

        return [.. result];
    }
}
