namespace Engine.Fuzzing;

/// <summary>Leaves out of an input whatever its fault does not need.</summary>
/// <param name="isSame">Whether an input has the same fault.</param>
internal sealed class Minimizer(Func<byte[], bool> isSame)
{
    private const int MostTries = 3000;

    private int _tries;

    /// <summary>The smallest input found.</summary>
    public byte[] Run(byte[] input)
    {
        var best = input;
        for (var size = best.Length / 2; size > 0 && _tries < MostTries; size /= 2)
        {
            for (var at = 0; at < best.Length && _tries < MostTries;)
            {
                byte[] candidate = [.. best[..at], .. best[Math.Min(best.Length, at + size)..]];
                _tries++;
                if (isSame(candidate)) best = candidate;
                else at += size;
            }
        }

        return best;
    }
}
