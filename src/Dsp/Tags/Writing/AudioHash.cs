using System.Security.Cryptography;
using Engine.Dsp.Audio;

namespace Engine.Dsp.Tags.Writing;

/// <summary>
/// A hash of what a file holds beside its tag. It finds that part by reading the file from its start, so that the old and the
/// new file are compared by the same rule, whatever wrote them.
/// </summary>
internal static class AudioHash
{
    private const int Block = 1 << 16;

    /// <summary>The hash.</summary>
    /// <exception cref="TagException">The file's parts cannot be told apart.</exception>
    public static byte[] Of(FileBytes file, string name)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var content = FileContent.Of(file);
        switch (content.Format)
        {
            case AudioContent.Flac:
                Append(hash, file, FlacBlocks.List(file, content.Start)![^1].End, file.Length);
                break;
            case AudioContent.Ogg:
                AppendPages(hash, file, OggHeaders.Read(file, name));
                break;
            case AudioContent.Wav:
                AppendChunks(hash, file, bigEndian: false);
                break;
            case AudioContent.Aiff:
                AppendChunks(hash, file, bigEndian: true);
                break;
            default:
                Append(hash, file, content.Start, Id3v1.Start(file));
                break;
        }

        return hash.GetHashAndReset();
    }

    // The numbers and checksums of pages may change; what they hold, and whether their checksums are right, may not.
    private static void AppendPages(IncrementalHash hash, FileBytes file, OggHeaders headers)
    {
        foreach (var packet in headers.Packets.Skip(1)) hash.AppendData(SHA256.HashData(packet));
        var at = headers.End;
        for (; OggPage.At(file, at) is { } page; at = page.Content + page.Size)
        {
            var bytes = new byte[page.Bytes.Length + page.Size];
            if (!file.Fill(at, bytes)) break;
            hash.AppendData([OggChecksum.IsRight(bytes) ? (byte)1 : (byte)0]);
            bytes.AsSpan(OggPage.SequenceAt, 8).Clear();
            hash.AppendData(bytes);
        }

        Append(hash, file, at, file.Length);
    }

    private static void AppendChunks(IncrementalHash hash, FileBytes file, bool bigEndian)
    {
        foreach (var chunk in Chunks.Walk(file, 12, file.Length, bigEndian))
            if (!Chunks.IsId3(chunk)) Append(hash, file, chunk.Start, chunk.Next);
    }

    private static void Append(IncrementalHash hash, FileBytes file, long from, long to)
    {
        var block = new byte[Block];
        while (from < to)
        {
            var got = file.Read(from, block.AsSpan(0, (int)Math.Min(Block, to - from)));
            if (got == 0) return;
            hash.AppendData(block, 0, got);
            from += got;
        }
    }
}
