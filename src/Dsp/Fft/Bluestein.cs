using System.Numerics;

namespace Engine.Dsp.Fft;

/// <summary>
/// A transform of any length as a circular convolution of smooth length M ≥ 2N - 1: <c>X[k] = c[k]·Σ (x[n]·c[n])·conj(c[k -
/// n])</c> with the chirp <c>c[n] = exp(-πi·n²/N)</c> (L. I. Bluestein, "A linear filtering approach to the computation of the
/// discrete Fourier transform", 1968).
/// </summary>
internal sealed unsafe class Bluestein<T> : Transform<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly Transform<T> _convolution;
    private readonly Pass<T>[] _modulate;
    private readonly Pass<T>[] _demodulate;
    private readonly Pass<T> _filter;
    private readonly int _half;

    /// <summary>Plans <paramref name="length"/> points.</summary>
    public Bluestein(int length)
    {
        Length = length;
        var size = SmoothLength(2L * length - 1);
        _convolution = Create(size);
        _half = ((size + 15) & ~15) + 16;

        var chirp = new Table<T>(2 * length);
        var kernel = new Table<double>(2 * size);
        kernel.Span.Clear();
        for (var n = 0; n < length; n++)
        {
            var root = Twiddles.Chirp(n, length);
            (chirp.Span[n], chirp.Span[length + n]) = (T.CreateTruncating(root.Re), T.CreateTruncating(root.Im));
            var mirror = n == 0 ? 0 : size - n;
            kernel.Span[n] = kernel.Span[mirror] = root.Re / size;
            kernel.Span[size + n] = kernel.Span[size + mirror] = -root.Im / size;
        }

        var spectrum = Spectrum(kernel, size);
        _modulate = Widths.Filled<T, Pass<T>[], ProductInMaker<T>>(length, new(length, chirp));
        _demodulate = Widths.Filled<T, Pass<T>[], ProductOutMaker<T>>(length, new(length, chirp));
        _filter = Widths.Filled<T, Pass<T>[], ProductInMaker<T>>(size, new(size, spectrum))[(int)Layout.Split];
    }

    /// <inheritdoc/>
    public override int Length { get; }

    /// <inheritdoc/>
    public override int ScratchLength => checked(4 * _half + _convolution.ScratchLength);

    /// <inheritdoc/>
    public override void Run(T* a, T* b, Layout from, T* re, T* im, Layout to, T* scratch)
    {
        T* x = scratch, xi = x + _half;
        T* y = xi + _half, yi = y + _half;
        var rest = yi + _half;
        _modulate[(int)from].Run(a, b, x, xi);
        new Span<T>(x + Length, _convolution.Length - Length).Clear();
        new Span<T>(xi + Length, _convolution.Length - Length).Clear();
        _convolution.Run(x, xi, Layout.Split, y, yi, Layout.Split, rest);
        _filter.Run(y, yi, x, xi);
        // With real and imaginary parts exchanged on both sides, this is the inverse transform; the kernel includes its scale.
        _convolution.Run(xi, x, Layout.Split, yi, y, Layout.Split, rest);
        _demodulate[(int)to].Run(y, yi, re, im);
    }

    /// <summary>
    /// The spectrum of the convolution kernel: computed in double and rounded once, so that it adds no error of its own.
    /// </summary>
    private static Table<T> Spectrum(Table<double> kernel, int size)
    {
        var transform = Transform<double>.Create(size);
        var output = new Table<double>(2 * size);
        var scratch = new Table<double>(transform.ScratchLength);
        double* from = kernel.Pointer, to = output.Pointer;
        transform.Run(from, from + size, Layout.Split, to, to + size, Layout.Split, scratch.Pointer);
        GC.KeepAlive(kernel);
        GC.KeepAlive(scratch);
        var spectrum = new Table<T>(2 * size);
        for (var i = 0; i < 2 * size; i++) spectrum.Span[i] = T.CreateTruncating(output.Span[i]);
        return spectrum;
    }

    /// <summary>
    /// The shortest 2^a·{1, 3, 5, 9} that is at least <paramref name="least"/>: these lengths transform fastest.
    /// </summary>
    private static int SmoothLength(long least)
    {
        var best = (long)BitOperations.RoundUpToPowerOf2((ulong)least);
        foreach (var odd in (ReadOnlySpan<long>)[3, 5, 9])
        {
            var length = odd;
            while (length < least) length *= 2;
            best = Math.Min(best, length);
        }

        return checked((int)best);
    }
}
