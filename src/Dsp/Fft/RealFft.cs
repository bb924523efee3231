using System.Numerics;

namespace Engine.Dsp.Fft;

/// <summary>
/// The discrete Fourier transform of real signals of one length N: N values in, N/2 + 1 bins out (the rest is their
/// conjugate mirror), as <c>numpy.fft.rfft</c>. Immutable and safe to share between threads.
/// </summary>
/// <typeparam name="T">float or double.</typeparam>
public sealed class RealFft<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly FftPlan<T> _plan;

    /// <summary>Plans transforms of <paramref name="length"/> points.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="length"/> is below 1.</exception>
    public RealFft(int length) => _plan = new(length);

    /// <summary>The number of real points N.</summary>
    public int Length => _plan.Length;

    /// <summary>The number of complex bins, N/2 + 1.</summary>
    public int Bins => Length / 2 + 1;

    /// <summary>Transforms one or more signals: <paramref name="input"/> [count·N], <paramref name="spectrum"/> [count·Bins].</summary>
    /// <exception cref="ArgumentException">The sizes do not fit.</exception>
    public void Forward(ReadOnlySpan<T> input, Span<Complex<T>> spectrum)
    {
        CheckSizes(input.Length, spectrum.Length);
        var buffer = new Complex<T>[Length];
        for (var frame = 0; frame < input.Length / Length; frame++)
        {
            for (var i = 0; i < Length; i++) buffer[i] = new(input[frame * Length + i], T.Zero);
            _plan.Forward(buffer, buffer);
            buffer.AsSpan(0, Bins).CopyTo(spectrum[(frame * Bins)..]);
        }
    }

    /// <summary>
    /// The inverse, scaled by 1/N: <paramref name="spectrum"/> [count·Bins] to <paramref name="output"/> [count·N]. The
    /// imaginary parts of bin 0 and, for even N, of the last bin are ignored, as NumPy does.
    /// </summary>
    /// <exception cref="ArgumentException">The sizes do not fit.</exception>
    public void Inverse(ReadOnlySpan<Complex<T>> spectrum, Span<T> output)
    {
        CheckSizes(output.Length, spectrum.Length);
        var buffer = new Complex<T>[Length];
        for (var frame = 0; frame < output.Length / Length; frame++)
        {
            var bins = spectrum.Slice(frame * Bins, Bins);
            buffer[0] = new(bins[0].Real, T.Zero);
            for (var i = 1; i < Bins; i++)
            {
                buffer[i] = bins[i];
                buffer[Length - i] = bins[i].Conjugate;
            }

            if (Length % 2 == 0) buffer[Length / 2] = new(bins[^1].Real, T.Zero);
            _plan.Inverse(buffer, buffer);
            for (var i = 0; i < Length; i++) output[frame * Length + i] = buffer[i].Real;
        }
    }

    private void CheckSizes(int real, int complex)
    {
        if (real % Length != 0 || (long)real / Length * Bins != complex)
        {
            throw new ArgumentException($"RealFft: {real} real and {complex} complex values; they must be count × {Length} and count × {Bins}.");
        }
    }
}
