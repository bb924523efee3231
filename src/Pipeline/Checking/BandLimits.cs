namespace Engine.Pipeline.Checking;

/// <summary>Tells which of many recordings are band-limited.</summary>
/// <param name="bandwidths">The bandwidths of all, in Hz.</param>
internal sealed class BandLimits(IReadOnlyList<double> bandwidths)
{
    // What lies above is noise in many recordings, and removed by many codecs.
    private const double Highest = 16_000;

    // Where the odd ones are more than a twentieth: half of the usual band is missing.
    private const double Half = 0.5;

    private readonly double _filled = bandwidths.Count > 0 ? BandGap.Filled(bandwidths) : 0;

    /// <summary>The median band, at most 16 kHz.</summary>
    public double Usual { get; } = bandwidths.Count > 0
        ? Math.Min(Highest, bandwidths.Order().ElementAt(bandwidths.Count / 2)) : 0;

    /// <summary>
    /// Whether a recording lacks the band that all but a twentieth fill, as <c>engine predict</c> warns of it, or half of the
    /// usual one. Only the band below 16 kHz counts.
    /// </summary>
    public bool IsLimited(double bandwidth) =>
        BandGap.IsMissing(bandwidth, _filled, Highest) || bandwidth < Half * Usual;
}
