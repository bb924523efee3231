using System.Buffers;

namespace Engine.Dsp;

public sealed partial class Stft
{
    /// <summary>
    /// The signal of a spectrogram: windowed overlap-add, divided by the summed squares of the window, the least-squares
    /// estimate of Griffin and Lim (1984), as <c>librosa.istft</c>.
    /// </summary>
    /// <param name="spectrum">[frames, Bins], as <see cref="Forward(ReadOnlySpan{float})"/> returns.</param>
    /// <param name="length">The number of samples to return; null: all that the frames cover, without padding.</param>
    /// <exception cref="ArgumentException">The spectrum has the wrong number of bins.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The length is negative, or longer than an array can be.</exception>
    public float[] Inverse(Frames<Complex<float>> spectrum, int? length = null)
    {
        ArgumentNullException.ThrowIfNull(spectrum);
        var covered = spectrum.Count == 0 ? 0 : checked(Options.FftSize + Options.Hop * (spectrum.Count - 1) - 2 * Lead);
        if (length < 0 || length > Array.MaxLength)
            throw new ArgumentOutOfRangeException(nameof(length),
                $"Stft: length is {length}; it must be from 0 to {Array.MaxLength}.");
        var signal = new float[length ?? covered];
        Inverse(spectrum, signal);
        return signal;
    }

    /// <summary>
    /// Like <see cref="Inverse(Frames{Complex{float}}, int?)"/>, into <paramref name="signal"/>, whose length is the number of
    /// samples. Samples covered by no frame, or only by zeros of the window, are left unscaled (mostly zero).
    /// </summary>
    /// <exception cref="ArgumentException">The spectrum has the wrong number of bins.</exception>
    public void Inverse(Frames<Complex<float>> spectrum, Span<float> signal)
    {
        ArgumentNullException.ThrowIfNull(spectrum);
        if (spectrum.Bins != Bins)
        {
            throw new ArgumentException($"Stft: the spectrum has {spectrum.Bins} bins; fftSize {Options.FftSize} needs {Bins}.");
        }

        Inverse(spectrum.Data, signal);
    }

    // spectrum: frame after frame, Bins values each.
    internal void Inverse(ReadOnlySpan<Complex<float>> spectrum, Span<float> signal) =>
        Inverse(spectrum, 0, signal, 0, spectrum.Length / Bins);

    /// <summary>
    /// The frames that overlap samples <paramref name="start"/> to <paramref name="end"/>, out of a given total.
    /// </summary>
    internal (int First, int End) FramesOver(long start, long end, int frames)
    {
        var first = (start + Lead - _windowStart - _window.Length + Options.Hop) / Options.Hop;
        var last = (end + Lead - _windowStart + Options.Hop - 1) / Options.Hop;
        return ((int)Math.Clamp(first, 0, frames), (int)Math.Clamp(last, 0, frames));
    }

    /// <summary>
    /// A part of the signal, bit for bit as in the whole: <paramref name="signal"/>, starting at sample
    /// <paramref name="start"/>, from all frames that overlap it (<see cref="FramesOver"/>).
    /// </summary>
    /// <param name="spectrum">The frames starting at <paramref name="first"/>, Bins values each.</param>
    /// <param name="first">The index of the first frame.</param>
    /// <param name="signal">The samples.</param>
    /// <param name="start">The index of the first sample.</param>
    /// <param name="frames">How many frames the whole spectrum has.</param>
    internal void Inverse(ReadOnlySpan<Complex<float>> spectrum, int first, Span<float> signal, long start, int frames)
    {
        signal.Clear();
        var frame = ArrayPool<float>.Shared.Rent(Options.FftSize);
        for (var t = 0; t < spectrum.Length / Bins && WindowStart(first + t) < start + signal.Length; t++)
        {
            _fft.Inverse(spectrum.Slice(t * Bins, Bins), frame.AsSpan(0, Options.FftSize));
            OverlapAdd(frame.AsSpan(_windowStart, _window.Length), (int)(WindowStart(first + t) - start), signal);
        }

        ArrayPool<float>.Shared.Return(frame);
        Normalize(signal, start, frames);
    }

    // The sample under the window's first value in frame t.
    private long WindowStart(int t) => (long)t * Options.Hop - Lead + _windowStart;

    private void OverlapAdd(ReadOnlySpan<float> frame, int start, Span<float> signal)
    {
        var from = Math.Max(0, -start);
        var to = Math.Min(_window.Length, signal.Length - start);
        if (from >= to) return;
        VectorMath.AddProduct(_window.AsSpan(from, to - from), frame[from..to], signal[(start + from)..(start + to)]);
    }

    // Divides by Σ w². Away from both ends of the whole, the sum repeats with each hop, so it is computed per sample only near
    // the ends. signal begins at sample `start`; count is the number of all frames.
    private void Normalize(Span<float> signal, long start, int count)
    {
        var steady = (int)Math.Clamp(WindowStart(0) + _window.Length - 1 - start, 0, signal.Length);
        var end = (int)Math.Clamp(WindowStart(count) - start, steady, signal.Length);
        for (var i = 0; i < steady; i++) signal[i] *= Scale(start + i, count);
        var pattern = new float[Math.Min(Options.Hop, end - steady)];
        for (var i = 0; i < pattern.Length; i++) pattern[i] = Scale(start + steady + i, count);
        for (var i = steady; i < end; i += pattern.Length)
        {
            var hop = signal[i..Math.Min(end, i + pattern.Length)];
            VectorMath.Multiply(hop, pattern, hop);
        }

        for (var i = end; i < signal.Length; i++) signal[i] *= Scale(start + i, count);
    }

    // 1/Σ w² over the frames that cover a sample; 1 where the sum is below the smallest normal number, as librosa does.
    private float Scale(long sample, int count)
    {
        double sum = 0;
        var position = sample - WindowStart(0);
        var first = Math.Max(0, (position - _window.Length + Options.Hop) / Options.Hop);
        for (var t = first; t < count && t * Options.Hop <= position; t++)
        {
            double w = _window[position - t * Options.Hop];
            sum += w * w;
        }

        return sum > 1.17549435e-38 ? (float)(1 / sum) : 1;
    }
}
