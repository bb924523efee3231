namespace Engine.Classifiers.Numerics;

/// <summary>The softmax of scores, without overflow.</summary>
internal static class Softmax
{
    /// <summary>Turns scores into probabilities in place, and returns log Σ exp(score).</summary>
    public static double Apply(Span<double> scores)
    {
        var largest = double.NegativeInfinity;
        foreach (var s in scores) largest = Math.Max(largest, s);
        double sum = 0;
        foreach (ref var s in scores)
        {
            s = Math.Exp(s - largest);
            sum += s;
        }

        foreach (ref var s in scores) s /= sum;
        return largest + Math.Log(sum);
    }
}
