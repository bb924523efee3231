using System.Numerics;
using System.Runtime.InteropServices;
using Engine.Dsp.Fft;

namespace Engine.Dsp;

public sealed partial class Stft
{
    /// <summary>
    /// The magnitude spectrogram, windowed and transformed in double and rounded to float at the end, as librosa does; about
    /// twice as slow as <see cref="Magnitude(ReadOnlySpan{float})"/>.
    /// </summary>
    /// <remarks>
    /// A transform in float has rounding noise some 140 dB below a frame's loudest bin. The noise of 16-bit samples hides it,
    /// but in a synthetic signal without noise it is all that the softest bins contain, and spectral contrast, flatness and
    /// bandwidth depend on those.
    /// </remarks>
    /// <exception cref="ArgumentException">The signal is too short to be reflected.</exception>
    public Frames<float> MagnitudeInDouble(ReadOnlySpan<float> signal)
    {
        CheckSignal(signal.Length);
        var window = Options.CreateWindow();
        var fft = new RealFft<double>(Options.FftSize);
        var magnitude = new Frames<float>(FrameCount(signal.Length), Bins);
        var (samples, frame) = (new float[window.Length], new double[Options.FftSize]);
        var (spectrum, rounded) = (new Complex<double>[Bins], new Complex<float>[Bins]);
        for (var t = 0; t < magnitude.Count; t++)
        {
            var start = t * Options.Hop - Lead + _windowStart;
            if (start >= 0 && start + samples.Length <= signal.Length) signal.Slice(start, samples.Length).CopyTo(samples);
            else
                for (var i = 0; i < samples.Length; i++) samples[i] = Padded(signal, start + i);
            Multiply(samples, window, frame.AsSpan(_windowStart));
            fft.Forward(frame, spectrum);
            Round(MemoryMarshal.Cast<Complex<double>, double>(spectrum),
                MemoryMarshal.Cast<Complex<float>, float>(rounded.AsSpan()));
            Spectrum.Magnitude(rounded, magnitude[t]);
        }

        return magnitude;
    }

    private static void Multiply(ReadOnlySpan<float> samples, ReadOnlySpan<double> window, Span<double> result)
    {
        var i = 0;
        for (; i + Vector<float>.Count <= samples.Length; i += Vector<float>.Count)
        {
            Vector.Widen(new Vector<float>(samples[i..]), out var lower, out var upper);
            (lower * new Vector<double>(window[i..])).CopyTo(result[i..]);
            (upper * new Vector<double>(window[(i + Vector<double>.Count)..])).CopyTo(result[(i + Vector<double>.Count)..]);
        }

        for (; i < samples.Length; i++) result[i] = samples[i] * window[i];
    }

    private static void Round(ReadOnlySpan<double> values, Span<float> result)
    {
        var i = 0;
        for (; i + Vector<float>.Count <= values.Length; i += Vector<float>.Count)
            Vector.Narrow(new Vector<double>(values[i..]), new Vector<double>(values[(i + Vector<double>.Count)..]))
                .CopyTo(result[i..]);
        for (; i < values.Length; i++) result[i] = (float)values[i];
    }
}
