using System.Buffers.Binary;
using Engine.Pipeline.Ranks;
using Engine.Tensors.Distributed;

namespace Engine.Pipeline.Runs;

/// <summary>The rounds of a split, shared out among the ranks: each is fitted and tested by one of them.</summary>
internal static class SharedRounds
{
    /// <summary>Does the rounds that are not finished; then every rank's store has all of them.</summary>
    /// <param name="ranks">The job; every rank calls.</param>
    /// <param name="store">This rank's; what the first one has is not done again.</param>
    /// <param name="rounds">How many there are.</param>
    /// <param name="identity">What determines the result of a round.</param>
    /// <param name="work">Fits and tests a round.</param>
    /// <param name="done">Called on the first rank after each round, with its number.</param>
    /// <param name="cancellation">Begins no further round.</param>
    /// <exception cref="OperationCanceledException">It was cancelled; finished rounds are stored.</exception>
    public static void Run(
        Communicator ranks, RoundStore store, int rounds, Func<int, IReadOnlyDictionary<string, string>> identity,
        Func<int, RoundResult> work, Action<int>? done, CancellationToken cancellation)
    {
        byte[] Work(byte[] task)
        {
            var round = BinaryPrimitives.ReadInt32LittleEndian(task);
            return RoundStore.Encode(work(round), identity(round));
        }

        var missing = new List<int>();
        for (var round = 0; round < rounds && ranks.IsFirst; round++)
        {
            if (store.TryLoad(round) is null) missing.Add(round);
            else done?.Invoke(round);
        }

        SharedOut.Each(ranks, [.. missing.Select(BitConverter.GetBytes)], Work, (task, result) =>
        {
            store.Save(missing[task], result);
            done?.Invoke(missing[task]);
        }, cancellation);
        for (var round = 0; round < rounds && ranks.Size > 1; round++)
        {
            var result = ranks.Share(ranks.IsFirst ? store.Bytes(round) : null);
            if (!ranks.IsFirst) store.Save(round, result);
        }
    }
}
