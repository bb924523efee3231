using Engine.Dsp.Audio;
using Engine.Tensors;

namespace Engine.Pipeline.FrontEnds;

/// <summary>
/// The columns of <see cref="SummaryExtractor"/> from frames computed on a device, all windows of a recording in a batch. Means
/// and variances are computed here, in double precision.
/// </summary>
internal sealed class DeviceSummary(FeatureSpec features, int sampleRate, Device device) : FeatureExtractor
{
    private const int BatchSamples = 1 << 23;

    private readonly DeviceFrames _frames = DeviceFrames.Of(features, sampleRate, device);
    private readonly FeatureExtractor _onCpu = features.CreateExtractor(sampleRate);

    public override IReadOnlyList<string> Columns => _onCpu.Columns;

    public override int MinimumSamples => _onCpu.MinimumSamples;

    public override double[] Extract(SampleSource samples, string name) => _frames.IsLong(samples.Length)
        ? SummaryExtractor.Of(_frames.Read(samples))
        : SummaryExtractor.Of(_frames.Compute([Samples.ToArray(samples)])[0]);

    public override IReadOnlyList<double[]> ExtractAll(WindowGrid windows, int first, int end, string name)
    {
        if (_frames.IsLong(windows.Length)) return base.ExtractAll(windows, first, end, name);
        var rows = new List<double[]>(end - first);
        // A few MB of samples at a time, so a long recording's windows need not all be in memory.
        for (var r = first; r < end; r += Math.Min(Step(windows), end - r))
        {
            var signals = Enumerable.Range(r, Math.Min(Step(windows), end - r)).Select(w => Samples.ToArray(windows[w]));
            rows.AddRange(_frames.Compute([.. signals]).Select(SummaryExtractor.Of));
        }

        return rows;
    }

    private static int Step(WindowGrid windows) => Math.Max(1, BatchSamples / windows.Length);
}
