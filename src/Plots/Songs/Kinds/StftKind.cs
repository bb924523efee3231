using Engine.Dsp;
using Engine.Plots.Figures;

namespace Engine.Plots.Songs.Kinds;

/// <summary>The power spectrogram in decibels, on a logarithmic axis.</summary>
internal sealed class StftKind : ISongKind
{
    /// <inheritdoc/>
    public string Name => "stft";

    /// <inheritdoc/>
    public string Summary => "spectrogram";

    /// <inheritdoc/>
    public IReadOnlyList<Panel> Draw(Song song)
    {
        var frames = FrameReader.Power(song.Samples, song.Stft);
        var rows = new LogSpectrum(song);
        var sums = new ColumnSums(new(frames.Count), rows.Rows);
        var frame = new float[rows.Rows];
        song.ForEach(frames, (t, power) =>
        {
            rows.Apply(power, frame);
            sums.Add(t, frame);
        });
        var levels = sums.Mean();
        Levels.ToDecibels(levels, Levels.Loudest(levels));
        var panel = new Panel(rows.Axis("frequency (Hz)"));
        panel.Add(rows.Map(song, levels, frames.Count), "dB");
        return [panel];
    }
}
