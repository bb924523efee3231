namespace Engine.Pipeline.Checking;

/// <summary>Whether a recording lacks a part of the band that others fill.</summary>
internal static class BandGap
{
    // Some recordings may be odd, old or damaged themselves.
    private const double Odd = 0.05;

    // Estimates differ by instrument and level; a recording lacks the band if a fifth of it is missing.
    private const double Share = 0.8;

    /// <summary>The band in Hz that all but the narrowest twentieth fill.</summary>
    public static double Filled(IEnumerable<double> bands)
    {
        var ordered = bands.Order().ToArray();
        return ordered[(int)(Odd * ordered.Length)];
    }

    /// <summary>Whether a recording lacks a part of a band that ends at <paramref name="highest"/> Hz.</summary>
    public static bool IsMissing(double bandwidth, double band, double highest) =>
        Math.Min(bandwidth, highest) < Share * Math.Min(band, highest);
}
