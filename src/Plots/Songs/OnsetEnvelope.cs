using Engine.Dsp;

namespace Engine.Plots.Songs;

/// <summary>The onset strength of each frame, with the defaults of <c>librosa.onset.onset_strength</c>.</summary>
internal static class OnsetEnvelope
{
    /// <summary>One value for each frame; the floor of the decibels is that of the whole recording.</summary>
    public static float[] Of(Song song)
    {
        var mel = new MelSpectrogram(song.Stft.Options, new MelOptions { SampleRate = song.SampleRate });
        var decibels = FrameReader.MelDecibels(song.Samples, mel);
        var strength = new float[decibels.Count];
        var before = new float[decibels.Bins];
        // The rise is seen half a transform after it began.
        var shift = song.Stft.Options.FftSize / (2 * song.Stft.Options.Hop);
        song.ForEach(decibels, (t, now) =>
        {
            if (t > 0 && t + shift < strength.Length) strength[t + shift] = OnsetStrength.Rise(before, now);
            now.CopyTo(before);
        });
        return strength;
    }
}
