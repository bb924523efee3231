using System.Runtime.InteropServices;
using Engine.Tensors.Distributed;

namespace Engine.Nn.Training.Distributed;

/// <summary>Small things that ranks tell each other; every rank makes the same calls.</summary>
internal static class RankCalls
{
    private const byte Done = 0, Cancelled = 1, Failed = 2;

    /// <summary>
    /// Does on every rank what may be cancelled or fail on one of them; then it is cancelled, or fails, on all.
    /// </summary>
    /// <exception cref="TrainingException">It failed on a rank.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled on a rank.</exception>
    public static void Together(this Communicator ranks, Action work)
    {
        if (ranks.Size == 1)
        {
            work();
            return;
        }

        var (state, problem) = (Done, (string?)null);
        try
        {
            work();
        }
        catch (OperationCanceledException)
        {
            state = Cancelled;
        }
        catch (TrainingException error)
        {
            (state, problem) = (Failed, error.Message);
        }

        var states = new byte[ranks.Size];
        ranks.AllGather([state], states);
        if (Array.IndexOf(states, Failed) is >= 0 and var rank) throw new TrainingException(ranks.ShareText(problem, rank));
        if (states.Contains(Cancelled)) throw new OperationCanceledException();
    }

    /// <summary>The values of all ranks, one behind the other.</summary>
    /// <param name="ranks">The job.</param>
    /// <param name="own">This rank's.</param>
    /// <param name="counts">How many each rank has.</param>
    public static T[] Gather<T>(this Communicator ranks, T[] own, Func<int, int> counts)
        where T : unmanaged
    {
        if (ranks.Size == 1) return own;
        var most = Enumerable.Range(0, ranks.Size).Max(counts);
        var (padded, all) = (new T[most], new T[most * ranks.Size]);
        own.CopyTo(padded, 0);
        ranks.AllGather(MemoryMarshal.AsBytes(padded.AsSpan()), MemoryMarshal.AsBytes(all.AsSpan()));
        return [.. Enumerable.Range(0, ranks.Size).SelectMany(r => all.AsSpan(r * most, counts(r)).ToArray())];
    }
}
