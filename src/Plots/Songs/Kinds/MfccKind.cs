using Engine.Dsp;
using Engine.Plots.Figures;

namespace Engine.Plots.Songs.Kinds;

/// <summary>The mel-frequency cepstral coefficients.</summary>
internal sealed class MfccKind : ISongKind
{
    /// <inheritdoc/>
    public string Name => "mfcc";

    /// <inheritdoc/>
    public string Summary => "mel-frequency cepstral coefficients";

    /// <inheritdoc/>
    public IReadOnlyList<Panel> Draw(Song song)
    {
        var mfcc = new Mfcc(new MfccOptions { Stft = song.Stft.Options, Mel = new() { SampleRate = song.SampleRate } });
        var frames = FrameReader.Mfcc(song.Samples, mfcc);
        var values = ColumnGrid.Mean(song, frames);
        var panel = new Panel(new TickAxis(Enumerable.Range(0, frames.Bins).Where(n => n % 4 == 0).Select(n => (n + 0.5, $"{n}")))
        {
            Title = "coefficient",
            Minimum = 0,
            Maximum = frames.Bins,
        });
        var limit = Limit(values, frames.Bins);
        panel.Add(Matrix.Map(song, values, frames.Bins, frames.Count, (0, frames.Bins), Style.Signed, (-limit, limit)), "value");
        return [panel];
    }

    /// <summary>
    /// The value of the last colour. The loudness, coefficient 0, and often the slope, coefficient 1, are far from 0: beyond the
    /// ends, so that the others show.
    /// </summary>
    internal static float Limit(float[] values, int coefficients)
    {
        var sizes = coefficients == 1 ? values[..] : values[(values.Length / coefficients)..];
        for (var i = 0; i < sizes.Length; i++) sizes[i] = Math.Abs(sizes[i]);
        Array.Sort(sizes);
        return Math.Max(1, sizes[(int)(0.95 * (sizes.Length - 1))]);
    }
}
