using Engine.Dsp;
using Engine.Dsp.Audio;

namespace Engine.Pipeline.FrontEnds;

/// <summary>The columns of the published <c>features_30_sec.csv</c>, without those the spec leaves out.</summary>
internal sealed class Gtzan57Extractor(Gtzan57Features spec, int sampleRate) : FeatureExtractor
{
    private readonly Gtzan57 _features = new(sampleRate);
    private readonly int[] _kept =
        [.. Enumerable.Range(0, Gtzan57.Columns.Count).Where(c => spec.Columns.Contains(Gtzan57.Columns[c]))];

    public override IReadOnlyList<string> Columns { get; } = [.. spec.Columns];

    /// <summary>One frame: with less, the result would mostly reflect the padding.</summary>
    public override int MinimumSamples => 2048;

    public override double[] Extract(SampleSource samples, string name)
    {
        var all = _features.Extract(samples);
        return [.. _kept.Select(c => all[c])];
    }
}
