using System.Numerics;

namespace Engine.Dsp;

/// <summary>
/// How noise-like a spectrum is: the geometric over the arithmetic mean of its power, 1 for white noise and near 0 for a
/// tone, as <c>librosa.feature.spectral_flatness</c> with its default power of 2 (S. Dubnov, "Generalization of spectral
/// flatness measure for non-Gaussian linear processes", 2004).
/// </summary>
/// <inheritdoc cref="Stft.MagnitudeInDouble" path="/remarks"/>
public static class SpectralFlatness
{
    /// <summary>The floor of each power value, librosa's <c>amin</c>; silent frames therefore have flatness 1.</summary>
    public const float DefaultFloor = 1e-10f;

    /// <summary>The flatness of one frame.</summary>
    /// <param name="power">The squared magnitudes of one frame.</param>
    /// <param name="floor">The floor of each power value, positive.</param>
    /// <exception cref="ArgumentException">The frame is empty.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="floor"/> is not positive.</exception>
    public static float Frame(ReadOnlySpan<float> power, float floor = DefaultFloor)
    {
        if (power.IsEmpty)
            throw new ArgumentException("SpectralFlatness: the frame has 0 values; at least 1 is needed.", nameof(power));
        if (!(floor > 0))
            throw new ArgumentOutOfRangeException(nameof(floor), $"SpectralFlatness: floor is {floor}; it must be positive.");
        // Logarithms relative to the mean: for a flat spectrum they are near 0 and add up without rounding.
        var mean = VectorSum.Of(power, power, new Floored(floor)) / power.Length;
        return MathF.Exp(VectorSum.Of(power, power, new FlooredLog(floor, 1 / mean)) / power.Length);
    }

    /// <summary>The flatness of every frame.</summary>
    /// <param name="power">Squared magnitudes [frames, bins].</param>
    /// <param name="floor">The floor of each power value, positive.</param>
    /// <exception cref="ArgumentException">A frame is empty, or the floor is not positive.</exception>
    public static float[] Of(Frames<float> power, float floor = DefaultFloor)
    {
        ArgumentNullException.ThrowIfNull(power);
        var result = new float[power.Count];
        for (var t = 0; t < result.Length; t++) result[t] = Frame(power[t], floor);
        return result;
    }

    /// <summary>The flatness of every frame of a signal.</summary>
    /// <param name="signal">Mono samples.</param>
    /// <param name="stft">The transform; null means the defaults.</param>
    /// <param name="floor">The floor of each power value, positive.</param>
    /// <exception cref="ArgumentException">A parameter is out of range.</exception>
    public static float[] Of(ReadOnlySpan<float> signal, StftOptions? stft = null, float floor = DefaultFloor)
    {
        var spectrogram = new Stft(stft ?? new()).MagnitudeInDouble(signal);
        foreach (ref var value in spectrogram.Data.AsSpan()) value *= value;
        return Of(spectrogram, floor);
    }

    private readonly struct FlooredLog(float floor, float scale) : ISumStep
    {
        public Vector<float> Add(Vector<float> sum, Vector<float> x, Vector<float> y) =>
            sum + Vector.Log(Vector.Max(x, new Vector<float>(floor)) * scale);

        public float Add(float sum, float x, float y) => sum + MathF.Log(MathF.Max(x, floor) * scale);
    }

    private readonly struct Floored(float floor) : ISumStep
    {
        public Vector<float> Add(Vector<float> sum, Vector<float> x, Vector<float> y) =>
            sum + Vector.Max(x, new Vector<float>(floor));

        public float Add(float sum, float x, float y) => sum + MathF.Max(x, floor);
    }
}
