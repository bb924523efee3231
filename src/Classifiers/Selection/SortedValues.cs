namespace Engine.Classifiers.Selection;

/// <summary>A variable and the order of its values.</summary>
internal sealed class SortedValues
{
    private readonly Dictionary<int, int[]> _parts = [];

    public SortedValues(ReadOnlySpan<double> values)
    {
        Values = values.ToArray();
        Order = [.. Enumerable.Range(0, Values.Length)];
        var keys = Values.ToArray();
        Array.Sort(keys, Order);
    }

    /// <summary>The values.</summary>
    public double[] Values { get; }

    /// <summary>Their indices, smallest value first.</summary>
    public int[] Order { get; }

    /// <summary>
    /// Assigns each value to one of <paramref name="count"/> parts with counts as equal as possible; equal values share a part,
    /// so there may be fewer. Cached, because every partner needs the same.
    /// </summary>
    public int[] EqualParts(int count)
    {
        lock (_parts)
        {
            if (!_parts.TryGetValue(count, out var parts)) _parts[count] = parts = Cut(count);
            return parts;
        }
    }

    private int[] Cut(int count)
    {
        var parts = new int[Values.Length];
        var (part, size, desired) = (0, 0, (double)Values.Length / count);
        for (int from = 0, to; from < Order.Length; from = to)
        {
            for (to = from + 1; to < Order.Length && Values[Order[to]] == Values[Order[from]];) to++;
            var run = to - from;
            if (size > 0 && Math.Abs(size + run - desired) >= Math.Abs(size - desired))
            {
                part++;
                size = 0;
                desired = (double)(Values.Length - from) / (count - part);
            }

            for (var i = from; i < to; i++) parts[Order[i]] = part;
            size += run;
        }

        return parts;
    }
}
