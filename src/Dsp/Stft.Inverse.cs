using System.Buffers;

namespace Engine.Dsp;

public sealed partial class Stft
{
    /// <summary>
    /// The signal of a spectrogram: windowed overlap-add, divided by the summed squares of the window, the least-squares
    /// estimate of Griffin and Lim (1984), as <c>librosa.istft</c>.
    /// </summary>
    /// <param name="spectrum">[frames, Bins], as <see cref="Forward(ReadOnlySpan{float})"/> returns.</param>
    /// <param name="length">Samples to return; null: all that the frames cover, without padding.</param>
    /// <exception cref="ArgumentException">The spectrum has another number of bins.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The length is negative, or longer than an array can be.</exception>
    public float[] Inverse(Frames<Complex<float>> spectrum, int? length = null)
    {
        ArgumentNullException.ThrowIfNull(spectrum);
        var covered = spectrum.Count == 0 ? 0 : checked(Options.FftSize + Options.Hop * (spectrum.Count - 1) - 2 * Lead);
        if (length < 0 || length > Array.MaxLength) throw new ArgumentOutOfRangeException(nameof(length), $"Stft: length is {length}; it must be from 0 to {Array.MaxLength}.");
        var signal = new float[length ?? covered];
        Inverse(spectrum, signal);
        return signal;
    }

    /// <summary>
    /// As <see cref="Inverse(Frames{Complex{float}}, int?)"/>, into <paramref name="signal"/>, whose length is the number of
    /// samples asked for. Samples that no frame covers, or only zeros of the window, are left unscaled (mostly zero).
    /// </summary>
    /// <exception cref="ArgumentException">The spectrum has another number of bins.</exception>
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
    internal void Inverse(ReadOnlySpan<Complex<float>> spectrum, Span<float> signal)
    {
        signal.Clear();
        var frame = ArrayPool<float>.Shared.Rent(Options.FftSize);
        var (count, frames) = (0, spectrum.Length / Bins);
        for (; count < frames && WindowStart(count) < signal.Length; count++)
        {
            _fft.Inverse(spectrum.Slice(count * Bins, Bins), frame.AsSpan(0, Options.FftSize));
            OverlapAdd(frame.AsSpan(_windowStart, _window.Length), (int)WindowStart(count), signal);
        }

        ArrayPool<float>.Shared.Return(frame);
        Normalize(signal, count);
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

    // Divides by Σ w². Away from both ends the sum repeats with each hop, so it is computed per sample only near them.
    private void Normalize(Span<float> signal, int count)
    {
        var steady = (int)Math.Clamp(WindowStart(0) + _window.Length - 1, 0, signal.Length);
        var end = (int)Math.Clamp(WindowStart(count), steady, signal.Length);
        for (var i = 0; i < steady; i++) signal[i] *= Scale(i, count);
        var pattern = new float[Math.Min(Options.Hop, end - steady)];
        for (var i = 0; i < pattern.Length; i++) pattern[i] = Scale(steady + i, count);
        for (var i = steady; i < end; i += pattern.Length)
        {
            var hop = signal[i..Math.Min(end, i + pattern.Length)];
            VectorMath.Multiply(hop, pattern, hop);
        }

        for (var i = end; i < signal.Length; i++) signal[i] *= Scale(i, count);
    }

    // 1/Σ w² over the frames that cover a sample; 1 where the sum is below the smallest normal number, as librosa does.
    private float Scale(int sample, int count)
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
