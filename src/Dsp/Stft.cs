using Engine.Dsp.Fft;

namespace Engine.Dsp;

/// <summary>
/// The short-time Fourier transform of a mono signal: <c>[frames, FftSize/2 + 1]</c>, values as <c>librosa.stft</c>.
/// Immutable and safe to share between threads.
/// </summary>
public sealed class Stft
{
    private readonly float[] _window;
    private readonly RealFft<float> _fft;

    /// <summary>Plans the transform.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A size is below 1, or the window longer than FftSize.</exception>
    public Stft(StftOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var windowLength = options.WindowLength ?? options.FftSize;
        if (options.FftSize < 1 || options.Hop < 1 || windowLength < 1 || windowLength > options.FftSize)
        {
            throw new ArgumentOutOfRangeException(nameof(options),
                $"Stft: fftSize is {options.FftSize}, hopLength {options.Hop}, windowLength {windowLength}; each must be at least 1 and the window at most fftSize.");
        }

        Options = options;
        _fft = new(options.FftSize);
        _window = new float[options.FftSize];
        var window = Windows.Create(options.Window, windowLength);
        var offset = (options.FftSize - windowLength) / 2;
        for (var i = 0; i < windowLength; i++) _window[offset + i] = (float)window[i];
    }

    /// <summary>The parameters.</summary>
    public StftOptions Options { get; }

    /// <summary>Bins per frame, FftSize/2 + 1.</summary>
    public int Bins => _fft.Bins;

    /// <summary>How many frames a signal of <paramref name="samples"/> samples gives.</summary>
    public int FrameCount(int samples)
    {
        var padded = Options.Center ? samples + 2 * (Options.FftSize / 2) : samples;
        return padded < Options.FftSize ? 0 : 1 + (padded - Options.FftSize) / Options.Hop;
    }

    /// <summary>Transforms a signal.</summary>
    public Frames<Complex<float>> Forward(ReadOnlySpan<float> signal)
    {
        var frames = new Frames<Complex<float>>(FrameCount(signal.Length), Bins);
        var frame = new float[Options.FftSize];
        for (var t = 0; t < frames.Count; t++)
        {
            var start = t * Options.Hop - (Options.Center ? Options.FftSize / 2 : 0);
            for (var i = 0; i < frame.Length; i++) frame[i] = _window[i] * Sample(signal, start + i);
            _fft.Forward(frame, frames[t]);
        }

        return frames;
    }

    private float Sample(ReadOnlySpan<float> signal, int i)
    {
        if (Options.PadMode == PadMode.Reflect && signal.Length > 1)
        {
            var period = 2 * (signal.Length - 1);
            i = ((i % period) + period) % period;
            if (i >= signal.Length) i = period - i;
        }

        return (uint)i < (uint)signal.Length ? signal[i] : 0;
    }
}
