namespace Engine.Classifiers.Evaluation;

/// <summary>Student's t distribution.</summary>
internal static class StudentT
{
    /// <summary>
    /// The probability that |t| with <paramref name="freedom"/> degrees of freedom is at least <paramref name="t"/>.
    /// </summary>
    public static double TwoSided(double t, double freedom) =>
        double.IsInfinity(t) ? 0 : SpecialFunctions.IncompleteBeta(freedom / 2, 0.5, freedom / (freedom + t * t));

    /// <summary>The t that |t| exceeds with probability <paramref name="chance"/>, in (0, 1). Found by bisection.</summary>
    public static double TwoSidedQuantile(double chance, double freedom)
    {
        var (low, high) = (0.0, 1.0);
        while (TwoSided(high, freedom) > chance) high *= 2;
        for (var middle = (low + high) / 2; middle > low && middle < high; middle = (low + high) / 2)
        {
            if (TwoSided(middle, freedom) > chance) low = middle;
            else high = middle;
        }

        return high;
    }
}
