using System.Buffers.Binary;

namespace Engine.Dsp.Tags.Writing;

/// <summary>
/// The genre in the ID3v2 tag of a WAV or AIFF file, which lies in a chunk of its own. Only files whose sizes are right are
/// edited.
/// </summary>
internal sealed class ChunkEdit : GenreEdit
{
    private const int First = 12;

    private readonly FileBytes _file;
    private readonly bool _bigEndian;
    private readonly string _name;
    private readonly List<Chunk> _chunks;
    private readonly int _place;
    private readonly Id3Edit? _tag;
    private readonly Id3Header? _header;

    /// <summary>Reads the tag.</summary>
    /// <exception cref="TagException">The sizes of the file's parts do not fit, or the tag is damaged.</exception>
    public ChunkEdit(FileBytes file, bool bigEndian, string name)
    {
        (_file, _bigEndian, _name) = (file, bigEndian, name);
        Span<byte> form = stackalloc byte[First];
        file.Fill(0, form);
        if (!form.StartsWith("RIFF"u8) && !form.StartsWith("FORM"u8))
            throw new TagException(name, "it is a WAV file in a form other than RIFF, whose tag is not written.");
        _chunks = [.. Chunks.Walk(file, First, file.Length, bigEndian)];
        long size = bigEndian ? BinaryPrimitives.ReadUInt32BigEndian(form[4..])
            : BinaryPrimitives.ReadUInt32LittleEndian(form[4..]);
        if (_chunks.Count is 0 or TagLimits.Parts || size != file.Length - Chunk.Header || _chunks[^1].Next != file.Length)
        {
            throw new TagException(name, "the sizes in its header do not fit the file: it is cut short, or was written as a "
                + "stream. Write the file anew first.");
        }

        if (_chunks.Count(Chunks.IsId3) > 1) throw new TagException(name, "it has more than one ID3v2 tag.");
        _place = _chunks.FindIndex(Chunks.IsId3);
        if (_place >= 0 && Id3Header.At(file, _chunks[_place].Content) is { } header)
        {
            if (header.Total > _chunks[_place].Size)
                throw new TagException(name, "its ID3v2 tag is longer than its chunk. Repair the tag with a tag editor first.");
            (_header, _tag) = (header, new Id3Edit(file, _chunks[_place].Content, header, name));
        }

        Old = new(_tag?.Values ?? [], null) { IsId3 = true };
    }

    /// <inheritdoc/>
    public override string Tag => $"ID3v2.{Version}";

    /// <inheritdoc/>
    public override StoredGenre Old { get; }

    private int Version => _header?.Version ?? 3;

    /// <inheritdoc/>
    public override StoredGenre Wanted(StoredGenre genre) =>
        new(genre.IsLiteral ? [Id3Edit.Literal(genre.Values[0], Version)] : genre.Values, null) { IsId3 = true };

    /// <inheritdoc/>
    public override IReadOnlyList<Piece> With(StoredGenre genre)
    {
        var tag = _tag?.With(genre.Values) ?? Id3Edit.New(genre.Values);
        var old = _place >= 0 ? _chunks[_place].Next - _chunks[_place].Start : 0;
        var padded = tag.Length + (tag.Length & 1);
        long size = _file.Length - Chunk.Header - old + (tag.Length > 0 ? Chunk.Header + padded : 0);
        if (size > uint.MaxValue) throw new TagException(_name, "it would have more than 4 GiB.");
        var from = _place >= 0 ? _chunks[_place].Start : _file.Length;
        return
        [
            new OldPiece(0, 4),
            new NewPiece(Number(size)),
            new OldPiece(Chunk.Header, from),
            new NewPiece(tag.Length == 0 ? []
                : [.. _bigEndian ? "ID3 "u8 : "id3 "u8, .. Number(tag.Length), .. tag, .. new byte[tag.Length & 1]]),
            new OldPiece(from + old, _file.Length),
        ];
    }

    private byte[] Number(long value)
    {
        var bytes = new byte[4];
        if (_bigEndian) BinaryPrimitives.WriteUInt32BigEndian(bytes, (uint)value);
        else BinaryPrimitives.WriteUInt32LittleEndian(bytes, (uint)value);
        return bytes;
    }
}
