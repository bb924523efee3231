using Engine.Dsp;

namespace Engine.Plots.Songs;

/// <summary>The onset strength of each frame, with the defaults of <c>librosa.onset.onset_strength</c>.</summary>
internal static class OnsetEnvelope
{
    /// <summary>One value for each frame; the floor of the decibels is that of the whole recording.</summary>
    public static float[] Of(Song song)
    {
        var mel = new MelSpectrogram(song.Stft.Options, new MelOptions { SampleRate = song.SampleRate });
        var onsets = FrameReader.Onsets(song.Samples, mel);
        var strength = new float[onsets.Count];
        song.ForEach(onsets, (t, now) => strength[t] = now[0]);
        return strength;
    }
}
