namespace Engine.Nn.Training.Distributed;

/// <summary>
/// The parts of a batch: contiguous, nearly equal, each of two examples or more where the batch has as many, because batch
/// normalisation needs two. They depend on the batch alone, never on the number of ranks.
/// </summary>
/// <param name="Examples">The examples of the batch.</param>
/// <param name="Wanted">The parts that the run cuts a batch into.</param>
internal readonly record struct BatchParts(int Examples, int Wanted)
{
    /// <summary>How many parts there are.</summary>
    public int Count => Math.Min(Wanted, Math.Max(1, Examples / 2));

    /// <summary>The first example of a part; of the one after the last, the number of examples.</summary>
    public int Start(int part) => (int)((long)part * Examples / Count);

    /// <summary>How many examples a part has.</summary>
    public int Size(int part) => Start(part + 1) - Start(part);

    /// <summary>The share of the batch's examples that a part has.</summary>
    public double Weight(int part) => (double)Size(part) / Examples;

    /// <summary>The first part of a rank; of the one after the last, the number of parts.</summary>
    public int First(int rank, int ranks) => (int)((long)rank * Count / ranks);

    /// <summary>The rank that has a part.</summary>
    public int Owner(int part, int ranks)
    {
        var rank = 0;
        while (First(rank + 1, ranks) <= part) rank++;
        return rank;
    }
}
