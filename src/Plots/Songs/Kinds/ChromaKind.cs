using Engine.Dsp;
using Engine.Plots.Figures;

namespace Engine.Plots.Songs.Kinds;

/// <summary>The strength of each pitch class, tuned to the recording; the strongest of a frame is 1.</summary>
internal sealed class ChromaKind : ISongKind
{
    private static readonly string[] s_pitches = ["C", "C♯", "D", "D♯", "E", "F", "F♯", "G", "G♯", "A", "A♯", "B"];

    /// <inheritdoc/>
    public string Name => "chroma";

    /// <inheritdoc/>
    public string Summary => "strength of each pitch class";

    /// <inheritdoc/>
    public IReadOnlyList<Panel> Draw(Song song)
    {
        var frames = FrameReader.Chroma(song.Samples, song.Stft);
        var panel = new Panel(new TickAxis(s_pitches.Select((name, p) => (p + 0.5, name)))
        {
            Title = "pitch class",
            Minimum = 0,
            Maximum = frames.Bins,
        });
        panel.Add(Matrix.Map(song, ColumnGrid.Mean(song, frames), frames.Bins, frames.Count, (0, frames.Bins), Style.Sequential,
            (0, 1)), "strength");
        return [panel];
    }
}
