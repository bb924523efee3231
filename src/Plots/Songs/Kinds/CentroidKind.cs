using Engine.Plots.Figures;

namespace Engine.Plots.Songs.Kinds;

/// <summary>The spectral centroid of each frame.</summary>
internal sealed class CentroidKind : ISongKind
{
    /// <inheritdoc/>
    public string Name => "centroid";

    /// <inheritdoc/>
    public string Summary => "mean frequency of the spectrum";

    /// <inheritdoc/>
    public IReadOnlyList<Panel> Draw(Song song) => [SpectralCurve.Draw(song, "centroid (Hz)", (shape, frame) => shape.Centroid(frame))];
}
