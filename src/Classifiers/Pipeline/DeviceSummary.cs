using Engine.Classifiers.Pipeline.FrontEnds;
using Engine.Tensors;

namespace Engine.Classifiers.Pipeline;

/// <summary>
/// The columns of <see cref="SummaryExtractor"/> from frames that a device computes, all windows of a recording in a batch.
/// Means and variances are taken here, in double precision.
/// </summary>
internal sealed class DeviceSummary(FeatureSpec features, int sampleRate, Device device) : FeatureExtractor
{
    private readonly DeviceFrames _frames = DeviceFrames.Of(features, sampleRate, device);
    private readonly FeatureExtractor _onCpu = Create([features], sampleRate);

    public override IReadOnlyList<string> Columns => _onCpu.Columns;

    public override int MinimumSamples => _onCpu.MinimumSamples;

    public override double[] Extract(ReadOnlySpan<float> samples, string name) => ExtractAll(samples.ToArray(), samples.Length, samples.Length, 1, name)[0];

    public override IReadOnlyList<double[]> ExtractAll(float[] audio, int length, int hop, int count, string name) =>
        [.. _frames.Compute([.. Enumerable.Range(0, count).Select(r => audio.AsSpan(r * hop, length).ToArray())]).Select(SummaryExtractor.Of)];
}
