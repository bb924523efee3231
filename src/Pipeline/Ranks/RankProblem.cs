using System.Security.Cryptography;
using System.Text;
using Engine.Classifiers;
using Engine.Tensors.Distributed;

namespace Engine.Pipeline.Ranks;

/// <summary>Tells all ranks what one of them cannot do, so that they end together, before the work begins.</summary>
internal static class RankProblem
{
    private const int Bytes = 1024;

    /// <summary>Throws on every rank if one has a problem.</summary>
    /// <param name="ranks">The job; every rank calls.</param>
    /// <param name="problem">What is wrong here, as a sentence without a subject; null: nothing.</param>
    /// <exception cref="EngineException">A rank has a problem; the message names the first such rank and its host.</exception>
    public static void Require(Communicator ranks, string? problem)
    {
        if (ranks.Size == 1 && problem is null) return;
        var own = new byte[Bytes];
        if (problem is not null)
        {
            Encoding.UTF8.GetEncoder().Convert($"({Environment.MachineName}) {problem}", own.AsSpan(..^1), true, out _, out _,
                out _);
        }

        var all = new byte[Bytes * ranks.Size];
        ranks.AllGather(own, all);
        for (var rank = 0; rank < ranks.Size; rank++)
        {
            var text = all.AsSpan(rank * Bytes, Bytes);
            if (text[0] != 0) throw new EngineException($"rank {rank} {Encoding.UTF8.GetString(text[..text.IndexOf((byte)0)])}");
        }
    }

    /// <summary>Throws on every rank if one has something else than the first.</summary>
    /// <param name="ranks">The job; every rank calls.</param>
    /// <param name="what">What must be the same, such as <c>data</c>.</param>
    /// <param name="values">All that it consists of.</param>
    /// <exception cref="EngineException">A rank has something else; the message names the first such rank and its host.</exception>
    public static void RequireSame(Communicator ranks, string what, IEnumerable<string> values)
    {
        if (ranks.Size == 1) return;
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var value in values)
        {
            // The length keeps neighbours apart.
            hash.AppendData(BitConverter.GetBytes(value.Length));
            hash.AppendData(Encoding.UTF8.GetBytes(value));
        }

        var own = hash.GetHashAndReset();
        var first = own.ToArray();
        ranks.Broadcast(first, 0);
        Require(ranks, own.AsSpan().SequenceEqual(first) ? null : $"has other {what} than the first rank; let all read the same");
    }
}
