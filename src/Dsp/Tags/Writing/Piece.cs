using System.Buffers;

namespace Engine.Dsp.Tags.Writing;

/// <summary>A part of an edited file.</summary>
internal abstract class Piece
{
    /// <summary>Writes it.</summary>
    public abstract void CopyTo(FileBytes source, Stream to);
}

/// <summary>Bytes that are new.</summary>
internal sealed class NewPiece(byte[] bytes) : Piece
{
    /// <inheritdoc/>
    public override void CopyTo(FileBytes source, Stream to) => to.Write(bytes);
}

/// <summary>A part of the old file that stays as it is.</summary>
internal sealed class OldPiece(long start, long end) : Piece
{
    private const int Block = 1 << 16;

    /// <inheritdoc/>
    public override void CopyTo(FileBytes source, Stream to)
    {
        var block = ArrayPool<byte>.Shared.Rent(Block);
        try
        {
            for (var at = start; at < end;)
            {
                var got = source.Read(at, block.AsSpan(0, (int)Math.Min(Block, end - at)));
                if (got == 0) throw new IOException("the file became shorter while it was read.");
                to.Write(block, 0, got);
                at += got;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(block);
        }
    }
}
