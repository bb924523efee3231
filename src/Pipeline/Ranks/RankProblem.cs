using Engine.Classifiers;
using Engine.Tensors.Distributed;

namespace Engine.Pipeline.Ranks;

/// <summary>Tells all ranks what one of them cannot do, so that they end together, before the work begins.</summary>
internal static class RankProblem
{
    /// <summary>Throws on every rank if one has a problem.</summary>
    /// <param name="ranks">The job; every rank calls.</param>
    /// <param name="problem">What this rank does or cannot do, as the rest of a sentence; null: all is well.</param>
    /// <exception cref="EngineException">A rank has a problem; the message names the first such rank and its host.</exception>
    public static void Require(Communicator ranks, string? problem)
    {
        if (ranks.Size == 1 && problem is null) return;
        var problems = ranks.AllTexts(problem is null ? "" : $"{Environment.MachineName} {problem}");
        if (Array.FindIndex(problems, p => p.Length > 0) is >= 0 and var rank)
            throw new EngineException($"rank {rank} on {problems[rank]}");
    }
}
