using Engine.Plots.Figures;

namespace Engine.Plots.Songs.Kinds;

/// <summary>How much louder the mel bands become from frame to frame, on average.</summary>
internal sealed class OnsetKind : ISongKind
{
    /// <inheritdoc/>
    public string Name => "onset";

    /// <inheritdoc/>
    public string Summary => "onset strength";

    /// <inheritdoc/>
    public IReadOnlyList<Panel> Draw(Song song)
    {
        var strength = OnsetEnvelope.Of(song);
        var curve = new Curve(strength.Length);
        for (var t = 0; t < strength.Length; t++) curve.Add(t, strength[t]);
        return [curve.PanelFromZero(song, "onsets (dB)")];
    }
}
