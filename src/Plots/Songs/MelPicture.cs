using Engine.Dsp;
using Engine.Plots.Figures;
using Engine.Plots.Images;
using OxyPlot;

namespace Engine.Plots.Songs;

/// <summary>The mel spectrogram in decibels, on an axis of mels labelled in Hz.</summary>
internal static class MelPicture
{
    // Curves are drawn over it, so the loudest is grey, not black.
    private static readonly OxyPalette s_faint = OxyPalette.Interpolate(256, OxyColors.White, OxyColor.FromRgb(0xA0, 0xA0, 0xA0));

    /// <summary>The axis, from 0 to half the sample rate.</summary>
    public static TickAxis Axis(Song song, string title)
    {
        var highest = song.SampleRate / 2.0;
        return new(HertzTicks.Mels(highest)) { Title = title, Minimum = 0, Maximum = Mel.FromHertz(highest) };
    }

    /// <summary>The picture in colours.</summary>
    public static HeatMap Of(Song song) => Of(song, Style.Levels);

    /// <summary>The picture in greys, as the background of a curve.</summary>
    public static HeatMap Faint(Song song) => Of(song, s_faint);

    private static HeatMap Of(Song song, OxyPalette palette)
    {
        var mel = new MelSpectrogram(song.Stft.Options, new MelOptions { SampleRate = song.SampleRate });
        var frames = FrameReader.Mel(song.Samples, mel);
        var values = ColumnGrid.Mean(song, frames);
        Levels.ToDecibels(values, Levels.Loudest(values));
        // The peaks of the filters are evenly spaced between the axis's ends, which are the outer edges of the first and last.
        var step = Mel.FromHertz(song.SampleRate / 2.0) / (frames.Bins + 1);
        return Matrix.Map(song, values, frames.Bins, frames.Count, (step / 2, (frames.Bins + 0.5) * step), palette,
            (-Levels.Range, 0));
    }
}
