namespace Engine.Dsp.Tags.Writing;

/// <summary>
/// The genre in a FLAC file's Vorbis comments. Padding blocks shrink and grow, so that the audio stays where it is.
/// </summary>
internal sealed class FlacEdit : GenreEdit
{
    private readonly FileBytes _file;
    private readonly List<FlacBlock> _blocks;
    private readonly CommentsEdit? _comments;
    private readonly int _place; // of the comments among the blocks; -1 if there are none
    private readonly string _name;

    /// <summary>Reads the comments of the stream that starts at <paramref name="at"/>.</summary>
    /// <exception cref="TagException">The blocks are damaged.</exception>
    public FlacEdit(FileBytes file, long at, string name)
    {
        (_file, _name) = (file, name);
        _blocks = FlacBlocks.List(file, at) is [{ Type: FlacBlock.StreamInfo }, ..] blocks ? blocks
            : throw new TagException(name, "its metadata blocks are cut short or damaged. Repair the file with flac -F first.");
        _place = _blocks.FindIndex(b => b.Type == FlacBlock.Comments);
        if (_place >= 0) _comments = new(Content(_blocks[_place]), name);
        Old = new(_comments?.Values ?? [], null);
    }

    /// <inheritdoc/>
    public override string Tag => "Vorbis comments";

    /// <inheritdoc/>
    public override StoredGenre Old { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<Piece> With(StoredGenre genre)
    {
        var content = (_comments ?? new(CommentsEdit.Empty(), _name)).With(genre.Values);
        if (content?.Length > FlacBlock.Largest)
            throw new TagException(_name, $"its comments would have {content.Length} bytes; a block has at most "
                + $"{FlacBlock.Largest}. Remove a picture or long comments first.");
        var blocks = _blocks.Select(b => (b.Type, b.Size, Bytes: (byte[]?)null)).ToList();
        var growth = (content is null ? 0 : FlacBlock.Header + content.Length)
            - (_place < 0 ? 0 : FlacBlock.Header + _blocks[_place].Size);
        var padding = _blocks.FindIndex(b => b.Type == FlacBlock.Padding
            && b.Size - growth is >= 0 and <= FlacBlock.Largest);
        if (padding >= 0)
            blocks[padding] = (FlacBlock.Padding, _blocks[padding].Size - growth, new byte[_blocks[padding].Size - growth]);
        var starts = _blocks.ConvertAll(b => b.Content);
        if (_place < 0 && content is not null)
        {
            blocks.Insert(1, (FlacBlock.Comments, content.Length, content));
            starts.Insert(1, 0);
        }
        else if (_place >= 0 && content is not null)
        {
            blocks[_place] = (FlacBlock.Comments, content.Length, content);
        }
        else if (_place >= 0)
        {
            blocks.RemoveAt(_place);
            starts.RemoveAt(_place);
        }

        var pieces = new List<Piece> { new OldPiece(0, _blocks[0].Start) };
        for (var i = 0; i < blocks.Count; i++)
        {
            var (type, size, bytes) = blocks[i];
            var last = i == blocks.Count - 1 ? 0x80 : 0;
            pieces.Add(new NewPiece([(byte)(last | type), (byte)(size >> 16), (byte)(size >> 8), (byte)size]));
            pieces.Add(bytes is null ? new OldPiece(starts[i], starts[i] + size) : new NewPiece(bytes));
        }

        pieces.Add(new OldPiece(_blocks[^1].End, _file.Length));
        return pieces;
    }

    private byte[] Content(FlacBlock block)
    {
        var bytes = new byte[block.Size];
        _file.Fill(block.Content, bytes);
        return bytes;
    }
}
