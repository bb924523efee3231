using Engine.Dsp.Audio.Mpeg;

namespace Engine.Dsp.Tags.Writing;

/// <summary>The genre of an MP3 file: in the ID3v2 tag at its start and, as a number, in the ID3v1 tag at its end.</summary>
internal sealed class MpegEdit : GenreEdit
{
    private readonly FileBytes _file;
    private readonly Id3Edit? _tag;
    private readonly Id3Header? _header;
    private readonly long _v1;
    private readonly bool _startsWithFrame;

    /// <summary>Reads the tags.</summary>
    public MpegEdit(FileBytes file, long audio, string name)
    {
        (_file, _v1) = (file, Id3v1.Start(file));
        _header = Id3Header.At(file, 0);
        if (_header is { } header) _tag = new Id3Edit(file, 0, header, name);
        if (audio > _v1) throw new TagException(name, "there is no audio behind its ID3v2 tag; nothing was written.");
        Span<byte> number = stackalloc byte[1], head = stackalloc byte[MpegHeader.Size];
        _startsWithFrame = file.Fill(audio, head) && MpegHeader.Parse(head) is not null;
        byte? v1 = file.Fill(_v1 + Id3v1.GenreAt, number) ? number[0] : null;
        Old = new(_tag?.Values ?? [], v1) { IsId3 = true };
    }

    /// <inheritdoc/>
    public override string Tag => $"ID3v2.{Version}";

    /// <inheritdoc/>
    public override StoredGenre Old { get; }

    private int Version => _header?.Version ?? 3;

    /// <inheritdoc/>
    public override StoredGenre Wanted(StoredGenre genre) => new(
        genre.IsLiteral ? [Id3Edit.Literal(genre.Values[0], Version)] : genre.Values,
        Old.Number is null ? null : genre.Number ?? Old.Number)
    { IsId3 = true };

    /// <inheritdoc/>
    public override IReadOnlyList<Piece> With(StoredGenre genre)
    {
        var tag = _tag?.With(genre.Values) ?? Id3Edit.New(genre.Values);
        // Without a tag, the file is known by its first frame alone.
        if (tag.Length == 0 && !_startsWithFrame) tag = Id3Edit.Blank();
        var pieces = new List<Piece>
        {
            new NewPiece(tag),
            new OldPiece(_header?.Total ?? 0, _v1),
        };
        if (genre.Number is { } number)
        {
            pieces.Add(new OldPiece(_v1, _v1 + Id3v1.GenreAt));
            pieces.Add(new NewPiece([number]));
        }

        return pieces;
    }
}
