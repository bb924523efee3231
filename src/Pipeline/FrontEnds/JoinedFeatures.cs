using Engine.Classifiers;

namespace Engine.Pipeline.FrontEnds;

/// <summary>
/// Several feature sets of the same audio, for a network with several inputs: all windows in order, then all plain columns.
/// </summary>
/// <param name="Inputs">
/// The sets, at least two. Each may have a <c>sample_rate</c> of its own, from 1000 to 384000 Hz; without one, it is computed
/// from samples at the front end's. Recordings are resampled once to each rate.
/// </param>
public sealed record JoinedFeatures(IReadOnlyList<FeatureSpec> Inputs) : FeatureSpec
{
    internal override IReadOnlyList<FeatureSpec> Parts => Inputs;

    internal override double ColumnCount => Inputs.Sum(i => i.ColumnCount);

    internal override string ColumnsKey => "inputs";

    internal override FeatureSpec Map(Func<FeatureSpec, FeatureSpec> change)
    {
        FeatureSpec[] changed = [.. Inputs.Select(i => i.Map(change))];
        return changed.SequenceEqual(Inputs, ReferenceEqualityComparer.Instance) ? this : this with { Inputs = changed };
    }

    internal override void Validate(string at, RangeCheck check, FrontEndSpec frontEnd)
    {
        if (Inputs.Count < 2) check.Fail($"{at}.inputs", $"a list of {Inputs.Count}", "it must hold at least two sets");
        for (var i = 0; i < Inputs.Count; i++)
        {
            var path = $"{at}.inputs[{i}]";
            if (Inputs[i] is JoinedFeatures)
                check.Fail(path, "joined", "joined sets cannot be joined again; list all sets in one");
            if (Inputs[i] is PsfGaussianFeatures)
                check.Fail(path, "psf-mfcc-gaussian", "a Gaussian is not a plain row and cannot be joined");
            var rate = Inputs[i].RateIn(frontEnd);
            if (frontEnd.Segment * rate > int.MaxValue)
            {
                check.Fail($"{path}.sample_rate", rate,
                    $"a segment of {frontEnd.Segment} s must have at most {int.MaxValue} samples");
            }

            Inputs[i].Validate(path, check, frontEnd with { SampleRate = rate });
        }
    }
}
