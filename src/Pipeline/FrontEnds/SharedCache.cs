using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Engine.Classifiers;
using Engine.Dsp.Files;
using Engine.Pipeline.Ranks;
using Engine.Tensors.Distributed;

namespace Engine.Pipeline.FrontEnds;

/// <summary>
/// Features that several ranks need: each recording is analysed by one of them, and the others find it in the cache, which all
/// must see.
/// </summary>
internal static class SharedCache
{
    // A network file system may take some seconds until a new file is seen elsewhere.
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);

    /// <summary>Fills the cache; without one, or without other ranks, it does nothing.</summary>
    /// <param name="frontEnd">Analyses the recordings.</param>
    /// <param name="paths">The recordings, the same on every rank.</param>
    /// <param name="options">The ranks, and how the work is done.</param>
    /// <param name="patience">How long a rank looks for a file that the first has made; null: 10 s.</param>
    /// <exception cref="EngineException">A rank does not see the cache.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static void Fill(
        FrontEnd frontEnd, IReadOnlyList<string> paths, WorkOptions options, TimeSpan? patience = null)
    {
        if (options.Ranks.Size == 1 || options.Cache is not { } cache) return;
        RankAgreement.Require(
            options.Ranks, "list of recordings", $"{paths.Count} {Digest(paths)}", RankAgreement.SameRecordings);
        RequireSeen(options.Ranks, cache.Folder, patience ?? s_patience);
        // Enough for every rank's threads, and so many that the last ones are short.
        var size = Math.Clamp(paths.Count / (options.Ranks.Size * 16), 1, 64);
        byte[] Work(byte[] task)
        {
            string[] own = [.. paths.Skip(BinaryPrimitives.ReadInt32LittleEndian(task)).Take(size)];
            // What is wrong with a recording is told when it is read for good.
            FeatureExtraction.ForEach(own.Length, options.Threads, index =>
            {
                var path = own[index];
                if (!frontEnd.IsCached(path, cache))
                    FeatureExtraction.Attempt(path, () => frontEnd.ExtractFile(path, cache, options.MaxHours), file => file);
                return true;
            }, options.Cancellation);
            return [];
        }

        var firsts = Enumerable.Range(0, (paths.Count + size - 1) / size).Select(i => BitConverter.GetBytes(i * size)).ToArray();
        SharedOut.Each(options.Ranks, firsts, Work, (_, _) => { }, options.Cancellation);
    }

    private static string Digest(IReadOnlyList<string> paths)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var path in paths)
        {
            hash.AppendData(Encoding.UTF8.GetBytes($"{Path.GetFileName(path)}\0"));
            hash.AppendData(BitConverter.GetBytes(new FileInfo(path).Length));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset().AsSpan(0, 4));
    }

    private static void RequireSeen(Communicator ranks, string folder, TimeSpan patience)
    {
        var name = new byte[32];
        string? problem = null;
        if (ranks.IsFirst) Encoding.ASCII.GetBytes(Guid.NewGuid().ToString("N"), name);
        ranks.Broadcast(name, 0);
        var mark = Path.Combine(folder, $"ranks-{Encoding.ASCII.GetString(name)}.tmp");
        try
        {
            if (ranks.IsFirst)
            {
                CacheFolder.Make(folder);
                File.WriteAllText(mark, "");
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            problem = $"cannot write to the feature cache {folder}: {e.Message} Choose another by ENGINE_CACHE.";
        }

        RankProblem.Require(ranks, problem);
        if (!Appears(mark, patience))
        {
            problem = $"does not see the feature cache of the first rank, {folder}: let ENGINE_CACHE name a folder that all " +
                "ranks share, or add --no-cache.";
        }

        try
        {
            RankProblem.Require(ranks, problem);
        }
        finally
        {
            if (ranks.IsFirst) File.Delete(mark);
        }
    }

    private static bool Appears(string mark, TimeSpan patience)
    {
        for (var end = DateTime.UtcNow + patience; ; Thread.Sleep(100))
        {
            if (File.Exists(mark)) return true;
            if (DateTime.UtcNow > end) return false;
        }
    }
}
