using Engine.Dsp.Fft;

namespace Engine.Dsp;

/// <summary>
/// The short-time Fourier transform of a mono signal and its inverse: <c>[frames, FftSize/2 + 1]</c>, values as
/// <c>librosa.stft</c> and <c>librosa.istft</c>. Immutable and safe to share between threads.
/// </summary>
/// <remarks>
/// A centred transform of an empty or short signal returns the frames that its padding allows (a single zero frame for an
/// empty signal and an even FftSize); an uncentred one returns no frames for a signal shorter than FftSize. A NaN or
/// infinite sample makes every bin NaN in the frames whose window covers it; librosa rejects such signals. Windowed samples
/// below 2⁻¹⁰⁰ count as 0. The frames of a whole signal are shared out among the program's threads, those of
/// <see cref="Enumerate"/> are not.
/// </remarks>
public sealed partial class Stft
{
    private readonly float[] _window;
    private readonly int _windowStart;
    private readonly RealFft<float> _fft;

    /// <summary>Plans the transform.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A size is below 1, or the window is longer than FftSize.</exception>
    public Stft(StftOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        Options = options;
        _fft = new(options.FftSize);
        _window = Array.ConvertAll(options.CreateWindow(), w => (float)w);
        _windowStart = (options.FftSize - _window.Length) / 2;
    }

    /// <summary>The parameters.</summary>
    public StftOptions Options { get; }

    /// <summary>Bins per frame, FftSize/2 + 1.</summary>
    public int Bins => _fft.Bins;

    // Samples of padding before the signal.
    private int Lead => Options.Center ? Options.FftSize / 2 : 0;

    /// <summary>The number of frames of a signal of <paramref name="samples"/> samples.</summary>
    public int FrameCount(int samples)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(samples);
        var spare = samples + 2L * Lead - Options.FftSize;
        return spare < 0 ? 0 : (int)(1 + spare / Options.Hop);
    }

    /// <summary>Transforms a signal: <c>librosa.stft</c>.</summary>
    /// <exception cref="ArgumentException">The signal is too short to be reflected.</exception>
    public Frames<Complex<float>> Forward(ReadOnlySpan<float> signal)
    {
        var spectrum = Frames<Complex<float>>.Uninitialized(FrameCount(signal.Length), Bins);
        Forward(signal, spectrum);
        return spectrum;
    }

    /// <summary>Transforms a signal into <paramref name="output"/> [FrameCount, Bins].</summary>
    /// <exception cref="ArgumentException">The output has the wrong size, or the signal is too short to be reflected.</exception>
    public void Forward(ReadOnlySpan<float> signal, Frames<Complex<float>> output)
    {
        CheckOutput(signal.Length, output);
        Share(signal, (spectra, from, to) =>
        {
            for (var t = from; t < to; t++) spectra.TryRead(output[t]);
        });
    }

    /// <summary>The power spectrogram <c>abs(librosa.stft(y))**2</c>; the complex one is never stored.</summary>
    /// <exception cref="ArgumentException">The signal is too short to be reflected.</exception>
    public Frames<float> Power(ReadOnlySpan<float> signal)
    {
        var power = Frames<float>.Uninitialized(FrameCount(signal.Length), Bins);
        Power(signal, power);
        return power;
    }

    /// <summary>The power spectrogram, into <paramref name="output"/> [FrameCount, Bins].</summary>
    /// <exception cref="ArgumentException">The output has the wrong size, or the signal is too short to be reflected.</exception>
    public void Power(ReadOnlySpan<float> signal, Frames<float> output)
    {
        CheckOutput(signal.Length, output);
        Share(signal, (spectra, from, _) =>
        {
            foreach (var spectrum in spectra) Spectrum.Power(spectrum, output[from++]);
        });
    }

    /// <summary>The magnitude spectrogram <c>abs(librosa.stft(y))</c>; the complex one is never stored.</summary>
    /// <exception cref="ArgumentException">The signal is too short to be reflected.</exception>
    public Frames<float> Magnitude(ReadOnlySpan<float> signal)
    {
        var magnitude = Frames<float>.Uninitialized(FrameCount(signal.Length), Bins);
        Magnitude(signal, magnitude);
        return magnitude;
    }

    /// <summary>The magnitude spectrogram, into <paramref name="output"/> [FrameCount, Bins].</summary>
    /// <exception cref="ArgumentException">The output has the wrong size, or the signal is too short to be reflected.</exception>
    public void Magnitude(ReadOnlySpan<float> signal, Frames<float> output)
    {
        CheckOutput(signal.Length, output);
        Share(signal, (spectra, from, _) =>
        {
            foreach (var spectrum in spectra) Spectrum.Magnitude(spectrum, output[from++]);
        });
    }

    /// <summary>
    /// The spectra of a signal, one at a time in the same buffer: <c>foreach (var bins in stft.Enumerate(y))</c>.
    /// </summary>
    /// <exception cref="ArgumentException">The signal is too short to be reflected.</exception>
    public SpectrumEnumerator Enumerate(ReadOnlySpan<float> signal)
    {
        CheckSignal(signal.Length);
        return new(this, signal);
    }

    // Windows the FftSize samples from start and transforms them. Only the part of frame under the window is written; the
    // rest must be zero.
    internal void Transform(ReadOnlySpan<float> signal, int start, Span<float> frame, Span<Complex<float>> spectrum)
    {
        start += _windowStart;
        var windowed = frame.Slice(_windowStart, _window.Length);
        if (start >= 0 && start + _window.Length <= signal.Length)
        {
            VectorMath.MultiplyFlushed(_window, signal.Slice(start, _window.Length), windowed);
        }
        else
        {
            for (var i = 0; i < windowed.Length; i++) windowed[i] = Tiny.Flush(_window[i] * Padded(signal, start + i));
        }

        _fft.Forward(frame, spectrum);
    }

    // Calls body for parts of the frames, each with their spectra in turn.
    private unsafe void Share(ReadOnlySpan<float> signal, Action<SpectrumEnumerator, int, int> body)
    {
        CheckSignal(signal.Length);
        fixed (float* start = signal)
        {
            var (samples, length) = ((nint)start, signal.Length);
            FrameParallel.For(FrameCount(length), Options.FftSize, (from, to) =>
            {
                using var spectra = new SpectrumEnumerator(this, new((float*)samples, length), from, to);
                body(spectra, from, to);
            });
        }
    }

    private float Padded(ReadOnlySpan<float> signal, int i)
    {
        if (Options.PadMode == PadMode.Reflect)
        {
            if (i < 0) i = -i;
            if (i >= signal.Length) i = 2 * (signal.Length - 1) - i;
        }

        return (uint)i < (uint)signal.Length ? signal[i] : 0;
    }

    private void CheckSignal(int samples)
    {
        if (Options.Center && Options.PadMode == PadMode.Reflect && samples <= Lead)
        {
            throw new ArgumentException(
                $"Stft: reflect padding of {Lead} samples (fftSize {Options.FftSize}) needs a signal of at least "
                    + $"{Lead + 1}, but it has {samples}.");
        }
    }

    private void CheckOutput<T>(int samples, Frames<T> output)
        where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(output);
        if (output.Count != FrameCount(samples) || output.Bins != Bins)
        {
            throw new ArgumentException(
                $"Stft: {samples} samples give [{FrameCount(samples)}, {Bins}] values, but the output is [{output.Count}, "
                    + $"{output.Bins}].");
        }
    }
}
