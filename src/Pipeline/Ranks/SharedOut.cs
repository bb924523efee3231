using Engine.Tensors.Distributed;

namespace Engine.Pipeline.Ranks;

/// <summary>Shares items out to the ranks in runs, each of which a rank works on with all its threads.</summary>
internal static class SharedOut
{
    // A rank's threads wait for the last song of a run, so it has several songs for each thread.
    private const int SongsPerThread = 8;

    /// <summary>
    /// Cuts a list into runs: as long as the threads can use at first, and shorter at the end, so that all ranks end together.
    /// </summary>
    /// <param name="count">How many items there are.</param>
    /// <param name="ranks">How many ranks there are.</param>
    /// <param name="threads">How many threads a rank has.</param>
    public static IReadOnlyList<Range> Runs(int count, int ranks, int threads)
    {
        var runs = new List<Range>();
        for (int first = 0, length; first < count; first += length)
        {
            // Guided self-scheduling: Polychronopoulos and Kuck, 1987.
            length = Math.Clamp((count - first) / (2 * ranks), threads, SongsPerThread * threads);
            length = Math.Min(length, count - first);
            runs.Add(first..(first + length));
        }

        return runs;
    }

    /// <summary>
    /// Shares out tasks by <see cref="TaskFarm"/>; the first rank takes the results as they come, the others none.
    /// </summary>
    /// <inheritdoc cref="InOrder"/>
    public static void Each(
        Communicator ranks, IReadOnlyList<byte[]> tasks, Func<byte[], byte[]> work, Action<int, byte[]> take,
        CancellationToken cancellation)
    {
        if (ranks.IsFirst) TaskFarm.Lead(ranks, tasks, work, take, cancellation);
        else TaskFarm.Serve(ranks, work);
    }

    /// <summary>The same, but results are taken in the order of the tasks.</summary>
    /// <param name="ranks">The job; every rank makes the same call, but only the first one's tasks count.</param>
    /// <param name="tasks">The tasks.</param>
    /// <param name="work">Does a task.</param>
    /// <param name="come">Told on the first rank that a result has come, in the order in which they come.</param>
    /// <param name="take">Takes a result on the first rank.</param>
    /// <param name="cancellation">Stops the work.</param>
    public static void InOrder(
        Communicator ranks, IReadOnlyList<byte[]> tasks, Func<byte[], byte[]> work, Action<int> come, Action<byte[]> take,
        CancellationToken cancellation)
    {
        var (results, next) = (new byte[]?[tasks.Count], 0);
        Each(ranks, tasks, work, (task, result) =>
        {
            come(task);
            results[task] = result;
            for (; next < results.Length && results[next] is { } ready; next++)
            {
                results[next] = null;
                take(ready);
            }
        }, cancellation);
    }
}
