using System.Buffers.Binary;

namespace Engine.Dsp.Tags;

/// <summary>A metadata block of a FLAC file.</summary>
/// <param name="Type">What it holds.</param>
/// <param name="Start">Where its header of four bytes starts.</param>
/// <param name="Size">Bytes of its content.</param>
internal readonly record struct FlacBlock(int Type, long Start, int Size)
{
    /// <summary>Kinds of block.</summary>
    public const int StreamInfo = 0, Padding = 1, Comments = 4;

    /// <summary>Bytes of a header.</summary>
    public const int Header = 4;

    /// <summary>The largest content.</summary>
    public const int Largest = (1 << 24) - 1;

    /// <summary>Where its content starts.</summary>
    public long Content => Start + Header;

    /// <summary>Where the next block starts, or the first frame.</summary>
    public long End => Content + Size;
}

/// <summary>The metadata blocks at the start of a FLAC file. Source: RFC 9639.</summary>
internal static class FlacBlocks
{
    /// <summary>Lists the blocks of the stream whose <c>fLaC</c> is at <paramref name="at"/>; null if one is cut short.</summary>
    public static List<FlacBlock>? List(FileBytes file, long at)
    {
        var blocks = new List<FlacBlock>();
        var head = new byte[FlacBlock.Header];
        at += 4;
        for (var isLast = false; !isLast;)
        {
            if (!file.Fill(at, head) || blocks.Count == TagLimits.Parts) return null;
            isLast = (head[0] & 0x80) != 0;
            var block = new FlacBlock(head[0] & 0x7F, at, head[1] << 16 | head[2] << 8 | head[3]);
            if (block.End > file.Length) return null;
            blocks.Add(block);
            at = block.End;
        }

        return blocks;
    }

    /// <summary>Reads the comments and the properties.</summary>
    public static (int Rate, int Channels, long Samples)? Read(FileBytes file, long at, TagCollector to)
    {
        if (List(file, at) is not { } blocks)
        {
            to.Note("the metadata blocks are cut short");
            return null;
        }

        foreach (var block in blocks.Where(b => b.Type == FlacBlock.Comments).Take(1))
            VorbisComments.Read(new PartInput(file, block.Content, block.End), to);
        var info = new byte[18];
        return blocks is [{ Type: FlacBlock.StreamInfo }, ..] && file.Fill(blocks[0].Content, info) ? StreamInfo(info) : null;
    }

    /// <summary>The properties in a STREAMINFO block; 0 samples where the encoder did not know.</summary>
    public static (int Rate, int Channels, long Samples) StreamInfo(ReadOnlySpan<byte> info) =>
        (info[10] << 12 | info[11] << 4 | info[12] >> 4, (info[12] >> 1 & 7) + 1,
            (long)(info[13] & 0xF) << 32 | BinaryPrimitives.ReadUInt32BigEndian(info[14..]));
}
