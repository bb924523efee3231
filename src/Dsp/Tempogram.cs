using Engine.Dsp.Fft;

namespace Engine.Dsp;

/// <summary>
/// Local autocorrelation of an onset strength envelope, as <c>librosa.feature.tempogram</c> (P. Grosche, M. Müller, F. Kurth,
/// "Cyclic tempogram: a mid-level tempo representation for music signals", 2010).
/// </summary>
public static class Tempogram
{
    /// <summary>
    /// The mean over all frames of the tempogram: for each lag 0…windowLength-1 the mean autocorrelation of the envelope under a
    /// Hann window centred on each frame, each frame scaled to 1 at lag 0. In double.
    /// </summary>
    /// <param name="onsetStrength">One value per frame.</param>
    /// <param name="windowLength">Frames under the window, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="windowLength"/> is below 1.</exception>
    public static double[] Mean(ReadOnlySpan<float> onsetStrength, int windowLength)
    {
        if (windowLength < 1)
        {
            throw new ArgumentOutOfRangeException(nameof(windowLength), $"Tempogram: windowLength is {windowLength}; it must be at least 1.");
        }

        var mean = new double[windowLength];
        if (onsetStrength.IsEmpty) return mean;
        var envelope = Pad(onsetStrength, windowLength / 2);
        var window = Windows.Create(WindowKind.Hann, windowLength);

        // The mean of the autocorrelations is the inverse transform of the mean of the power spectra. Two real frames go
        // through one complex transform: as Z = X + iY, |Z[k]|² + |Z[-k]|² = 2(|X[k]|² + |Y[k]|²).
        var fft = new FftPlan<double>(NextFastLength(2 * windowLength - 1));
        var frame = new Complex<double>[fft.Length];
        var power = new double[fft.Length];
        for (var t = 0; t < onsetStrength.Length; t += 2)
        {
            var odd = t + 1 < onsetStrength.Length;
            var even = Scale(envelope.AsSpan(t, windowLength), window);
            var other = odd ? Scale(envelope.AsSpan(t + 1, windowLength), window) : 0;
            if (even == 0 && other == 0) continue;
            for (var i = 0; i < windowLength; i++)
                frame[i] = new(even * window[i] * envelope[t + i], odd ? other * window[i] * envelope[t + 1 + i] : 0);
            Array.Clear(frame, windowLength, frame.Length - windowLength);
            fft.Forward(frame, frame);
            for (var k = 0; k < power.Length; k++) power[k] += frame[k].Power;
        }

        for (var k = 0; k < power.Length; k++)
            frame[k] = new((power[k] + power[(power.Length - k) % power.Length]) / (2 * onsetStrength.Length), 0);
        fft.Inverse(frame, frame);
        for (var lag = 0; lag < windowLength; lag++) mean[lag] = frame[lag].Real;
        return mean;
    }

    // What makes a windowed frame's energy, its autocorrelation at lag 0 and so its maximum, 1; 0 for silence.
    private static double Scale(ReadOnlySpan<float> values, ReadOnlySpan<double> window)
    {
        double energy = 0;
        for (var i = 0; i < values.Length; i++) energy += window[i] * values[i] * (window[i] * values[i]);
        return energy < 2.2250738585072014e-308 ? 0 : 1 / Math.Sqrt(energy);
    }

    // Ramps from 0 to the first value and from the last back to 0.
    private static float[] Pad(ReadOnlySpan<float> values, int width)
    {
        var padded = new float[values.Length + 2 * width];
        values.CopyTo(padded.AsSpan(width));
        for (var i = 0; i < width; i++)
        {
            padded[i] = (float)((double)values[0] * i / width);
            padded[^(i + 1)] = (float)((double)values[^1] * i / width);
        }

        return padded;
    }

    // The least product of 2, 3 and 5 that is no less.
    private static int NextFastLength(int length)
    {
        while (true)
        {
            var rest = length;
            foreach (var prime in (ReadOnlySpan<int>)[2, 3, 5])
                while (rest % prime == 0) rest /= prime;
            if (rest == 1) return length;
            length++;
        }
    }
}
