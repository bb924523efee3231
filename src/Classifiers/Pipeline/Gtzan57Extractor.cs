using Engine.Dsp;

namespace Engine.Classifiers.Pipeline;

/// <summary>The 57 columns of the published <c>features_30_sec.csv</c>.</summary>
internal sealed class Gtzan57Extractor(int sampleRate) : FeatureExtractor
{
    private readonly Gtzan57 _features = new(sampleRate);

    public override IReadOnlyList<string> Columns => Gtzan57.Columns;

    /// <summary>One frame: of less, what is measured is mostly the padding.</summary>
    public override int MinimumSamples => 2048;

    public override double[] Extract(ReadOnlySpan<float> samples, string name) => _features.Extract(samples);
}
