using Engine.Tensors.Distributed;

namespace Engine.Cli.Ranks;

/// <summary>How many of its host's processors a rank may use.</summary>
internal static class RankProcessors
{
    private const string Allowed = "Cpus_allowed_list:";

    /// <summary>
    /// This rank's share of the processors: all it may run on, where the launcher has bound the ranks to different ones; else an
    /// equal share among the ranks of the host. Every rank calls it.
    /// </summary>
    public static int Share(Communicator ranks) =>
        Share(ranks.AllTexts($"{Environment.MachineName}\n{Affinity()}"), ranks.Rank, Environment.ProcessorCount);

    /// <summary>The same where the places of all ranks are known: host and processors.</summary>
    internal static int Share(IReadOnlyList<string> places, int rank, int processors)
    {
        var (same, before) = (places.Count(p => p == places[rank]), places.Take(rank).Count(p => p == places[rank]));
        return Math.Max(1, processors / same + (before < processors % same ? 1 : 0));
    }

    private static string Affinity()
    {
        try
        {
            return File.ReadLines("/proc/self/status").FirstOrDefault(l => l.StartsWith(Allowed, StringComparison.Ordinal)) ?? "";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Not Linux; ranks are bound to nothing there.
            return "";
        }
    }
}
