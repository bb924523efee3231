using System.Buffers;

namespace Engine.Dsp;

/// <summary>The spectra of one signal in turn, computed on demand; created by <see cref="Stft.Enumerate"/>.</summary>
public ref struct SpectrumEnumerator
{
    private readonly Stft _stft;
    private readonly ReadOnlySpan<float> _signal;
    private readonly int _count;
    private readonly Buffers _buffers;
    private int _next;

    internal SpectrumEnumerator(Stft stft, ReadOnlySpan<float> signal)
        : this(stft, signal, 0, stft.FrameCount(signal.Length))
    {
    }

    // Frames from … to - 1.
    internal SpectrumEnumerator(Stft stft, ReadOnlySpan<float> signal, int from, int to)
    {
        _stft = stft;
        _signal = signal;
        (_next, _count) = (from, to);
        _buffers = new(stft.Options.FftSize, stft.Bins);
    }

    /// <summary>The spectrum of the current frame, FftSize/2 + 1 bins; overwritten by the next one.</summary>
    public readonly ReadOnlySpan<Complex<float>> Current => _buffers.Spectrum[.._stft.Bins];

    /// <summary>The enumerator itself, for <c>foreach</c>.</summary>
    public readonly SpectrumEnumerator GetEnumerator() => this;

    /// <summary>Computes the next spectrum; returns false after the last.</summary>
    public bool MoveNext() => TryRead(_buffers.Spectrum[.._stft.Bins]);

    // Computes the next spectrum directly into its destination.
    internal bool TryRead(Span<Complex<float>> spectrum)
    {
        if (_next >= _count) return false;
        var options = _stft.Options;
        var start = _next++ * options.Hop - (options.Center ? options.FftSize / 2 : 0);
        _stft.Transform(_signal, start, _buffers.Frame[..options.FftSize], spectrum);
        return true;
    }

    /// <summary>Returns the buffers. It may be called more than once, also on copies; nothing can be read afterwards.</summary>
    public readonly void Dispose() => _buffers.Return();

    // Shared by copies of the enumerator: an array returned twice would be rented to two users at once.
    private sealed class Buffers(int frame, int spectrum)
    {
        private float[]? _frame = Cleared(frame);
        private Complex<float>[]? _spectrum = ArrayPool<Complex<float>>.Shared.Rent(spectrum);

        public Span<float> Frame => Alive(_frame);

        public Span<Complex<float>> Spectrum => Alive(_spectrum);

        public void Return()
        {
            if (Interlocked.Exchange(ref _frame, null) is { } samples) ArrayPool<float>.Shared.Return(samples);
            if (Interlocked.Exchange(ref _spectrum, null) is { } bins) ArrayPool<Complex<float>>.Shared.Return(bins);
        }

        private static float[] Cleared(int length)
        {
            var samples = ArrayPool<float>.Shared.Rent(length);
            samples.AsSpan(0, length).Clear();
            return samples;
        }

        private static T[] Alive<T>(T[]? array) => array ?? throw new ObjectDisposedException(nameof(SpectrumEnumerator));
    }
}
