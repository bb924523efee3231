using System.Text.Json;
using System.Text.Json.Serialization;
using Engine.Classifiers;
using Engine.Pipeline.Json;
using Engine.Tensors;

namespace Engine.Pipeline.FrontEnds;

/// <summary>How a recording becomes feature rows.</summary>
/// <param name="SampleRate">The rate in Hz that every recording is resampled to.</param>
/// <param name="Features">What is computed from the samples.</param>
/// <param name="Segment">
/// Length in seconds of the windows a recording is cut into, one row each; null: one row per recording.
/// </param>
/// <param name="Hop">
/// Seconds from the start of one window to that of the next; null: the segment's, so that windows touch.
/// </param>
public sealed record FrontEndSpec(
    [property: Range(1000, 384_000)] int SampleRate,
    FeatureSpec Features,
    [property: Range(Above = 0)] double? Segment = null,
    [property: Range(Above = 0), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] double? Hop = null)
{
    /// <summary>Samples of a window at <see cref="SampleRate"/>; null: those of the whole recording.</summary>
    internal int? SegmentSamples => SegmentAt(SampleRate);

    /// <summary>The rates that recordings are resampled to: the front end's, then those of joined sets with others.</summary>
    internal IReadOnlyList<int> Rates => [.. Features.Parts.Select(p => p.RateIn(this)).Prepend(SampleRate).Distinct()];

    /// <summary>The highest rate that a set is computed from.</summary>
    internal int HighestRate => Features.Parts.Select(p => p.RateIn(this)).DefaultIfEmpty(SampleRate).Max();

    /// <summary>Samples from the start of one window to that of the next; null without windows.</summary>
    internal int? HopSamples => Hop is { } seconds ? (int)Math.Round(seconds * SampleRate) : SegmentSamples;

    /// <summary>Samples of a window at a rate; null: those of the whole recording.</summary>
    internal int? SegmentAt(int rate) => Segment is { } seconds ? (int)Math.Round(seconds * rate) : null;

    /// <summary>
    /// The spec as JSON with every parameter, on one line; equal specs give equal text.
    /// </summary>
    public string ToCanonicalJson() => JsonSerializer.Serialize(this, FrontEndJson.Compact.FrontEndSpec);

    /// <summary>The same with what its features need besides their parameters; see <see cref="FeatureSpec.Bound"/>.</summary>
    /// <exception cref="EngineException">It is missing or cannot be used.</exception>
    internal FrontEndSpec Bound() => Of(Features.Map(f => f.Bound()));

    /// <summary>The canonical JSON of what it gives, which is part of a cache entry's key.</summary>
    internal string Key() => Of(Features.Map(f => f.Keyed())).ToCanonicalJson();

    private FrontEndSpec Of(FeatureSpec features) =>
        ReferenceEquals(features, Features) ? this : this with { Features = features };

    /// <summary>The spec as JSON.</summary>
    public override string ToString() => ToCanonicalJson();

    internal void Validate(RangeCheck check)
    {
        JsonRanges.Check(this, FrontEndJson.Default.FrontEndSpec, "$.front_end", check);
        if (Segment is { } segment) CheckSeconds("$.front_end.segment", segment);
        if (Hop is { } hop)
        {
            if (Segment is null) check.Fail("$.front_end.hop", hop, "it needs a segment, the length of a window in seconds");
            CheckSeconds("$.front_end.hop", hop);
        }

        if (Features.SampleRate is { } rate)
        {
            check.Fail("$.front_end.features.sample_rate", rate,
                "only a part of a joined set has a rate of its own; set $.front_end.sample_rate");
        }

        Features.Validate("$.front_end.features", check, this);

        void CheckSeconds(string path, double seconds)
        {
            if (seconds * SampleRate is < 1 or > int.MaxValue)
            {
                check.Fail(path, seconds, $"at {SampleRate} Hz it must be from 1 to {int.MaxValue} samples");
            }
        }
    }
}
