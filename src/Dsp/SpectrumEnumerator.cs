using System.Buffers;

namespace Engine.Dsp;

/// <summary>The spectra of one signal in turn, computed as they are asked for; made by <see cref="Stft.Enumerate"/>.</summary>
public ref struct SpectrumEnumerator
{
    private readonly Stft _stft;
    private readonly ReadOnlySpan<float> _signal;
    private readonly int _count;
    private readonly float[] _frame;
    private readonly Complex<float>[] _spectrum;
    private int _next;

    internal SpectrumEnumerator(Stft stft, ReadOnlySpan<float> signal)
    {
        _stft = stft;
        _signal = signal;
        _count = stft.FrameCount(signal.Length);
        _frame = ArrayPool<float>.Shared.Rent(stft.Options.FftSize);
        _frame.AsSpan(0, stft.Options.FftSize).Clear();
        _spectrum = ArrayPool<Complex<float>>.Shared.Rent(stft.Bins);
    }

    /// <summary>The spectrum of the current frame, FftSize/2 + 1 bins; overwritten by the next one.</summary>
    public readonly ReadOnlySpan<Complex<float>> Current => _spectrum.AsSpan(0, _stft.Bins);

    /// <summary>The enumerator itself, for <c>foreach</c>.</summary>
    public readonly SpectrumEnumerator GetEnumerator() => this;

    /// <summary>Computes the next spectrum; false after the last.</summary>
    public bool MoveNext() => TryRead(_spectrum.AsSpan(0, _stft.Bins));

    // Computes the next spectrum right where it is wanted.
    internal bool TryRead(Span<Complex<float>> spectrum)
    {
        if (_next >= _count) return false;
        var options = _stft.Options;
        var start = _next++ * options.Hop - (options.Center ? options.FftSize / 2 : 0);
        _stft.Transform(_signal, start, _frame.AsSpan(0, options.FftSize), spectrum);
        return true;
    }

    /// <summary>Hands the buffers back; call it once, as <c>foreach</c> does.</summary>
    public readonly void Dispose()
    {
        ArrayPool<float>.Shared.Return(_frame);
        ArrayPool<Complex<float>>.Shared.Return(_spectrum);
    }
}
