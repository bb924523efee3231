using System.Text;
using Engine.Dsp.Files;
using Engine.Pipeline.FrontEnds;
using Engine.Pipeline.Ranks;
using Engine.Tensors.Distributed;

namespace Engine.Cli.Shards;

/// <summary>
/// An output that the ranks of a job make in parts, as by <c>--shard</c>: each rank makes a part in a folder of its own and sends
/// it to the first, which keeps it until all are there and joins them.
/// </summary>
internal static class SharedParts
{
    // Each part costs a file on the first rank, and all are open when arrays are joined.
    private const int MostParts = 2000;

    // The last part that a rank makes is short of what the others wait for it then.
    private const int PartsPerRank = 4;

    /// <summary>Makes the output; every rank makes the same call.</summary>
    /// <param name="target">The output.</param>
    /// <param name="list">The songs, the same on every rank.</param>
    /// <param name="songsPerPart">How many songs a part has, so that all threads of a rank have work.</param>
    /// <param name="force">Whether kept parts of another command are removed.</param>
    /// <param name="options">How the work is done.</param>
    /// <param name="write">
    /// Writes a part, whose songs are at the given places, to a stream; a folder receives what it keeps meanwhile.
    /// </param>
    /// <returns>Why songs were left out, by their places; on other ranks than the first, nothing.</returns>
    /// <exception cref="Classifiers.EngineException">
    /// The ranks have different songs or options, or a file cannot be written.
    /// </exception>
    public static IReadOnlyDictionary<int, string> Make(
        string target, ShardedList list, int songsPerPart, bool force, WorkOptions options,
        Func<Stream, IReadOnlyList<int>, WorkOptions, string, PartContent> write)
    {
        RankAgreement.Require(options.Ranks, "list of recordings", $"{list.Count} {list.Songs[..8]}",
            RankAgreement.SameRecordings);
        RankAgreement.Require(options.Ranks, "command", list.Command[..8], "Start all ranks with the same command line.");
        using var local = new StagedFolder(Path.Combine(Path.GetTempPath(), "engine-ranks"), ownerOnly: true);
        if (!options.Ranks.IsFirst)
        {
            SharedOut.Each(options.Ranks, [], Work, (_, _) => { }, options.Cancellation);
            return new Dictionary<int, string>();
        }

        var wanted = Math.Max(list.Count / songsPerPart, PartsPerRank * options.Ranks.Size);
        using var parts = PartsFolder.Open(target, list, Math.Clamp(wanted, 1, Math.Min(list.Count, MostParts)), force);
        var there = parts.Count - parts.Missing.Count;
        if (there > 0) options.Warn?.Invoke($"{target}.parts: {there} of {parts.Count} parts are there; going on.");
        int[][] places = [.. parts.Missing.Select(p => list.Places(p).ToArray())];
        var (done, total) = (0, places.Sum(p => p.Length));
        SharedOut.Each(options.Ranks, [.. parts.Missing.Select(p => Encoding.UTF8.GetBytes($"{p}"))], Work, (task, result) =>
        {
            var part = PartBytes.Read(result);
            foreach (var warning in part.Warnings) options.Warn?.Invoke(warning);
            parts.Keep(parts.Missing[task], part.Note, part.Content.Span);
            foreach (var _ in places[task]) options.Progress?.Report(new(++done, total, ""));
        }, options.Cancellation);
        var skipped = parts.Parts.SelectMany(p => ShardNote.Of(p)!.Skipped).ToDictionary();
        if (skipped.Count < list.Count) ShardMerge.Write(ShardSet.Of(parts.Parts), target);
        parts.Remove();
        return skipped;

        byte[] Work(byte[] task)
        {
            var shard = Shard.Parse(Encoding.UTF8.GetString(task))!.Value;
            var places = list.Places(shard);
            var warnings = new List<string>();
            using var bytes = new PartStream();
            var content = write(bytes, places, options with
            {
                Progress = null,
                Ranks = Communicator.Alone,
                Warn = warning =>
                {
                    lock (warnings) warnings.Add(warning);
                },
            }, local.Path);
            return PartBytes.Of(ShardNote.Of(shard, list, places, content, bytes.Bytes), warnings, bytes.Bytes);
        }
    }
}

/// <summary>What a part has received.</summary>
/// <param name="Records">The records of each of its songs.</param>
/// <param name="Skipped">Why songs were left out, by their places in the list.</param>
internal sealed record PartContent(IReadOnlyList<int> Records, IReadOnlyDictionary<int, string> Skipped);
