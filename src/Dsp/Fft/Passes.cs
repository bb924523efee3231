using System.Numerics;
using System.Runtime.CompilerServices;

namespace Engine.Dsp.Fft;

/// <summary>
/// One pass of the Stockham transform (decimation in frequency, self-sorting). With N = radix·m·s points, of which s columns are
/// done together, it computes for p &lt; m, q &lt; s, j &lt; radix <c>y[q + s·(radix·p + j)] = w^(j·p) · Σ_k x[q + s·(p + m·k)] ·
/// exp(-2πi·jk/radix)</c>, w = exp(-2πi/(radix·m)). It never works in place. The last block of a row is shifted back so that it
/// is full: its first lanes are computed twice, with the same result.
/// </summary>
internal abstract unsafe class Pass<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>Runs from the points at a, b to those at re, im; see <see cref="Layout"/> for what b and im are.</summary>
    public abstract void Run(T* a, T* b, T* re, T* im);
}

/// <summary>The first pass, s = 1: lanes run over p, along which the input is contiguous; m is at least V.Count.</summary>
internal sealed unsafe class FirstPass<V, T, TRadix, TSource>(nuint m, Table<T> twiddles) : Pass<T>
    where V : unmanaged, ILanes<V, T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
    where TRadix : IRadix<V, T>
    where TSource : ISource<V, T>
{
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public override void Run(T* a, T* b, T* re, T* im)
    {
        var w = twiddles.Pointer;
        for (nuint p = 0; p < m; p += V.Count)
        {
            var at = Math.Min(p, m - V.Count);
            TRadix.Apply<TSource, NoTwiddle<V, T>, LaneTwiddle<V, T>, Transposed<V, T>>(
                a, b, at, m, w, at, m, re, im, at * (nuint)TRadix.Size, 0);
        }
    }
}

/// <summary>
/// A middle pass: lanes run over q. Where s is below V.Count, the lanes beyond it hold other columns' numbers, which the right
/// ones then overwrite; after the last column, the buffers have room for them.
/// </summary>
internal sealed unsafe class MiddlePass<V, T, TRadix>(nuint m, nuint s, Table<T> twiddles) : Pass<T>
    where V : unmanaged, ILanes<V, T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
    where TRadix : IRadix<V, T>
{
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public override void Run(T* a, T* b, T* re, T* im)
    {
        var w = twiddles.Pointer;
        var last = s > V.Count ? s - V.Count : 0;
        for (nuint p = 0; p < m; p++)
        {
            for (nuint q = 0; q < s; q += V.Count)
            {
                var at = Math.Min(q, last);
                TRadix.Apply<SplitPoints<V, T>, NoTwiddle<V, T>, SharedTwiddle<V, T>, Strided<V, T, SplitPoints<V, T>>>(
                    a, b, s * p + at, s * m, w, p, m, re, im, s * (nuint)TRadix.Size * p + at, s);
            }
        }
    }
}

/// <summary>The last pass, m = 1: no twiddles, and s is at least V.Count.</summary>
internal sealed unsafe class LastPass<V, T, TRadix, TSink>(nuint s) : Pass<T>
    where V : unmanaged, ILanes<V, T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
    where TRadix : IRadix<V, T>
    where TSink : ISink<V, T>
{
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public override void Run(T* a, T* b, T* re, T* im)
    {
        for (nuint q = 0; q < s; q += V.Count)
        {
            var at = Math.Min(q, s - V.Count);
            TRadix.Apply<SplitPoints<V, T>, NoTwiddle<V, T>, NoTwiddle<V, T>, Strided<V, T, TSink>>(
                a, b, at, s, null, 0, 1, re, im, at, s);
        }
    }
}
