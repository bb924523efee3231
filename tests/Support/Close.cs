namespace Engine.Tests.Support;

/// <summary>The one comparison of numbers. It passes on <c>error &lt;= budget</c>, so a NaN fails.</summary>
public static class Close
{
    /// <summary>Each value within <c>absolute + relative·|expected|</c>.</summary>
    public static void Assert(
        ReadOnlySpan<float> expected, ReadOnlySpan<float> actual, double absolute, double relative = 0, string what = "") =>
        Assert(Widen(expected), Widen(actual), absolute, relative, what);

    /// <summary>Each value within <c>absolute + relative·|expected|</c>; two NaNs, or two equal infinities, agree.</summary>
    public static void Assert(
        ReadOnlySpan<double> expected, ReadOnlySpan<double> actual, double absolute, double relative = 0, string what = "")
    {
        AssertLength(expected.Length, actual.Length, what);
        var (worst, worstShare) = (-1, 0.0);
        for (var i = 0; i < expected.Length; i++)
        {
            if (expected[i].Equals(actual[i])) continue;
            var budget = absolute + relative * Math.Abs(expected[i]);
            var error = Math.Abs(expected[i] - actual[i]);
            if (error <= budget && (worst < 0 || error / budget <= worstShare)) continue;
            var share = error <= budget
                ? error / budget : double.IsNaN(error) || budget == 0 ? double.PositiveInfinity : error / budget;
            if (worst < 0 || share > worstShare) (worst, worstShare) = (i, share);
        }

        if (worst >= 0 && !(worstShare <= 1))
        {
            Xunit.Assert.Fail($"{what}[{worst}]: expected {expected[worst]:R}, got {actual[worst]:R}; {worstShare:P0} of "
                + $"the budget {absolute + relative * Math.Abs(expected[worst]):G3}.");
        }
    }

    /// <summary>Relative L2 distance: <c>‖actual - expected‖ &lt;= budget·‖expected‖</c>.</summary>
    public static void AssertL2(ReadOnlySpan<double> expected, ReadOnlySpan<double> actual, double budget, string what = "")
    {
        AssertLength(expected.Length, actual.Length, what);
        double error = 0, norm = 0;
        for (var i = 0; i < expected.Length; i++)
        {
            error += (actual[i] - expected[i]) * (actual[i] - expected[i]);
            norm += expected[i] * expected[i];
        }

        if (!(Math.Sqrt(error) <= budget * Math.Sqrt(norm)))
            Xunit.Assert.Fail($"{what}: relative L2 error {Math.Sqrt(error / norm):G3} exceeds {budget:G3}.");
    }

    // No message is made for what is right: some tests compare millions of values one by one.
    private static void AssertLength(int expected, int actual, string what)
    {
        if (expected != actual) Xunit.Assert.Fail($"{what}: expected {expected} values, got {actual}.");
    }

    private static double[] Widen(ReadOnlySpan<float> values)
    {
        var wide = new double[values.Length];
        for (var i = 0; i < wide.Length; i++) wide[i] = values[i];
        return wide;
    }
}
