namespace Engine.Classifiers.Knn;

/// <summary>The k smallest values of a sequence, sorted; ties in order of arrival.</summary>
internal static class SmallestValues
{
    /// <summary>
    /// Adds a value preceded by <paramref name="before"/> others. Inserts into a sorted list: most values fail the single
    /// comparison with the last.
    /// </summary>
    public static void Keep(double value, int index, int before, Span<double> smallest, Span<int> indices)
    {
        var count = Math.Min(before, smallest.Length);
        if (count == smallest.Length && value >= smallest[^1]) return;
        var at = Math.Min(count, smallest.Length - 1);
        for (; at > 0 && smallest[at - 1] > value; at--) (smallest[at], indices[at]) = (smallest[at - 1], indices[at - 1]);
        (smallest[at], indices[at]) = (value, index);
    }
}
