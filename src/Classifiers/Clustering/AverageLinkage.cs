namespace Engine.Classifiers.Clustering;

/// <summary>
/// Orders things so that similar ones are neighbours: the leaves of the tree that joins the two nearest groups again and again,
/// by the mean distance between their members (Sokal and Michener 1958).
/// </summary>
internal static class AverageLinkage
{
    /// <summary>The order for distances <c>[n, n]</c>; ties are joined in the given order.</summary>
    public static int[] Order(FeatureMatrix distances)
    {
        var count = distances.Rows;
        var between = (double[])distances.Data.Clone();
        var groups = Enumerable.Range(0, count).Select(i => new List<int> { i }).ToList<List<int>?>();
        for (var left = count; left > 1; left--)
        {
            var (first, second, least) = (-1, -1, double.PositiveInfinity);
            for (var i = 0; i < count; i++)
            {
                if (groups[i] is null) continue;
                for (var j = i + 1; j < count; j++)
                {
                    if (groups[j] is not null && between[i * count + j] < least)
                        (first, second, least) = (i, j, between[i * count + j]);
                }
            }

            var (a, b) = (groups[first]!, groups[second]!);
            for (var k = 0; k < count; k++)
            {
                var mean = (a.Count * between[first * count + k] + b.Count * between[second * count + k]) / (a.Count + b.Count);
                between[first * count + k] = between[k * count + first] = mean;
            }

            (groups[first], groups[second]) = (Joined(a, b, distances), null);
        }

        return count == 0 ? [] : [.. groups.First(g => g is not null)!];
    }

    // Either may be turned around so that the two ends that meet are the nearest.
    private static List<int> Joined(List<int> a, List<int> b, FeatureMatrix distances)
    {
        (List<int> First, List<int> Second)[] ways =
            [(a, b), (Turned(a), b), (a, Turned(b)), (Turned(a), Turned(b))];
        var (first, second) = ways.MinBy(w => distances[w.First[^1], w.Second[0]]);
        return [.. first, .. second];
    }

    private static List<int> Turned(List<int> group) => [.. Enumerable.Reverse(group)];
}
