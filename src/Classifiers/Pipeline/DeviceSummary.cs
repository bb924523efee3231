using Engine.Classifiers.Pipeline.FrontEnds;
using Engine.Dsp.Audio;
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

    public override double[] Extract(SampleSource samples, string name) => ExtractAll(new(samples, (int)samples.Length, (int)samples.Length), 0, 1, name)[0];

    public override IReadOnlyList<double[]> ExtractAll(WindowGrid windows, int first, int end, string name) =>
        [.. _frames.Compute([.. Enumerable.Range(first, end - first).Select(r => Samples.ToArray(windows[r]))]).Select(SummaryExtractor.Of)];
}
