using System.Buffers.Binary;
using Engine.Dsp.Audio;

namespace Engine.Dsp.Tags.Writing;

/// <summary>
/// The genre in the Vorbis comments of an Ogg file. The header packets are put on pages anew; if there are more or fewer of them,
/// the pages behind them get new numbers and checksums.
/// </summary>
internal sealed class OggEdit : GenreEdit
{
    private const int MostSegments = 255;

    private readonly FileBytes _file;
    private readonly OggHeaders _headers;
    private readonly CommentsEdit _comments;
    private readonly string _name;

    /// <summary>Reads the comments.</summary>
    /// <exception cref="TagException">The headers are damaged.</exception>
    public OggEdit(FileBytes file, string name)
    {
        (_file, _name, _headers) = (file, name, OggHeaders.Read(file, name));
        if (_headers.Packets[0].Length < Magic) throw new TagException(name, "its Ogg headers are cut short or damaged.");
        _comments = new(_headers.Packets[0][Magic..], name);
        Old = new(_comments.Values, null);
    }

    /// <inheritdoc/>
    public override string Tag => "Vorbis comments";

    /// <inheritdoc/>
    public override StoredGenre Old { get; }

    private int Magic => _headers.Codec.Magic;

    /// <inheritdoc/>
    public override IReadOnlyList<Piece> With(StoredGenre genre)
    {
        byte[] packet = [.. _headers.Packets[0][..Magic], .. _comments.With(genre.Values) ?? CommentsEdit.Empty()];
        if (_headers.Codec.Format == "Ogg FLAC")
        {
            // The packet is a metadata block, whose header has the size.
            var size = packet.Length - Magic;
            if (size > FlacBlock.Largest) throw new TagException(_name, $"its comments would have {size} bytes.");
            (packet[1], packet[2], packet[3]) = ((byte)(size >> 16), (byte)(size >> 8), (byte)size);
        }

        var pages = Pages([packet, .. _headers.Packets.Skip(1)]);
        var shift = pages.Count - _headers.Pages;
        return
        [
            new OldPiece(0, _headers.First.Content + _headers.First.Size),
            .. pages.Select(p => new NewPiece(p)),
            shift == 0 ? new OldPiece(_headers.End, _file.Length) : new RenumberedPages(_headers, shift, _name),
        ];
    }

    private List<byte[]> Pages(IReadOnlyList<byte[]> packets)
    {
        byte[] segments = [.. packets.SelectMany(p =>
            Enumerable.Repeat((byte)255, p.Length / 255).Append((byte)(p.Length % 255)))];
        byte[] content = [.. packets.SelectMany(p => p)];
        var pages = new List<byte[]>();
        for (var (at, from) = (0, 0); at < segments.Length;)
        {
            var own = segments[at..Math.Min(at + MostSegments, segments.Length)];
            var size = own.Sum(s => s);
            byte[] page = [.. "OggS\0"u8, .. new byte[OggPage.Fixed - 5], .. own, .. content[from..(from + size)]];
            if (at > 0 && segments[at - 1] == 255) page[OggPage.FlagsAt] |= OggPage.Continued;
            at += own.Length;
            from += size;
            if (at == segments.Length) page[OggPage.FlagsAt] |= (byte)(_headers.LastPage.Flags & OggPage.Last);
            // A page on which no packet ends has no granule.
            var granule = own.Any(s => s < 255) ? _headers.LastPage.Granule : -1;
            BinaryPrimitives.WriteInt64LittleEndian(page.AsSpan(OggPage.GranuleAt), granule);
            BinaryPrimitives.WriteUInt32LittleEndian(page.AsSpan(OggPage.SerialAt), _headers.First.Serial);
            BinaryPrimitives.WriteUInt32LittleEndian(page.AsSpan(OggPage.SequenceAt),
                _headers.First.Sequence + 1 + (uint)pages.Count);
            page[OggPage.SegmentsAt] = (byte)own.Length;
            OggChecksum.Put(page);
            pages.Add(page);
        }

        return pages;
    }

    /// <summary>The pages behind the headers with other numbers, up to the next stream.</summary>
    private sealed class RenumberedPages(OggHeaders headers, int shift, string name) : Piece
    {
        public override void CopyTo(FileBytes source, Stream to)
        {
            var at = headers.End;
            while (at < source.Length)
            {
                if (OggPage.At(source, at) is not { } page) throw Damaged(at);
                // The next stream counts its own pages.
                if ((page.Flags & OggPage.First) != 0) break;
                var bytes = new byte[page.Bytes.Length + page.Size];
                if (!source.Fill(at, bytes) || !OggChecksum.IsRight(bytes)) throw Damaged(at);
                if (page.Serial == headers.First.Serial)
                {
                    BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(OggPage.SequenceAt), (uint)(page.Sequence + shift));
                    OggChecksum.Put(bytes);
                }

                to.Write(bytes);
                at += bytes.Length;
            }

            new OldPiece(at, source.Length).CopyTo(source, to);
        }

        private TagException Damaged(long at) => new(name,
            $"the Ogg page at byte {at} is damaged, so that it cannot be numbered anew. The file was left as it is.");
    }
}
