using System.Buffers.Binary;
using Engine.Tensors.Distributed;

namespace Engine.Pipeline.Ranks;

/// <summary>Passes the first rank's bytes on to all others.</summary>
internal static class RankFiles
{
    // A collective call takes at most 2³¹ bytes.
    private const int Piece = 1 << 28;

    /// <summary>The bytes that the first rank has, on every rank.</summary>
    /// <param name="ranks">The job; every rank calls.</param>
    /// <param name="bytes">Read on the first rank alone.</param>
    public static byte[] Share(Communicator ranks, byte[]? bytes)
    {
        if (ranks.Size == 1) return bytes!;
        var length = new byte[sizeof(int)];
        if (ranks.IsFirst) BinaryPrimitives.WriteInt32LittleEndian(length, bytes!.Length);
        ranks.Broadcast(length, 0);
        if (!ranks.IsFirst) bytes = new byte[BinaryPrimitives.ReadInt32LittleEndian(length)];
        for (var at = 0; at < bytes!.Length; at += Piece)
            ranks.Broadcast(bytes.AsSpan(at, Math.Min(Piece, bytes.Length - at)), 0);
        return bytes;
    }
}
