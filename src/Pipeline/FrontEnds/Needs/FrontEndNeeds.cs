namespace Engine.Pipeline.FrontEnds.Needs;

/// <summary>
/// A front end's memory needs: the tables it plans once, and the arrays of one recording. A recording is assumed to last 30 s, or
/// one segment if that is longer; each part is named after the value it grows with.
/// </summary>
internal static class FrontEndNeeds
{
    /// <summary>How long a recording is assumed to be.</summary>
    public const double Seconds = 30;

    // Each column's name is a separate string.
    private const double NameBytes = 64;

    private const string At = "$.front_end";

    /// <summary>Adds up the needs of a valid spec.</summary>
    public static MemoryPlan Of(FrontEndSpec spec)
    {
        var plan = new MemoryPlan();
        var audio = Math.Max(Seconds * spec.SampleRate, spec.SegmentSamples ?? 0);
        var row = (double)(spec.SegmentSamples ?? audio);
        var rows = 1 + Math.Floor((audio - row) / (spec.HopSamples ?? row));
        plan.Add(spec.Segment * spec.SampleRate > audio / 2 ? $"{At}.segment" : $"{At}.sample_rate", "the samples of a recording",
            4 * sizeof(float) * audio);
        var parts = spec.Features.Parts;
        var rates = new HashSet<int> { spec.SampleRate };
        for (var p = 0; p < parts.Count; p++)
        {
            var at = parts.Count == 1 && spec.Features is not JoinedFeatures ? $"{At}.features" : $"{At}.features.inputs[{p}]";
            var (rate, samples) = (parts[p].RateIn(spec), row * parts[p].RateIn(spec) / spec.SampleRate);
            if (rates.Add(rate))
            {
                plan.Add($"{at}.sample_rate", $"the samples of a recording at {rate} Hz",
                    4 * sizeof(float) * audio * rate / spec.SampleRate);
            }

            parts[p].AddNeeds(new(plan, at, rate, samples));
            if (parts[p] is WindowSpec windows && windows.ValueCount(samples) is var values)
                plan.Add(Largest(spec, at), $"{rows:0} windows a recording of {values:0} values each",
                    rows * values * sizeof(float));
        }

        var columns = spec.Features.ColumnCount;
        if (columns > 0)
            plan.Add(rows > 1 ? $"{At}.{(spec.Hop is null ? "segment" : "hop")}" : $"{At}.features.{spec.Features.ColumnsKey}",
                $"{rows:0} rows a recording of {columns:0} columns", columns * (NameBytes + 2 * rows * sizeof(double)));
        return plan;
    }

    // The value that makes windows numerous or large.
    private static string Largest(FrontEndSpec spec, string at) => spec.Hop is not null && spec.Hop < spec.Segment
        ? $"{At}.hop" : spec.Segment is not null ? $"{At}.segment" : at;
}
