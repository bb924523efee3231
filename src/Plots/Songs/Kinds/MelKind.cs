using Engine.Plots.Figures;

namespace Engine.Plots.Songs.Kinds;

/// <summary>The mel spectrogram in decibels.</summary>
internal sealed class MelKind : ISongKind
{
    /// <inheritdoc/>
    public string Name => "mel";

    /// <inheritdoc/>
    public string Summary => "mel spectrogram";

    /// <inheritdoc/>
    public IReadOnlyList<Panel> Draw(Song song)
    {
        var panel = new Panel(MelPicture.Axis(song, "mel scale (Hz)"));
        panel.Add(MelPicture.Of(song), "dB");
        return [panel];
    }
}
