using Engine.Dsp;
using Engine.Plots.Figures;

namespace Engine.Plots.Songs.Kinds;

/// <summary>The root mean square of each frame's samples; full scale is 1.</summary>
internal sealed class RmsKind : ISongKind
{
    /// <inheritdoc/>
    public string Name => "rms";

    /// <inheritdoc/>
    public string Summary => "root mean square of the amplitude";

    /// <inheritdoc/>
    public IReadOnlyList<Panel> Draw(Song song)
    {
        var curve = new Curve(SampleFrames.Count(song));
        SampleFrames.ForEach(song, (t, samples) => curve.Add(t, Rms.Frame(samples, song.Stft.Options.FftSize)));
        return [curve.PanelFromZero(song, "RMS amplitude")];
    }
}
