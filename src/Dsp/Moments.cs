namespace Engine.Dsp;

/// <summary>The mean and the population variance (divided by n, as <c>numpy.var</c>) of a series.</summary>
/// <param name="Mean">The mean.</param>
/// <param name="Variance">The mean squared deviation from it.</param>
internal readonly record struct Moments(double Mean, double Variance)
{
    /// <summary>Computes both in double precision, in two passes; NaN for no values.</summary>
    public static Moments Of(ReadOnlySpan<float> values)
    {
        var moments = new RunningMoments();
        moments.Add(values);
        moments.StartDeviations();
        moments.Add(values);
        return moments.Result;
    }
}
