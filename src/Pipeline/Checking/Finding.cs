namespace Engine.Pipeline.Checking;

/// <summary>All that was found of one kind.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Items">Each of them, the worst first.</param>
internal sealed record Finding(FindingKind Kind, IReadOnlyList<FoundItem> Items)
{
    /// <summary>The finding in a list, or nothing.</summary>
    public static IEnumerable<Finding> Of(FindingKind kind, IEnumerable<FoundItem> items)
    {
        FoundItem[] all = [.. items.OrderByDescending(i => i.Weight)];
        return all.Length > 0 ? [new(kind, all)] : [];
    }

    /// <summary>Those that are the same by a key, apart from each other if they are of several genres.</summary>
    public static IEnumerable<Finding> OfCopies<T, TKey>(
        IEnumerable<T> all, Func<T, TKey> key, Func<T, string> label, Func<T[], FoundItem> describe)
    {
        var copies = all.GroupBy(key).Select(g => g.ToArray()).Where(g => g.Length > 1)
            .ToLookup(g => g.Any(c => label(c) != label(g[0])), describe);
        return [.. Of(FindingKind.DuplicatesAcrossGenres, copies[true]), .. Of(FindingKind.Duplicates, copies[false])];
    }
}

/// <summary>One thing that was found.</summary>
/// <param name="Files">The recordings or rows concerned, as the data name them; empty if it is about more than these.</param>
/// <param name="Detail">What is the matter.</param>
/// <param name="Weight">How bad it is, compared with others of its kind.</param>
internal sealed record FoundItem(IReadOnlyList<string> Files, string Detail, double Weight = 0);

/// <summary>What a check found.</summary>
/// <param name="Data">The folder or table.</param>
/// <param name="Genres">How many usable tracks each genre has, by name.</param>
/// <param name="Files">How many recordings or rows were looked at.</param>
/// <param name="Seconds">Their length in all; null for a feature table.</param>
/// <param name="Findings">What was found, by kind; empty if nothing was.</param>
internal sealed record CheckResult(
    string Data, IReadOnlyList<(string Genre, int Tracks)> Genres, int Files, double? Seconds, IReadOnlyList<Finding> Findings);
