using Engine.Dsp;
using Engine.Dsp.Numpy;

namespace Engine.Tests.Support;

/// <summary>Spectrograms of the reference signals and librosa's arrays in our orientation.</summary>
public static class Spectra
{
    /// <summary>The sample rate of every reference signal.</summary>
    public const int Rate = 22050;

    /// <summary>Magnitudes [frames, 1025] with librosa's defaults and precision.</summary>
    public static Frames<float> Magnitude(ReadOnlySpan<float> signal) => new Stft(new StftOptions()).MagnitudeInDouble(signal);

    /// <summary>The squares of <see cref="Magnitude"/>.</summary>
    public static Frames<float> Power(ReadOnlySpan<float> signal)
    {
        var magnitude = Magnitude(signal);
        return new(magnitude.Count, magnitude.Bins, Array.ConvertAll(magnitude.Data, x => x * x));
    }

    /// <summary>librosa's [bins, frames] as our [frames, bins].</summary>
    public static Frames<float> Transpose(NpyArray array)
    {
        var data = array.ToSingles();
        var (bins, count) = (array.Shape[0], array.Shape[1]);
        var frames = new Frames<float>(count, bins);
        for (var t = 0; t < count; t++)
            for (var k = 0; k < bins; k++) frames[t][k] = data[k * count + t];
        return frames;
    }

    /// <summary>A sine of <paramref name="hertz"/> with amplitude 0.5.</summary>
    public static float[] Tone(double hertz, int samples = Rate)
    {
        var tone = new float[samples];
        for (var i = 0; i < samples; i++) tone[i] = (float)(0.5 * Math.Sin(2 * Math.PI * hertz * i / Rate));
        return tone;
    }
}
