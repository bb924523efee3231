using Engine.Dsp;
using Engine.Plots.Figures;

namespace Engine.Plots.Songs.Kinds;

/// <summary>A frequency of each frame's spectrum, over a faint mel spectrogram.</summary>
internal static class SpectralCurve
{
    /// <summary>The panel.</summary>
    /// <param name="song">The recording.</param>
    /// <param name="title">The title of the axis.</param>
    /// <param name="frequency">The frequency in Hz of a frame's magnitudes.</param>
    public static Panel Draw(Song song, string title, Func<SpectralShape, float[], float> frequency)
    {
        var shape = new SpectralShape(song.SampleRate, song.Stft.Options.FftSize);
        var frames = FrameReader.Magnitude(song.Samples, song.Stft);
        var curve = new Curve(frames.Count);
        var magnitude = new float[frames.Bins];
        song.ForEach(frames, (t, values) =>
        {
            values.CopyTo(magnitude);
            curve.Add(t, frequency(shape, magnitude));
        });
        var panel = new Panel(MelPicture.Axis(song, title));
        panel.Add(MelPicture.Faint(song).ToAnnotation());
        curve.AddTo(panel, song, hertz => Mel.FromHertz(hertz));
        return panel;
    }
}
