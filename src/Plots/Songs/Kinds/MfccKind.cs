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
        panel.Add(Matrix.Map(song, values, frames.Bins, frames.Count, (0, frames.Bins), Style.Sequential,
            (values.Min(), values.Max())), "");
        return [panel];
    }
}
