namespace Engine.Dsp;

/// <summary>Order statistics by selection, without sorting everything.</summary>
internal static class Quantiles
{
    /// <summary>
    /// The median as <c>numpy.median</c>: for an even count, the mean of the middle two, in float. Reorders
    /// <paramref name="values"/>.
    /// </summary>
    public static float Median(Span<float> values)
    {
        var middle = values.Length / 2;
        var upper = Select(values, middle);
        if (values.Length % 2 == 1) return upper;
        // Everything before the middle is at most as large, so the lower of the two is its maximum.
        var lower = values[0];
        foreach (var value in values[..middle]) lower = MathF.Max(lower, value);
        return (lower + upper) / 2;
    }

    // Hoare's quickselect with the median of three as pivot.
    private static float Select(Span<float> values, int k)
    {
        var (low, high) = (0, values.Length - 1);
        while (low < high)
        {
            var (a, b, c) = (values[low], values[(low + high) / 2], values[high]);
            var pivot = MathF.Max(MathF.Min(a, b), MathF.Min(MathF.Max(a, b), c));
            var (i, j) = (low, high);
            while (i <= j)
            {
                while (values[i] < pivot) i++;
                while (values[j] > pivot) j--;
                if (i > j) break;
                (values[i], values[j]) = (values[j], values[i]);
                i++;
                j--;
            }

            if (k <= j) high = j;
            else if (k >= i) low = i;
            else break;
        }

        return values[k];
    }
}
