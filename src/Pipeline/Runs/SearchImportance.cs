using System.Text.Json;

namespace Engine.Pipeline.Runs;

/// <summary>How much of a search's outcome one parameter explains.</summary>
internal static class SearchImportance
{
    /// <summary>
    /// The adjusted R², from 0, of the ranks of the trials' accuracies: by a parabola in the ranks of the values where these are
    /// numbers, since the best often lies between the ends; by the mean of each value where they are not. Null if the parameter
    /// or the accuracy never changed, or if there are too few trials.
    /// </summary>
    /// <param name="path">The parameter.</param>
    /// <param name="trials">The trials; those that failed have no accuracy and are left out.</param>
    public static double? Of(string path, IReadOnlyList<Trial> trials)
    {
        var done = trials.Where(t => t.Accuracy is not null && t.Values.ContainsKey(path)).ToArray();
        var values = done.Select(t => t.Values[path]).ToArray();
        var accuracy = Ranks([.. done.Select(t => t.Accuracy!.Value)]);
        var different = values.Select(v => v.GetRawText()).Distinct().Count();
        if (different < 2 || accuracy.Distinct().Count() < 2) return null;
        var areNumbers = values.All(v => v.ValueKind == JsonValueKind.Number);
        var freedom = areNumbers ? Math.Min(2, different - 1) : different - 1;
        if (done.Length - freedom - 1 < 1) return null;
        var fitted = areNumbers && different > 2
            ? Parabola(Ranks([.. values.Select(v => v.GetDouble())]), accuracy)
            : Means([.. values.Select(v => v.GetRawText())], accuracy);
        var mean = accuracy.Average();
        var total = accuracy.Sum(a => (a - mean) * (a - mean));
        var left = accuracy.Zip(fitted, (a, f) => (a - f) * (a - f)).Sum();
        return Math.Max(0, 1 - left / total * (done.Length - 1) / (done.Length - freedom - 1));
    }

    // Ranks from 0; ties share the mean of theirs.
    private static double[] Ranks(double[] values)
    {
        var ranks = new double[values.Length];
        int[] order = [.. Enumerable.Range(0, values.Length).OrderBy(i => values[i])];
        for (int from = 0, to; from < order.Length; from = to)
        {
            for (to = from + 1; to < order.Length && values[order[to]] == values[order[from]];) to++;
            for (var i = from; i < to; i++) ranks[order[i]] = (from + to - 1) / 2.0;
        }

        return ranks;
    }

    private static double[] Means(string[] groups, double[] values)
    {
        var means = groups.Zip(values).GroupBy(p => p.First).ToDictionary(g => g.Key, g => g.Average(p => p.Second));
        return [.. groups.Select(g => means[g])];
    }

    // Least squares by orthogonal polynomials: 1, x, and x² without what the others hold of it.
    private static double[] Parabola(double[] x, double[] y)
    {
        var one = x.Average();
        double[] linear = [.. x.Select(v => v - one)];
        double[] square = [.. linear.Select(v => v * v)];
        var (constant, slope) = (square.Average(), Dot(square, linear) / Dot(linear, linear));
        double[] quadratic = [.. square.Zip(linear, (s, l) => s - constant - slope * l)];
        var (mean, a) = (y.Average(), Dot(y, linear) / Dot(linear, linear));
        var norm = Dot(quadratic, quadratic);
        var b = norm > 0 ? Dot(y, quadratic) / norm : 0;
        return [.. linear.Zip(quadratic, (l, q) => mean + a * l + b * q)];
    }

    private static double Dot(double[] a, double[] b) => a.Zip(b, (x, y) => x * y).Sum();
}
