namespace Engine.Classifiers.Evaluation;

/// <summary>
/// McNemar's test of two classifiers on the same rows ("Note on the sampling error of the difference between correlated
/// proportions or percentages", 1947), in its exact form: if both are equally good, each row that only one of them gets right is
/// a fair coin toss between them. It holds for any number of such rows; the usual chi-squared form approximates it for many.
/// </summary>
/// <param name="OnlyFirst">Rows that only the first gets right.</param>
/// <param name="OnlySecond">Rows that only the second gets right.</param>
/// <param name="PValue">
/// The probability of a split at least this uneven if both were equally good; 1 if no row tells them apart.
/// </param>
public sealed record McNemar(int OnlyFirst, int OnlySecond, double PValue)
{
    /// <summary>Compares the rows that each got right.</summary>
    /// <exception cref="EngineException">The lists differ in length.</exception>
    public static McNemar Of(IReadOnlyList<bool> first, IReadOnlyList<bool> second)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        if (first.Count != second.Count)
            throw new EngineException($"McNemar: {first.Count} rows of the first classifier but {second.Count} of the second; " +
                "both must be tested on the same rows.");
        var (onlyFirst, onlySecond) = (0, 0);
        for (var r = 0; r < first.Count; r++)
        {
            if (first[r] == second[r]) continue;
            if (first[r]) onlyFirst++;
            else onlySecond++;
        }

        return Of(onlyFirst, onlySecond);
    }

    /// <summary>Tests two counts.</summary>
    /// <exception cref="EngineException">A count is negative.</exception>
    public static McNemar Of(int onlyFirst, int onlySecond)
    {
        if (onlyFirst < 0 || onlySecond < 0)
            throw new EngineException($"McNemar: {onlyFirst} and {onlySecond} are not counts of rows.");
        var (less, more) = (Math.Min(onlyFirst, onlySecond), Math.Max(onlyFirst, onlySecond));
        // Twice the probability of at most `less` heads in `less + more` tosses.
        return new(onlyFirst, onlySecond, more == 0 ? 1 : Math.Min(1, 2 * SpecialFunctions.IncompleteBeta(more, less + 1, 0.5)));
    }
}
