using Engine.Dsp;
using Engine.Plots.Figures;

namespace Engine.Plots.Songs.Kinds;

/// <summary>How often the signal changes its sign, as a share of the samples of each frame.</summary>
internal sealed class ZeroCrossingKind : ISongKind
{
    /// <inheritdoc/>
    public string Name => "zcr";

    /// <inheritdoc/>
    public string Summary => "zero-crossing rate";

    /// <inheritdoc/>
    public IReadOnlyList<Panel> Draw(Song song)
    {
        var (curve, size) = (new Curve(SampleFrames.Count(song)), (double)song.Stft.Options.FftSize);
        SampleFrames.ForEach(song, (t, samples) => curve.Add(t, (float)(ZeroCrossingRate.Crossings(samples) / size)));
        return [curve.PanelFromZero(song, "crossings/sample")];
    }
}
