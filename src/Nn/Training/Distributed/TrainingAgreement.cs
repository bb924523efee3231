using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using System.Security.Cryptography;
using System.Text;
using Engine.Tensors.Distributed;

namespace Engine.Nn.Training.Distributed;

/// <summary>Checks, before training begins, that all ranks are going to compute the same.</summary>
internal static class TrainingAgreement
{
    /// <summary>Throws on every rank if one differs from the first in anything that determines the result.</summary>
    /// <exception cref="InvalidDataException">The message names the first such rank, its host, and what differs.</exception>
    public static void Require(
        TrainerOptions options, Module network, IReadOnlyDictionary<string, string> identity, string? checkpoint)
    {
        var ranks = options.Ranks;
        if (ranks.Size == 1) return;
        var own = Describe(options, network, identity, checkpoint);
        var digest = SHA256.HashData(Encoding.UTF8.GetBytes(string.Concat(own.Select(o => $"{o.Key}={o.Value}\n"))));
        var digests = new byte[digest.Length * ranks.Size];
        ranks.AllGather(digest, digests);
        for (var rank = 1; rank < ranks.Size; rank++)
        {
            if (!digests.AsSpan(rank * digest.Length, digest.Length).SequenceEqual(digests.AsSpan(0, digest.Length)))
                Throw(ranks, rank, own);
        }
    }

    private static SortedDictionary<string, string> Describe(
        TrainerOptions options, Module network, IReadOnlyDictionary<string, string> identity, string? checkpoint)
    {
        using var weights = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var parameter in network.State()) weights.AppendData(MemoryMarshal.AsBytes(parameter.Value.ToArray().AsSpan()));
        var own = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["version of Engine"] = $"{typeof(TrainingAgreement).Assembly.GetName().Version} "
                + typeof(TrainingAgreement).Assembly.ManifestModule.ModuleVersionId,
            // Vectors of another width may round sums differently.
            ["vector instructions"] = $"{Vector512.IsHardwareAccelerated} {Vector256.IsHardwareAccelerated} "
                + $"{Vector128.IsHardwareAccelerated} {Fma.IsSupported}",
            ["epochs"] = $"{options.Epochs}",
            ["starting weights"] = Convert.ToHexString(weights.GetHashAndReset()),
            ["checkpoint"] = checkpoint is null ? "none" : Short(File.ReadAllBytes(checkpoint)),
        };
        foreach (var (key, value) in identity)
            own[key.StartsWith("trainer/", StringComparison.Ordinal) ? key[8..].Replace('_', ' ') : key] =
                Short(Encoding.UTF8.GetBytes(value));
        return own;
    }

    private static string Short(byte[] bytes) => Convert.ToHexString(SHA256.HashData(bytes).AsSpan(0, 8));

    private static void Throw(Communicator ranks, int rank, SortedDictionary<string, string> own)
    {
        var text = string.Join('\n', own.Select(o => $"{o.Key}={o.Value}"));
        var first = ranks.ShareText(text).Split('\n');
        var other = ranks.ShareText(text, rank).Split('\n');
        var host = ranks.ShareText(Environment.MachineName, rank);
        var names = first.Except(other).Concat(other.Except(first)).Select(l => l.Split('=')[0]).Distinct().Order();
        throw new InvalidDataException(
            $"Trainer: rank {rank} ({host}) differs from the first rank in: {string.Join(", ", names)}. All ranks of a training "
                + "need the same files, options and kind of processor.");
    }
}
