using Engine.Classifiers;
using Engine.Tensors.Distributed;

namespace Engine.Pipeline.Ranks;

/// <summary>What must be the same on every rank before work is shared: version of the program, songs, options.</summary>
internal static class RankAgreement
{
    /// <summary>What to do if recordings differ between ranks.</summary>
    public const string SameRecordings = "Names, contents and order of the recordings must be the same on every host.";

    /// <summary>Compares a text over the ranks, which all call this; it is also a barrier.</summary>
    /// <param name="ranks">The job.</param>
    /// <param name="what">What is compared, as an error names it, such as <c>list of recordings</c>.</param>
    /// <param name="digest">
    /// The text, which an error shows: the thing itself where it is short, else a number that tells something and a hash.
    /// </param>
    /// <param name="advice">What to do if it differs, as a sentence.</param>
    /// <exception cref="EngineException">
    /// A rank has another text; thrown on every rank, names the first such rank and its host.
    /// </exception>
    public static void Require(Communicator ranks, string what, string digest, string advice)
    {
        if (ranks.Size == 1) return;
        var (digests, hosts) = (ranks.AllTexts(digest), ranks.AllTexts(Environment.MachineName));
        var other = Array.FindIndex(digests, d => d != digests[0]);
        if (other < 0) return;
        throw new EngineException($"rank {other} on {hosts[other]} has another {what} than rank 0 on {hosts[0]} " +
            $"({digests[other]}, not {digests[0]}). {advice}");
    }
}
