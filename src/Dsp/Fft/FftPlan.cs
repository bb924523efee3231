using System.Numerics;

namespace Engine.Dsp.Fft;

/// <summary>
/// A complex discrete Fourier transform of one length, planned once and reused: <c>X[k] = Σ x[n]·exp(-2πi·kn/N)</c>; the inverse
/// divides by N. Immutable and safe to share between threads; no call allocates once its thread has run a transform of that
/// length.
/// </summary>
/// <typeparam name="T">float or double.</typeparam>
public sealed unsafe class FftPlan<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly Transform<T> _transform;

    /// <summary>Plans transforms of <paramref name="length"/> points.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="length"/> is not from 1 to 2²⁴.</exception>
    public FftPlan(int length)
    {
        if (length is < 1 or > Guard.MostPoints)
        {
            throw new ArgumentOutOfRangeException(nameof(length),
                $"Fft: length is {length}; it must be from 1 to {Guard.MostPoints}.");
        }

        _transform = Transform<T>.Create(length);
    }

    /// <summary>The number of points N.</summary>
    public int Length => _transform.Length;

    /// <summary>Transforms one or more signals: both spans hold count·N values; they may be the same span.</summary>
    /// <exception cref="ArgumentException">The sizes do not fit.</exception>
    public void Forward(ReadOnlySpan<Complex<T>> input, Span<Complex<T>> output) => Run(input, output, Layout.Interleaved);

    /// <summary>The inverse of <see cref="Forward"/>, scaled by 1/N, of one or more signals; the spans may be the same.</summary>
    /// <exception cref="ArgumentException">The sizes do not fit.</exception>
    public void Inverse(ReadOnlySpan<Complex<T>> input, Span<Complex<T>> output)
    {
        Run(input, output, Layout.Exchanged);
        var scale = T.One / T.CreateChecked(Length);
        foreach (ref var value in output) value *= scale;
    }

    private void Run(ReadOnlySpan<Complex<T>> input, Span<Complex<T>> output, Layout layout)
    {
        if (input.Length != output.Length || input.Length % Length != 0)
        {
            throw new ArgumentException(
                $"Fft: input has {input.Length} and output {output.Length} values; both must be the same multiple of {Length}.");
        }

        var scratch = Scratch<T>.Take(_transform.ScratchLength);
        fixed (Complex<T>* from = input)
        fixed (Complex<T>* to = output)
        {
            for (nint start = 0; start < input.Length; start += Length)
                _transform.Run((T*)(from + start), null, layout, (T*)(to + start), null, layout, scratch);
        }

        GC.KeepAlive(this);
    }
}
