using System.Numerics;

namespace Engine.Dsp.Fft;

/// <summary>
/// A planned forward transform of one length, in any combination of layouts; the public classes are built on it.
/// </summary>
internal abstract unsafe class Transform<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>The number of points.</summary>
    public abstract int Length { get; }

    /// <summary>The scratch that <see cref="Run"/> needs.</summary>
    public abstract int ScratchLength { get; }

    /// <summary>
    /// Transforms the points at a, b to re, im; b and im are used by <see cref="Layout.Split"/> only. Interleaved input
    /// and output may be the same memory; split output may not overlap the input.
    /// </summary>
    public abstract void Run(T* a, T* b, Layout from, T* re, T* im, Layout to, T* scratch);

    /// <summary>Plans <paramref name="length"/> points: mixed radix where possible, Bluestein otherwise.</summary>
    public static Transform<T> Create(int length)
    {
        var factors = MixedRadix<T>.Factor(length);
        return factors is null ? new Bluestein<T>(length) : new MixedRadix<T>(length, factors);
    }
}
