using System.Runtime.InteropServices;
using System.Text;
using Engine.Tensors.Distributed;

namespace Engine.Pipeline.Ranks;

/// <summary>Texts of any length between ranks.</summary>
internal static class RankTexts
{
    /// <summary>Gives every rank the texts of all, by rank.</summary>
    public static string[] AllTexts(this Communicator ranks, string own)
    {
        var bytes = Encoding.UTF8.GetBytes(own);
        var lengths = new int[ranks.Size];
        ranks.AllGather(BitConverter.GetBytes(bytes.Length), MemoryMarshal.AsBytes(lengths.AsSpan()));
        var (longest, padded) = (lengths.Max(), bytes);
        Array.Resize(ref padded, longest);
        var all = new byte[longest * ranks.Size];
        ranks.AllGather(padded, all);
        return [.. lengths.Select((length, rank) => Encoding.UTF8.GetString(all, rank * longest, length))];
    }
}
