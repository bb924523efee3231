namespace Engine.Dsp;

/// <summary>The root of the mean square of each frame, as <c>librosa.feature.rms</c>; zeros pad a centred signal.</summary>
public static class Rms
{
    /// <summary>The root mean square of every frame of a signal.</summary>
    /// <param name="signal">Mono samples.</param>
    /// <param name="frameLength">Samples per frame.</param>
    /// <param name="hopLength">Samples between frames.</param>
    /// <param name="center">True: frame t is centred on sample t·hopLength. False: it starts there.</param>
    /// <exception cref="ArgumentOutOfRangeException">A length is below 1.</exception>
    public static float[] Of(ReadOnlySpan<float> signal, int frameLength = 2048, int hopLength = 512, bool center = true)
    {
        var grid = new FrameGrid(nameof(Rms), signal.Length, frameLength, hopLength, center);
        var result = new float[grid.Count];
        for (var t = 0; t < result.Length; t++) result[t] = Frame(signal[grid[t]], frameLength);
        return result;
    }

    /// <summary>
    /// The root mean square of one frame: <paramref name="samples"/> and zeros up to <paramref name="frameLength"/>.
    /// </summary>
    /// <exception cref="ArgumentException">There are more samples than <paramref name="frameLength"/>.</exception>
    public static float Frame(ReadOnlySpan<float> samples, int frameLength)
    {
        if (frameLength < 1 || samples.Length > frameLength)
        {
            throw new ArgumentException(
                $"Rms: {samples.Length} samples in a frame of {frameLength}; it must be at least 1 and hold them all.");
        }

        return MathF.Sqrt(VectorMath.Dot(samples, samples) / frameLength);
    }

    /// <summary>
    /// The root mean square of every frame from its magnitudes, by Parseval's theorem (with a window, of the windowed
    /// frame), as <c>librosa.feature.rms(S=…)</c>.
    /// </summary>
    /// <param name="magnitude">Magnitudes [frames, frameLength/2 + 1].</param>
    /// <param name="frameLength">The transform's length; null means the even length with this number of bins.</param>
    /// <exception cref="ArgumentException">The number of bins does not match <paramref name="frameLength"/>.</exception>
    public static float[] FromMagnitude(Frames<float> magnitude, int? frameLength = null)
    {
        ArgumentNullException.ThrowIfNull(magnitude);
        var length = SpectrumCheck.FftSize(magnitude.Bins, frameLength);
        SpectrumCheck.Length(nameof(Rms), "each frame", magnitude.Bins, length / 2 + 1);
        var result = new float[magnitude.Count];
        for (var t = 0; t < result.Length; t++)
        {
            var frame = magnitude[t];
            // Every bin represents itself and its mirror image, except the first and, for an even length, the last.
            var twice = 2 * VectorMath.Dot(frame, frame) - frame[0] * frame[0];
            if (length % 2 == 0) twice -= frame[^1] * frame[^1];
            result[t] = MathF.Sqrt(Math.Max(0, twice)) / length;
        }

        return result;
    }
}
