using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Engine.Dsp;

/// <summary>
/// Separates tones, which are steady in time, from strokes, which are broad in frequency, by comparing medians of the
/// magnitudes along both axes: Fitzgerald, "Harmonic/percussive separation using median filtering" (2010); with margins
/// Driedger, Müller and Disch (2014). Values as <c>librosa.decompose.hpss</c> and <c>librosa.effects.hpss</c>.
/// Immutable and safe to share between threads.
/// </summary>
public sealed class HarmonicPercussive
{
    private const int FusedFrames = 16;

    private readonly MedianFilter _alongTime;
    private readonly MedianFilter _alongFrequency;
    private readonly SoftMask _mask;

    /// <summary>Plans a separation.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A size is even or below 1, the power is not above 0, or a margin is below
    /// 1.</exception>
    public HarmonicPercussive(HarmonicPercussiveOptions? options = null)
    {
        Options = options ?? new();
        Options.Validate();
        _alongTime = new(Options.HarmonicSize);
        _alongFrequency = new(Options.PercussiveSize);
        _mask = new(Options.Power, Options.HarmonicMargin == 1 && Options.PercussiveMargin == 1);
    }

    /// <summary>The parameters.</summary>
    public HarmonicPercussiveOptions Options { get; }

    /// <summary>How many frames before and after a frame its harmonic part depends on.</summary>
    internal int Halo => Options.HarmonicSize / 2;

    /// <summary>
    /// The factors in [0, 1] that keep the harmonic and the percussive part of a bin; with margins of 1 they add up to 1.
    /// </summary>
    /// <param name="magnitude">Magnitudes [frames, bins].</param>
    /// <exception cref="ArgumentException">A magnitude is negative, infinite or NaN.</exception>
    public (Frames<float> Harmonic, Frames<float> Percussive) Masks(Frames<float> magnitude)
    {
        ArgumentNullException.ThrowIfNull(magnitude);
        CheckMagnitude(magnitude);
        var tones = _alongTime.AlongTime(magnitude);
        var strokes = _alongFrequency.AlongFrequency(magnitude);
        var harmonic = new Frames<float>(magnitude.Count, magnitude.Bins);
        _mask.Apply(tones.Data, strokes.Data, Options.HarmonicMargin, harmonic.Data);
        _mask.Apply(strokes.Data, tones.Data, Options.PercussiveMargin, strokes.Data);
        return (harmonic, strokes);
    }

    /// <summary>The two parts of a complex spectrogram [frames, bins]; with margins of 1 they add up to it.</summary>
    /// <exception cref="ArgumentException">A value is NaN or infinite.</exception>
    public (Frames<Complex<float>> Harmonic, Frames<Complex<float>> Percussive) Separate(Frames<Complex<float>> spectrum)
    {
        var (harmonic, percussive) = Masks(Spectrum.Magnitude(spectrum));
        return (Masked(spectrum, harmonic), Masked(spectrum, percussive));
    }

    /// <summary>
    /// The two parts of a mono signal, each as long as it; with margins of 1 they add up to it.
    /// </summary>
    /// <param name="signal">Samples.</param>
    /// <param name="stft">The transform to separate in; null means librosa's defaults, 2048 points and a hop of 512.</param>
    /// <exception cref="ArgumentException">A sample is NaN or infinite.</exception>
    public (float[] Harmonic, float[] Percussive) Separate(ReadOnlySpan<float> signal, Stft? stft = null)
    {
        stft ??= new Stft(new StftOptions());
        var (harmonic, percussive) = Separate(stft.Forward(signal));
        return (stft.Inverse(harmonic, signal.Length), stft.Inverse(percussive, signal.Length));
    }

    /// <summary>The harmonic part of a mono signal alone: <c>librosa.effects.harmonic</c>.</summary>
    /// <inheritdoc cref="Separate(ReadOnlySpan{float}, Stft?)"/>
    public float[] Harmonic(ReadOnlySpan<float> signal, Stft? stft = null)
    {
        stft ??= new Stft(new StftOptions());
        var spectrum = stft.Forward(signal);
        return stft.Inverse(Masked(spectrum, Masks(Spectrum.Magnitude(spectrum)).Harmonic), signal.Length);
    }

    /// <summary>The percussive part of a mono signal alone: <c>librosa.effects.percussive</c>.</summary>
    /// <inheritdoc cref="Separate(ReadOnlySpan{float}, Stft?)"/>
    public float[] Percussive(ReadOnlySpan<float> signal, Stft? stft = null)
    {
        stft ??= new Stft(new StftOptions());
        var spectrum = stft.Forward(signal);
        return stft.Inverse(Masked(spectrum, Masks(Spectrum.Magnitude(spectrum)).Percussive), signal.Length);
    }

    /// <summary>
    /// Replaces frames <paramref name="first"/> to <paramref name="end"/> of a spectrogram [frames, bins] with their harmonic
    /// part without allocating: <paramref name="magnitude"/>, which holds the magnitudes of all frames, and
    /// <paramref name="work"/>, of the same size, are overwritten. Given a part of a longer spectrogram with <see cref="Halo"/>
    /// more frames on both sides (fewer at the ends of the whole), the frames get the same bits as in the whole.
    /// </summary>
    internal void KeepHarmonic(
        Span<Complex<float>> spectrum, Span<float> magnitude, Span<float> work, int bins, int first, int end)
    {
        _alongTime.AlongTime(magnitude, work, magnitude.Length / bins, bins);
        for (var start = first; start < end; start += FusedFrames)
        {
            // A few frames at a time, so that they stay in the cache between steps.
            var frames = Math.Min(FusedFrames, end - start);
            var strokes = magnitude.Slice(start * bins, frames * bins);
            var tones = work.Slice(start * bins, frames * bins);
            _alongFrequency.AlongFrequency(strokes, strokes, frames, bins);
            _mask.Apply(tones, strokes, Options.HarmonicMargin, tones);
            var part = spectrum.Slice(start * bins, frames * bins);
            Scale(part, tones, part);
        }
    }

    private static Frames<Complex<float>> Masked(Frames<Complex<float>> spectrum, Frames<float> mask)
    {
        var result = new Frames<Complex<float>>(spectrum.Count, spectrum.Bins);
        Scale(spectrum.Data, mask.Data, result.Data);
        return result;
    }

    // result[i] = spectrum[i]·mask[i]; result may be spectrum.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Scale(ReadOnlySpan<Complex<float>> spectrum, ReadOnlySpan<float> mask, Span<Complex<float>> result)
    {
        var factors = MemoryMarshal.Cast<float, Vector<uint>>(mask);
        var source = MemoryMarshal.Cast<Complex<float>, Vector<float>>(spectrum);
        var target = MemoryMarshal.Cast<Complex<float>, Vector<float>>(result);
        for (var i = 0; i < factors.Length; i++)
        {
            // The factor is duplicated into both halves of 64 bits, for the real and the imaginary part.
            Vector.Widen(factors[i], out var low, out var high);
            target[2 * i] = source[2 * i] * (low | (low << 32)).As<ulong, float>();
            target[2 * i + 1] = source[2 * i + 1] * (high | (high << 32)).As<ulong, float>();
        }

        for (var i = factors.Length * Vector<uint>.Count; i < mask.Length; i++) result[i] = spectrum[i] * mask[i];
    }

    private static void CheckMagnitude(Frames<float> magnitude)
    {
        for (var i = 0; i < magnitude.Data.Length; i++)
        {
            if (magnitude.Data[i] is >= 0 and < float.PositiveInfinity) continue;
            throw new ArgumentException(
                $"HarmonicPercussive: the magnitude of frame {i / magnitude.Bins}, bin {i % magnitude.Bins} is "
                    + $"{magnitude.Data[i]}; it must be finite and at least 0.");
        }
    }
}
