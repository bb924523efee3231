using System.Numerics;
using System.Runtime.InteropServices;
using Engine.Dsp.Fft;

namespace Engine.Dsp;

/// <summary>
/// Local autocorrelation of an onset strength envelope, as <c>librosa.feature.tempogram</c> (P. Grosche, M. Müller, F. Kurth,
/// "Cyclic tempogram: a mid-level tempo representation for music signals", 2010).
/// </summary>
public static class Tempogram
{
    // Even, because frames are processed in pairs.
    private const int BlockFrames = 1 << 14;

    /// <summary>
    /// The mean over all frames of the tempogram: for each lag 0…windowLength-1, the mean autocorrelation of the envelope under a
    /// Hann window centred on each frame, with each frame scaled to 1 at lag 0. In double, like librosa.
    /// </summary>
    /// <param name="onsetStrength">One value per frame.</param>
    /// <param name="windowLength">Frames in the window, from 1 to 2²³.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="windowLength"/> is not from 1 to 2²³.</exception>
    public static double[] Mean(ReadOnlySpan<float> onsetStrength, int windowLength)
    {
        if (windowLength is < 1 or > Guard.MostPoints / 2)
        {
            throw new ArgumentOutOfRangeException(nameof(windowLength),
                $"Tempogram: windowLength is {windowLength}; it must be from 1 to {Guard.MostPoints / 2}.");
        }

        var mean = new double[windowLength];
        if (onsetStrength.IsEmpty) return mean;
        var fft = new FftPlan<double>(NextFastLength(2 * windowLength - 1));
        var power = PowerOfPairs(onsetStrength, windowLength, fft);

        // The mean of the autocorrelations is the inverse transform of the mean of the power spectra.
        var spectrum = new Complex<double>[fft.Length];
        for (var k = 0; k < spectrum.Length; k++)
            spectrum[k] = new((power[k] + power[(power.Length - k) % power.Length]) / (2 * onsetStrength.Length), 0);
        fft.Inverse(spectrum, spectrum);
        for (var lag = 0; lag < windowLength; lag++) mean[lag] = spectrum[lag].Real;
        return mean;
    }

    // The summed power spectra of all windowed and scaled frames, before k and -k are averaged. Two real frames go through
    // one complex transform: as Z = X + iY, |Z[k]|² + |Z[-k]|² = 2(|X[k]|² + |Y[k]|²). Real and imaginary parts alternate, so
    // frame t and its successor are the run starting at 2t in a sequence of every value followed by its successor. Frames are
    // processed in blocks, because a whole long recording would need 40 bytes for each float of its envelope.
    private static double[] PowerOfPairs(ReadOnlySpan<float> onsetStrength, int windowLength, FftPlan<double> fft)
    {
        var lanes = Vector<double>.Count;
        var window = Windows.Create(WindowKind.Hann, windowLength);
        var pairWindow = new double[2 * window.Length + lanes];
        for (var i = 0; i < window.Length; i++) pairWindow[2 * i] = pairWindow[2 * i + 1] = window[i];

        var blockFrames = Math.Min(BlockFrames, onsetStrength.Length);
        var envelope = new double[blockFrames + windowLength + 1];
        var pairs = new double[2 * envelope.Length + lanes];
        var (buffer, squares) = (new double[2 * fft.Length + lanes], new double[2 * fft.Length + lanes]);
        var frame = MemoryMarshal.Cast<double, Complex<double>>(buffer.AsSpan(0, 2 * fft.Length));
        Span<double> alternating = stackalloc double[lanes];
        for (var first = 0; first < onsetStrength.Length; first += BlockFrames)
        {
            var frames = Math.Min(BlockFrames, onsetStrength.Length - first);
            Pad(onsetStrength, windowLength / 2, first, envelope);
            var scales = Scales(envelope, window, frames);
            for (var i = 0; i + 1 < envelope.Length; i++) (pairs[2 * i], pairs[2 * i + 1]) = (envelope[i], envelope[i + 1]);
            for (var t = 0; t + 1 < scales.Length; t += 2)
            {
                if (scales[t] == 0 && scales[t + 1] == 0) continue;
                for (var lane = 0; lane < lanes; lane++) alternating[lane] = scales[t + lane % 2];
                var scale = new Vector<double>(alternating);
                var i = 0;
                for (; i < 2 * window.Length; i += lanes)
                    (new Vector<double>(pairs, 2 * t + i) * new Vector<double>(pairWindow, i) * scale).CopyTo(buffer, i);
                buffer.AsSpan(i).Clear();
                fft.Forward(frame, frame);
                for (i = 0; i < 2 * fft.Length; i += lanes)
                {
                    var x = new Vector<double>(buffer, i);
                    (new Vector<double>(squares, i) + x * x).CopyTo(squares, i);
                }
            }
        }

        var power = new double[fft.Length];
        for (var k = 0; k < power.Length; k++) power[k] = squares[2 * k] + squares[2 * k + 1];
        return power;
    }

    // For each frame, the factor that makes its energy under the window 1 (that is its autocorrelation at lag 0, and so its
    // maximum), or 0 for a silent frame. An extra 0 pairs with the last of an odd number of frames.
    private static double[] Scales(double[] envelope, double[] window, int frames)
    {
        var squares = Array.ConvertAll(envelope, x => x * x);
        var scales = new double[frames + 1];
        for (var i = 0; i < window.Length; i++)
            VectorMath.AddScaled(squares.AsSpan(i, frames), window[i] * window[i], scales.AsSpan(0, frames));
        foreach (ref var scale in scales.AsSpan())
            scale = scale < 2.2250738585072014e-308 ? 0 : 1 / Math.Sqrt(scale);
        return scales;
    }

    // The envelope from padded frame `first` on, with ramps of `width`, rounded to float like the values, from 0 to the first
    // value and from the last back to 0; zeros beyond them give the last frame a successor.
    private static void Pad(ReadOnlySpan<float> values, int width, int first, double[] padded)
    {
        for (var i = 0; i < padded.Length; i++)
        {
            var at = first + i - width;
            var after = values.Length - 1 + width - at;
            padded[i] = at < 0 ? (float)((double)values[0] * (first + i) / width)
                : at < values.Length ? values[at]
                : after >= 0 && after < width ? (float)((double)values[^1] * after / width)
                : 0;
        }
    }

    // The smallest product of powers of 2, 3 and 5 that is at least as large.
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
