using System.Numerics;
using System.Runtime.CompilerServices;

namespace Engine.Dsp;

/// <summary>
/// The shape of a magnitude spectrum: its centroid, bandwidth and rolloff in Hz, as
/// <c>librosa.feature.spectral_centroid</c>, <c>spectral_bandwidth</c> (p = 2) and <c>spectral_rolloff</c>. Planned for one
/// sample rate and transform length; immutable and safe to share between threads. Nothing is allocated per frame.
/// </summary>
public sealed class SpectralShape
{
    // numpy.finfo(float32).tiny: below it librosa leaves a frame unnormalised.
    private const float Tiny = 1.17549435e-38f;

    private readonly float[] _frequencies;
    private readonly float _rollPercent;

    /// <summary>Plans the descriptors for spectra of fftSize/2 + 1 bins.</summary>
    /// <param name="sampleRate">Samples per second.</param>
    /// <param name="fftSize">The transform's length.</param>
    /// <param name="rollPercent">The share of the summed magnitude at or below the rolloff, in (0, 1).</param>
    /// <exception cref="ArgumentOutOfRangeException">A parameter is out of range.</exception>
    public SpectralShape(double sampleRate, int fftSize, double rollPercent = 0.85)
    {
        SpectrumCheck.Rate(nameof(SpectralShape), sampleRate, fftSize);
        if (!(rollPercent > 0 && rollPercent < 1))
        {
            throw new ArgumentOutOfRangeException(nameof(rollPercent),
                $"SpectralShape: rollPercent is {rollPercent}; it must be between 0 and 1.");
        }

        _rollPercent = (float)rollPercent;
        _frequencies = Array.ConvertAll(FftFrequencies.Create(sampleRate, fftSize), f => (float)f);
    }

    /// <summary>Bins per frame.</summary>
    public int Bins => _frequencies.Length;

    /// <summary>The mean frequency in Hz of one frame, weighted by magnitude; 0 for a silent frame.</summary>
    /// <exception cref="ArgumentException">The frame does not have <see cref="Bins"/> values.</exception>
    public float Centroid(ReadOnlySpan<float> magnitude)
    {
        Check(magnitude);
        return VectorMath.Dot(magnitude, _frequencies) / Norm(magnitude);
    }

    /// <summary>
    /// The standard deviation in Hz of one frame's frequencies around <paramref name="centroid"/>, weighted by magnitude;
    /// 0 for a silent frame.
    /// </summary>
    /// <exception cref="ArgumentException">The frame does not have <see cref="Bins"/> values.</exception>
    public float Bandwidth(ReadOnlySpan<float> magnitude, float centroid)
    {
        Check(magnitude);
        return MathF.Sqrt(VectorSum.Of(magnitude, _frequencies, new SquaredDeviation(centroid)) / Norm(magnitude));
    }

    /// <summary>
    /// The lowest frequency in Hz at which the running sum of the magnitudes reaches rollPercent of its total; 0 for a silent
    /// frame.
    /// </summary>
    /// <exception cref="ArgumentException">The frame does not have <see cref="Bins"/> values.</exception>
    [SkipLocalsInit]
    public float Rolloff(ReadOnlySpan<float> magnitude)
    {
        Check(magnitude);
        // The running sum is taken in float and in order, as NumPy's cumsum of a float32 array: a bin is 0.5 % of a typical
        // rolloff, and another order of summation moves a threshold near a tie by one bin.
        var buffer = magnitude.Length <= 4097 ? stackalloc float[magnitude.Length] : new float[magnitude.Length];
        float sum = 0;
        for (var k = 0; k < magnitude.Length; k++)
        {
            sum += magnitude[k];
            buffer[k] = sum;
        }

        var threshold = _rollPercent * sum;
        var (low, high) = (0, buffer.Length - 1);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (buffer[middle] < threshold) low = middle + 1;
            else high = middle;
        }

        return _frequencies[low];
    }

    /// <summary>The centroid of every frame, in Hz.</summary>
    /// <param name="magnitude">Magnitudes [frames, bins], not negative.</param>
    /// <exception cref="ArgumentException">The frames do not have <see cref="Bins"/> values.</exception>
    public float[] Centroids(Frames<float> magnitude)
    {
        ArgumentNullException.ThrowIfNull(magnitude);
        var result = new float[magnitude.Count];
        for (var t = 0; t < result.Length; t++) result[t] = Centroid(magnitude[t]);
        return result;
    }

    /// <summary>The bandwidth of every frame around its own centroid, in Hz.</summary>
    /// <inheritdoc cref="Centroids(Frames{float})"/>
    public float[] Bandwidths(Frames<float> magnitude)
    {
        ArgumentNullException.ThrowIfNull(magnitude);
        var result = new float[magnitude.Count];
        for (var t = 0; t < result.Length; t++) result[t] = Bandwidth(magnitude[t], Centroid(magnitude[t]));
        return result;
    }

    /// <summary>The rolloff of every frame, in Hz.</summary>
    /// <inheritdoc cref="Centroids(Frames{float})"/>
    public float[] Rolloffs(Frames<float> magnitude)
    {
        ArgumentNullException.ThrowIfNull(magnitude);
        var result = new float[magnitude.Count];
        for (var t = 0; t < result.Length; t++) result[t] = Rolloff(magnitude[t]);
        return result;
    }

    /// <summary>The centroid of every frame of a signal, in Hz.</summary>
    /// <param name="signal">Mono samples.</param>
    /// <param name="sampleRate">Samples per second.</param>
    /// <param name="stft">The transform; null means the defaults.</param>
    /// <exception cref="ArgumentException">A parameter is out of range.</exception>
    public static float[] Centroids(ReadOnlySpan<float> signal, double sampleRate, StftOptions? stft = null)
    {
        var transform = new Stft(stft ?? new());
        return new SpectralShape(sampleRate, transform.Options.FftSize).Centroids(transform.MagnitudeInDouble(signal));
    }

    /// <summary>The bandwidth of every frame of a signal, in Hz.</summary>
    /// <inheritdoc cref="Centroids(ReadOnlySpan{float}, double, StftOptions?)"/>
    public static float[] Bandwidths(ReadOnlySpan<float> signal, double sampleRate, StftOptions? stft = null)
    {
        var transform = new Stft(stft ?? new());
        return new SpectralShape(sampleRate, transform.Options.FftSize).Bandwidths(transform.MagnitudeInDouble(signal));
    }

    /// <summary>The rolloff of every frame of a signal, in Hz.</summary>
    /// <inheritdoc cref="Centroids(ReadOnlySpan{float}, double, StftOptions?)"/>
    public static float[] Rolloffs(ReadOnlySpan<float> signal, double sampleRate, StftOptions? stft = null)
    {
        var transform = new Stft(stft ?? new());
        return new SpectralShape(sampleRate, transform.Options.FftSize).Rolloffs(transform.MagnitudeInDouble(signal));
    }

    private static float Norm(ReadOnlySpan<float> magnitude)
    {
        var norm = VectorSum.Of(magnitude);
        return norm < Tiny ? 1 : norm;
    }

    private void Check(ReadOnlySpan<float> magnitude) =>
        SpectrumCheck.Length(nameof(SpectralShape), "the frame", magnitude.Length, Bins);

    private readonly struct SquaredDeviation(float center) : ISumStep
    {
        public Vector<float> Add(Vector<float> sum, Vector<float> x, Vector<float> y)
        {
            var deviation = y - new Vector<float>(center);
            return Vector.MultiplyAddEstimate(x * deviation, deviation, sum);
        }

        public float Add(float sum, float x, float y) => sum + x * (y - center) * (y - center);
    }
}
