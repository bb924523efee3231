namespace Engine.Classifiers.Evaluation.Names;

/// <summary>Orders names ordinally, but numbers within them by value: <c>song 2</c> before <c>song 10</c>.</summary>
internal static class NaturalOrder
{
    /// <summary>Below 0 if <paramref name="left"/> comes first, 0 only for equal names.</summary>
    public static int Compare(string left, string right)
    {
        int l = 0, r = 0;
        while (l < left.Length && r < right.Length)
        {
            if (!char.IsAsciiDigit(left[l]) || !char.IsAsciiDigit(right[r]))
            {
                if (left[l] != right[r]) return left[l] - right[r];
                (l, r) = (l + 1, r + 1);
                continue;
            }

            var (one, other) = (Number(left, ref l), Number(right, ref r));
            var order = one.Length != other.Length ? one.Length - other.Length : string.CompareOrdinal(one, other);
            if (order != 0) return order;
        }

        var rest = (left.Length - l) - (right.Length - r);
        return rest != 0 ? rest : string.CompareOrdinal(left, right);
    }

    // The digits starting here, without leading zeros.
    private static string Number(string text, ref int at)
    {
        var start = at;
        while (at < text.Length && char.IsAsciiDigit(text[at])) at++;
        return text[start..at].TrimStart('0');
    }
}
