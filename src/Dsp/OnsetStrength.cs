using System.Numerics;

namespace Engine.Dsp;

/// <summary>The parameters of onset strength, with librosa's defaults.</summary>
public sealed record OnsetOptions
{
    /// <summary>The distance in frames between the compared frames (<c>lag</c>).</summary>
    public int Lag { get; init; } = 1;

    /// <summary>
    /// Width in bands of the maximum filter over the earlier frame, which keeps vibrato from counting as onsets
    /// (<c>max_size</c>); 1 means none.
    /// </summary>
    public int MaxSize { get; init; } = 1;

    /// <summary>True: a high-pass filter removes the mean (<c>detrend</c>).</summary>
    public bool Detrend { get; init; }

    /// <summary>True: shifted so that frame t is centred on sample t·hop (<c>center</c>).</summary>
    public bool Center { get; init; } = true;

    /// <summary>The transform length of the spectrogram; it determines the shift.</summary>
    public int FftSize { get; init; } = 2048;

    /// <summary>Samples between frames of the spectrogram; it determines the shift.</summary>
    public int HopLength { get; init; } = 512;
}

/// <summary>
/// How much the spectrum rises at each frame: the mean over bands of the increases of a log-power mel spectrogram, as
/// <c>librosa.onset.onset_strength</c> (S. Böck, G. Widmer, "Maximum filter vibrato suppression for onset detection", 2013).
/// </summary>
public static class OnsetStrength
{
    /// <summary>The onset strength of every frame.</summary>
    /// <param name="decibels">A log-power mel spectrogram [frames, bands], in dB.</param>
    /// <param name="options">The parameters; null means the defaults.</param>
    /// <exception cref="ArgumentException">A parameter is below 1, or there are no bands.</exception>
    public static float[] Of(Frames<float> decibels, OnsetOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(decibels);
        options ??= new();
        if (options.Lag < 1 || options.MaxSize < 1 || options.FftSize < 1 || options.HopLength < 1 || decibels.Bins < 1)
        {
            throw new ArgumentException(
                $"OnsetStrength: lag is {options.Lag}, maxSize {options.MaxSize}, fftSize {options.FftSize}, hopLength "
                    + $"{options.HopLength}, bands {decibels.Bins}; each must be at least 1.");
        }

        var reference = options.MaxSize == 1 ? decibels : MaxFilter(decibels, options.MaxSize);
        var strength = new float[decibels.Count];
        var shift = options.Center ? (int)(options.FftSize / (2L * options.HopLength)) : 0;
        for (var t = options.Lag; t < strength.Length - shift; t++)
            strength[t + shift] = Rise(reference[t - options.Lag], decibels[t]);
        if (options.Detrend) RemoveMean(strength);
        return strength;
    }

    /// <summary>The onset strength of every frame of a signal, from 128 mel bands up to half the sample rate.</summary>
    /// <param name="signal">Mono samples.</param>
    /// <param name="sampleRate">Samples per second.</param>
    /// <param name="options">The parameters, those of the transform among them; null means the defaults.</param>
    /// <exception cref="ArgumentException">A parameter is out of range.</exception>
    public static float[] Of(ReadOnlySpan<float> signal, double sampleRate, OnsetOptions? options = null)
    {
        options ??= new();
        var stft = new StftOptions { FftSize = options.FftSize, HopLength = options.HopLength };
        var mel = new MelSpectrogram(stft, new MelOptions { SampleRate = sampleRate }).Compute(signal);
        Decibels.FromPower(mel.Data, mel.Data);
        return Of(mel, options);
    }

    /// <summary>
    /// The mean over bands of how much <paramref name="now"/> exceeds <paramref name="before"/>, with decreases counted as 0.
    /// </summary>
    /// <exception cref="ArgumentException">The frames differ in length.</exception>
    public static float Rise(ReadOnlySpan<float> before, ReadOnlySpan<float> now)
    {
        SpectrumCheck.Length(nameof(OnsetStrength), "the earlier frame", before.Length, now.Length);
        return VectorSum.Of(before, now, default(Increase)) / now.Length;
    }

    // scipy.ndimage.maximum_filter1d along the bands; its mirrored border adds no value that is not already in the window.
    private static Frames<float> MaxFilter(Frames<float> x, int size)
    {
        var result = new Frames<float>(x.Count, x.Bins);
        for (var t = 0; t < x.Count; t++)
        {
            for (var b = 0; b < x.Bins; b++)
            {
                var first = Math.Max(0, b - size / 2);
                var end = Math.Min(x.Bins, b - size / 2 + size);
                var max = x[t][first];
                foreach (var value in x[t][first..end]) max = MathF.Max(max, value);
                result[t][b] = max;
            }
        }

        return result;
    }

    // y[t] = x[t] - x[t-1] + 0.99·y[t-1]
    private static void RemoveMean(float[] x)
    {
        double before = 0, y = 0;
        foreach (ref var value in x.AsSpan())
        {
            y = value - before + 0.99 * y;
            before = value;
            value = (float)y;
        }
    }

    private readonly struct Increase : ISumStep
    {
        public Vector<float> Add(Vector<float> sum, Vector<float> x, Vector<float> y) =>
            sum + Vector.Max(Vector<float>.Zero, y - x);

        public float Add(float sum, float x, float y) => sum + MathF.Max(0, y - x);
    }
}
