using System.Buffers.Binary;
using System.Text;
using Engine.Dsp.Audio;

namespace Engine.Dsp.Tags;

/// <summary>A chunk of a RIFF or AIFF file.</summary>
/// <param name="Id">Its four letters.</param>
/// <param name="Start">Where its header of eight bytes starts.</param>
/// <param name="Size">Bytes of its content, without a padding byte.</param>
internal readonly record struct Chunk(string Id, long Start, long Size)
{
    /// <summary>Bytes of a header.</summary>
    public const int Header = 8;

    /// <summary>Where its content starts.</summary>
    public long Content => Start + Header;

    /// <summary>Where its content ends.</summary>
    public long End => Content + Size;

    /// <summary>Where the next chunk starts: chunks have an even number of bytes.</summary>
    public long Next => End + (Size & 1);
}

/// <summary>
/// The chunks of RIFF (WAV) and AIFF files and the tags in them: an ID3v2 tag in <c>id3 </c> or <c>ID3 </c>, RIFF's
/// <c>INFO</c> list, AIFF's <c>NAME</c> and <c>AUTH</c>. Sources: Microsoft, "Multimedia Programming Interface and Data
/// Specifications 1.0"; Apple, "Audio Interchange File Format".
/// </summary>
internal static class Chunks
{
    private const int Twelve = 12; // bytes before the first chunk

    /// <summary>Lists the chunks from <paramref name="at"/> on; the last may claim more than the file has.</summary>
    public static IEnumerable<Chunk> Walk(FileBytes file, long at, long end, bool bigEndian)
    {
        var head = new byte[Chunk.Header];
        for (var count = 0; count < TagLimits.Parts && at + head.Length <= end && file.Fill(at, head); count++)
        {
            long size = bigEndian ? BinaryPrimitives.ReadUInt32BigEndian(head.AsSpan(4))
                : BinaryPrimitives.ReadUInt32LittleEndian(head.AsSpan(4));
            var chunk = new Chunk(Encoding.Latin1.GetString(head, 0, 4), at, size);
            yield return chunk;
            at = chunk.Next;
        }
    }

    /// <summary>Whether a chunk holds an ID3v2 tag.</summary>
    public static bool IsId3(Chunk chunk) => chunk.Id is "id3 " or "ID3 ";

    /// <summary>Reads the tags of a WAV file.</summary>
    public static void ReadRiff(FileBytes file, bool bigEndian, TagCollector to)
    {
        Chunk? id3 = null;
        var lists = new List<Chunk>();
        var form = new byte[4];
        long? wide = null; // of RF64, whose data chunk says 0xFFFFFFFF
        var at = (long)Twelve;
        while (at < file.Length)
        {
            var next = file.Length;
            foreach (var chunk in Walk(file, at, file.Length, bigEndian))
            {
                if (IsId3(chunk)) id3 ??= chunk;
                else if (chunk.Id == "LIST" && lists.Count < TagLimits.Values && file.Fill(chunk.Content, form)
                    && form.AsSpan().SequenceEqual("INFO"u8)) lists.Add(chunk);
                else if (chunk.Id == "ds64") wide ??= Wide(file, chunk);
                else if (chunk.Id == "data" && chunk.Size == uint.MaxValue && wide is { } size)
                {
                    (next, wide) = (chunk.Content + size + (size & 1), null);
                    break;
                }
            }

            at = Math.Max(at + 1, next);
        }

        if (id3 is { } tag) Id3v2.Read(file, tag.Content, to);
        foreach (var list in lists)
        {
            to.Begin("INFO");
            if (list.End > file.Length) to.Note("the INFO list is cut short");
            foreach (var entry in Walk(file, list.Content + 4, Math.Min(list.End, file.Length), bigEndian))
                if (InfoField(entry.Id) is { } field) AddText(file, entry, field, to);
        }
    }

    /// <summary>Reads the tags and the properties of an AIFF file.</summary>
    /// <param name="file">The file.</param>
    /// <param name="to">Receives the values.</param>
    /// <returns>Sample rate, channels and frames, if the file says them.</returns>
    public static (double Rate, int Channels, uint Frames)? ReadAiff(FileBytes file, TagCollector to)
    {
        Chunk? id3 = null;
        var texts = new List<(Chunk, TagField)>();
        (double, int, uint)? common = null;
        foreach (var chunk in Walk(file, Twelve, file.Length, bigEndian: true))
        {
            if (IsId3(chunk)) id3 ??= chunk;
            else if (chunk.Id == "COMM") common ??= Common(file, chunk);
            else if (chunk.Id is "NAME" or "AUTH" && texts.Count < TagLimits.Values)
                texts.Add((chunk, chunk.Id == "NAME" ? TagField.Title : TagField.Artist));
        }

        if (id3 is { } tag) Id3v2.Read(file, tag.Content, to);
        if (texts.Count > 0) to.Begin("AIFF");
        foreach (var (chunk, field) in texts) AddText(file, chunk, field, to);
        return common;
    }

    private static void AddText(FileBytes file, Chunk chunk, TagField field, TagCollector to)
    {
        if (chunk.Size > TagLimits.Text || chunk.End > file.Length)
        {
            to.Note($"chunk {chunk.Id} claims {chunk.Size} bytes of text and was passed over");
            return;
        }

        var text = new byte[chunk.Size];
        file.Fill(chunk.Content, text);
        to.Add(field, TagText.Unstated(text));
    }

    private static TagField? InfoField(string id) => id switch
    {
        "IART" => TagField.Artist,
        "IPRD" => TagField.Album,
        "INAM" => TagField.Title,
        "IGNR" => TagField.Genre,
        "ICRD" => TagField.Year,
        "ITRK" or "IPRT" => TagField.Track,
        _ => null,
    };

    private static long? Wide(FileBytes file, Chunk chunk)
    {
        Span<byte> sizes = stackalloc byte[16];
        return file.Fill(chunk.Content, sizes) && BinaryPrimitives.ReadInt64LittleEndian(sizes[8..]) is var size
            && size >= 0 && size <= file.Length ? size : null;
    }

    private static (double, int, uint)? Common(FileBytes file, Chunk chunk)
    {
        Span<byte> bytes = stackalloc byte[18];
        if (!file.Fill(chunk.Content, bytes)) return null;
        var rate = AiffReader.ReadExtended(bytes[8..]);
        return rate is >= AudioHeader.LowestRate and <= AudioHeader.HighestRate
            && BinaryPrimitives.ReadUInt16BigEndian(bytes) is > 0 and <= AudioHeader.MostChannels and var channels
            ? (rate, channels, BinaryPrimitives.ReadUInt32BigEndian(bytes[2..])) : null;
    }
}
