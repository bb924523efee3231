namespace Engine.Pipeline;

/// <summary>
/// Finds the segments of a timeline: one label per window, so that Σ wᵢ·(1 - pᵢ(label)/pᵢ(best)) plus
/// <see cref="ChangeCost"/> for each change is least, by dynamic programming (Viterbi 1967). A window whose best label is sure
/// counts 1 against any other, and one that wavers between two labels hardly counts against either. In a sum of logarithms one
/// window could outweigh any number of others, and a label win because it is nowhere quite impossible.
/// </summary>
internal static class TimelineSegmentation
{
    /// <summary>
    /// What a change costs, in windows. One window, however sure, never makes a segment between two others, as that needs two
    /// changes; two sure ones do. At the beginning or the end one is enough.
    /// </summary>
    public const double ChangeCost = 0.75;

    /// <summary>The label of each window; of equally good answers, the one without a change, then the first label.</summary>
    /// <param name="windows">The windows' probabilities or scores; at least one window.</param>
    /// <param name="weight">
    /// The share of a window's audio that the window before does not hold, at most 1: windows that overlap are not independent,
    /// and this makes a minute of audio count the same whatever the hop.
    /// </param>
    public static int[] Smooth(IReadOnlyList<IReadOnlyList<double>> windows, double weight)
    {
        var labels = windows[0].Count;
        var (costs, from) = (new double[labels], new int[windows.Count][]);
        for (var w = 0; w < windows.Count; w++)
        {
            var least = Array.IndexOf(costs, costs.Min());
            var change = costs[least] + ChangeCost;
            var best = windows[w].Max();
            from[w] = new int[labels];
            for (var l = 0; l < labels; l++)
            {
                from[w][l] = costs[l] <= change ? l : least;
                costs[l] = Math.Min(costs[l], change) + weight * (1 - windows[w][l] / best);
            }
        }

        var path = new int[windows.Count];
        path[^1] = Array.IndexOf(costs, costs.Min());
        for (var w = windows.Count - 1; w > 0; w--) path[w - 1] = from[w][path[w]];
        return path;
    }

    /// <summary>The segments of windows that start every <paramref name="hop"/> seconds.</summary>
    public static List<TimelineSegment> Of(IReadOnlyList<TimelineWindow> windows, IReadOnlyList<string> labels, double hop)
    {
        var length = windows[0].End - windows[0].Start;
        var path = Smooth([.. windows.Select(w => w.Probabilities)], Math.Min(1, hop / length));
        var segments = new List<TimelineSegment>();
        var (first, start) = (0, windows[0].Start);
        for (var w = 1; w <= path.Length; w++)
        {
            if (w < path.Length && path[w] == path[first]) continue;
            var label = path[first];
            var end = w == path.Length ? windows[^1].End : (windows[w - 1].Start + windows[w].End) / 2;
            segments.Add(new(start, end, labels[label], windows.Take(w).Skip(first).Average(x => x.Probabilities[label])));
            (first, start) = (w, end);
        }

        return segments;
    }
}
