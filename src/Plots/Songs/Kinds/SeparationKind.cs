using Engine.Dsp;
using Engine.Plots.Figures;

namespace Engine.Plots.Songs.Kinds;

/// <summary>
/// What sounds steadily and what strikes, by medians along time and frequency: two spectrograms in decibels below the louder one's
/// maximum.
/// </summary>
internal sealed class SeparationKind : ISongKind
{
    private const int BlockFrames = 512;

    /// <inheritdoc/>
    public string Name => "hpss";

    /// <inheritdoc/>
    public string Summary => "harmonic and percussive parts";

    /// <inheritdoc/>
    public IReadOnlyList<Panel> Draw(Song song)
    {
        var frames = FrameReader.Magnitude(song.Samples, song.Stft);
        var rows = new LogSpectrum(song);
        var columns = new ColumnGrid(frames.Count);
        var (harmonic, percussive) = (new ColumnSums(columns, rows.Rows), new ColumnSums(columns, rows.Rows));
        var separation = new HarmonicPercussive();
        var (power, row) = (new float[frames.Bins], new float[rows.Rows]);
        for (var first = 0; first < frames.Count; first += BlockFrames)
        {
            song.Cancel.ThrowIfCancellationRequested();
            var end = Math.Min(first + BlockFrames, frames.Count);
            // The median along time needs its neighbours.
            var from = Math.Max(0, first - separation.Halo);
            var block = new Frames<float>(Math.Min(frames.Count, end + separation.Halo) - from, frames.Bins);
            frames.Read(from, block.Data);
            var (tones, strokes) = separation.Masks(block);
            for (var t = first; t < end; t++)
            {
                Add(t, block[t - from], tones[t - from], harmonic);
                Add(t, block[t - from], strokes[t - from], percussive);
            }
        }

        float[][] levels = [harmonic.Mean(), percussive.Mean()];
        var loudest = Levels.Loudest(levels);
        return [Draw(levels[0], "harmonic (Hz)"), Draw(levels[1], "percussive (Hz)")];

        void Add(int t, ReadOnlySpan<float> magnitude, ReadOnlySpan<float> mask, ColumnSums sums)
        {
            for (var k = 0; k < power.Length; k++) power[k] = magnitude[k] * mask[k] * (magnitude[k] * mask[k]);
            rows.Apply(power, row);
            sums.Add(t, row);
        }

        Panel Draw(float[] values, string title)
        {
            Levels.ToDecibels(values, loudest);
            var panel = new Panel(rows.Axis(title));
            panel.Add(rows.Map(song, values, frames.Count), "dB");
            return panel;
        }
    }
}
