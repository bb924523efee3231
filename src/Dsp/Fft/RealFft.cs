using System.Numerics;

namespace Engine.Dsp.Fft;

/// <summary>
/// The discrete Fourier transform of real signals of one length N: N values in, N/2 + 1 bins out (the rest is their conjugate
/// mirror), as <c>numpy.fft.rfft</c>. Immutable and safe to share between threads. A large batch is shared out among the
/// program's threads; no other call allocates once its thread has run a transform of that length.
/// </summary>
/// <typeparam name="T">float or double.</typeparam>
public sealed unsafe class RealFft<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly RealTransform<T> _transform;

    /// <summary>Plans transforms of <paramref name="length"/> points.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="length"/> is not from 1 to 2²⁴.</exception>
    public RealFft(int length)
    {
        if (length is < 1 or > Guard.MostPoints)
        {
            throw new ArgumentOutOfRangeException(nameof(length),
                $"RealFft: length is {length}; it must be from 1 to {Guard.MostPoints}.");
        }

        Length = length;
        _transform = RealTransform<T>.Create(length);
    }

    /// <summary>The number of real points N.</summary>
    public int Length { get; }

    /// <summary>The number of complex bins, N/2 + 1.</summary>
    public int Bins => Length / 2 + 1;

    /// <summary>
    /// Transforms one or more signals: <paramref name="input"/> [count·N], <paramref name="spectrum"/> [count·Bins].
    /// </summary>
    /// <exception cref="ArgumentException">The sizes do not fit.</exception>
    public void Forward(ReadOnlySpan<T> input, Span<Complex<T>> spectrum)
    {
        CheckSizes(input.Length, spectrum.Length);
        fixed (T* from = input)
        fixed (Complex<T>* to = spectrum)
        {
            var count = input.Length / Length;
            if (FrameParallel.Pays(count, Length)) ForwardParallel(from, to, count);
            else Forward(from, to, 0, count);
        }

        GC.KeepAlive(this);
    }

    /// <summary>
    /// The inverse, scaled by 1/N: <paramref name="spectrum"/> [count·Bins] to <paramref name="output"/> [count·N]. The imaginary
    /// parts of bin 0 and, for even N, of the last bin are ignored, as in NumPy.
    /// </summary>
    /// <exception cref="ArgumentException">The sizes do not fit.</exception>
    public void Inverse(ReadOnlySpan<Complex<T>> spectrum, Span<T> output)
    {
        CheckSizes(output.Length, spectrum.Length);
        fixed (Complex<T>* from = spectrum)
        fixed (T* to = output)
        {
            var count = output.Length / Length;
            if (FrameParallel.Pays(count, Length)) InverseParallel(from, to, count);
            else Inverse(from, to, 0, count);
        }

        GC.KeepAlive(this);
    }

    // Apart, so that only these allocate closures.
    private void ForwardParallel(T* input, Complex<T>* spectrum, int count) =>
        FrameParallel.For(count, Length, (first, end) => Forward(input, spectrum, first, end));

    private void InverseParallel(Complex<T>* spectrum, T* output, int count) =>
        FrameParallel.For(count, Length, (first, end) => Inverse(spectrum, output, first, end));

    private void Forward(T* input, Complex<T>* spectrum, int first, int end)
    {
        var scratch = Scratch<T>.Take(_transform.ScratchLength);
        for (nint frame = first; frame < end; frame++)
            _transform.Forward(input + frame * Length, (T*)(spectrum + frame * Bins), scratch);
    }

    private void Inverse(Complex<T>* spectrum, T* output, int first, int end)
    {
        var scratch = Scratch<T>.Take(_transform.ScratchLength);
        for (nint frame = first; frame < end; frame++)
            _transform.Inverse((T*)(spectrum + frame * Bins), output + frame * Length, scratch);
    }

    private void CheckSizes(int real, int complex)
    {
        if (real % Length != 0 || (long)real / Length * Bins != complex)
        {
            throw new ArgumentException(
                $"RealFft: {real} real and {complex} complex values; they must be count × {Length} and count × {Bins}.");
        }
    }
}
