using Engine.Plots.Figures;

namespace Engine.Plots.Songs.Kinds;

/// <summary>The spectral rolloff of each frame.</summary>
internal sealed class RolloffKind : ISongKind
{
    /// <inheritdoc/>
    public string Name => "rolloff";

    /// <inheritdoc/>
    public string Summary => "frequency below which 85 % of the spectrum lies";

    /// <inheritdoc/>
    public IReadOnlyList<Panel> Draw(Song song) => [SpectralCurve.Draw(song, "rolloff (Hz)", (shape, frame) => shape.Rolloff(frame))];
}
