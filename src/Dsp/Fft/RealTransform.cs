using System.Numerics;

namespace Engine.Dsp.Fft;

/// <summary>A planned transform between N real points and their N/2 + 1 bins, one signal per call.</summary>
internal abstract unsafe class RealTransform<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>The scratch needed in either direction.</summary>
    public abstract int ScratchLength { get; }

    /// <summary>From N reals to interleaved bins; they may start at the same address.</summary>
    public abstract void Forward(T* signal, T* bins, T* scratch);

    /// <summary>From interleaved bins to N reals, scaled by 1/N; they may start at the same address.</summary>
    public abstract void Inverse(T* bins, T* signal, T* scratch);

    /// <summary>Plans <paramref name="length"/> points.</summary>
    public static RealTransform<T> Create(int length) =>
        int.IsEvenInteger(length) ? new EvenRealTransform<T>(length) : new OddRealTransform<T>(length);
}

/// <summary>
/// Even lengths: the even samples serve as real and the odd ones as imaginary parts of N/2 complex points, which is how they
/// already are in memory; <see cref="Mirror{V, T, TSource, TSink}"/> separates the two spectra.
/// </summary>
internal sealed unsafe class EvenRealTransform<T> : RealTransform<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly Transform<T> _half;
    private readonly Pass<T> _mirrorOut;
    private readonly Pass<T> _mirrorIn;
    private readonly T _scale;
    private readonly int _stride;

    public EvenRealTransform(int length)
    {
        var m = length / 2;
        _half = Transform<T>.Create(m);
        _stride = (m + 1 + 15) & ~15;
        _scale = T.One / T.CreateChecked(m);
        var pairs = (m + 1) / 2;
        var (forward, inverse) = (new Table<T>(2 * pairs), new Table<T>(2 * pairs));
        for (var k = 0; k < pairs; k++)
        {
            // -(i/2)·w^k, and its conjugate over M.
            var (re, im) = Twiddles.Root(k, length);
            (forward.Span[k], forward.Span[pairs + k]) = (T.CreateTruncating(im / 2), T.CreateTruncating(-re / 2));
            (inverse.Span[k], inverse.Span[pairs + k]) = (T.CreateTruncating(im / 2 / m), T.CreateTruncating(re / 2 / m));
        }

        _mirrorOut = Widths.Filled<T, Pass<T>, MirrorOutMaker<T>>(pairs, new(m, T.One, forward));
        _mirrorIn = Widths.Filled<T, Pass<T>, MirrorInMaker<T>>(pairs, new(m, _scale, inverse));
    }

    /// <inheritdoc/>
    public override int ScratchLength => checked(2 * _stride + _half.ScratchLength);

    /// <inheritdoc/>
    public override void Forward(T* signal, T* bins, T* scratch)
    {
        var m = _half.Length;
        T* re = scratch, im = scratch + _stride;
        _half.Run(signal, null, Layout.Interleaved, re, im, Layout.Split, scratch + 2 * _stride);
        (re[m], im[m]) = (re[0], im[0]);
        _mirrorOut.Run(re, im, bins, null);
        (bins[0], bins[1]) = (re[0] + im[0], T.Zero);
        (bins[2 * m], bins[2 * m + 1]) = (re[0] - im[0], T.Zero);
        if (int.IsEvenInteger(m)) (bins[m], bins[m + 1]) = (re[m / 2], -im[m / 2]);
    }

    /// <inheritdoc/>
    public override void Inverse(T* bins, T* signal, T* scratch)
    {
        var m = _half.Length;
        T* re = scratch, im = scratch + _stride;
        _mirrorIn.Run(bins, null, re, im);
        var half = _scale * T.CreateTruncating(0.5);
        (re[0], im[0]) = (half * (bins[0] + bins[2 * m]), half * (bins[0] - bins[2 * m]));
        if (int.IsEvenInteger(m)) (re[m / 2], im[m / 2]) = (_scale * bins[m], -_scale * bins[m + 1]);
        _half.Run(im, re, Layout.Split, signal, null, Layout.Exchanged, scratch + 2 * _stride);
    }
}

/// <summary>
/// Odd lengths: a complex transform of all N points with zero imaginary parts. (Two frames could share one transform, but then
/// each frame's rounding errors and NaNs would reach the other.)
/// </summary>
internal sealed unsafe class OddRealTransform<T>(int length) : RealTransform<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly Transform<T> _whole = Transform<T>.Create(length);
    private readonly T _scale = T.One / T.CreateChecked(length);

    /// <inheritdoc/>
    public override int ScratchLength => checked(2 * length + 16 + _whole.ScratchLength);

    /// <inheritdoc/>
    public override void Forward(T* signal, T* bins, T* scratch)
    {
        _whole.Run(signal, null, Layout.Real, scratch, null, Layout.Interleaved, scratch + ((2 * length + 15) & ~15));
        new Span<T>(scratch, length + 1).CopyTo(new(bins, length + 1));
        bins[1] = T.Zero;
    }

    /// <inheritdoc/>
    public override void Inverse(T* bins, T* signal, T* scratch)
    {
        // The real part of a forward transform of the conjugate: the inverse of a spectrum with mirror symmetry.
        scratch[0] = bins[0] * _scale;
        scratch[1] = T.Zero;
        for (var k = 1; k <= length / 2; k++)
        {
            var (re, im) = (bins[2 * k] * _scale, bins[2 * k + 1] * _scale);
            (scratch[2 * k], scratch[2 * k + 1]) = (re, -im);
            (scratch[2 * (length - k)], scratch[2 * (length - k) + 1]) = (re, im);
        }

        _whole.Run(scratch, null, Layout.Interleaved, signal, null, Layout.Real, scratch + ((2 * length + 15) & ~15));
    }
}
