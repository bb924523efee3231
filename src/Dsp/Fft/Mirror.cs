using System.Numerics;
using System.Runtime.CompilerServices;

namespace Engine.Dsp.Fft;

/// <summary>
/// The step between the spectrum Z of a real signal's even samples + i·odd samples, [M] points, and the signal's own spectrum X,
/// [M + 1] points, M = N/2. With w = exp(-2πi/N) and Z[M] = Z[0]: <c>X[k] = ½(Z[k] + conj Z[M-k]) - (i/2)·w^k·(Z[k] - conj
/// Z[M-k])</c>; the inverse step is the same with the factor conjugated. Results k and M - k share all products, so the loop runs
/// over pairs (H. V. Sorensen et al., "Real-valued fast Fourier transform algorithms", 1987).
/// </summary>
internal sealed unsafe class Mirror<V, T, TSource, TSink>(nuint m, T scale, Table<T> factors) : Pass<T>
    where V : unmanaged, ILanes<V, T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
    where TSource : ISource<V, T>
    where TSink : ISink<V, T>
{
    /// <summary>
    /// Runs over the pairs 0 … (M - 1)/2; pair 0 and, for even M, point M/2 are left to the caller. Input and output have room
    /// for M + 1 points.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public override void Run(T* a, T* b, T* re, T* im)
    {
        var w = factors.Pointer;
        var half = V.Broadcast(scale * T.CreateTruncating(0.5));
        var pairs = (m + 1) / 2;
        for (nuint i = 0; i < pairs; i += V.Count)
        {
            var k = Math.Min(i, pairs - V.Count);
            var mirrored = m + 1 - k - V.Count;
            var x = TSource.Load(a, b, k);
            var y = TSource.Load(a, b, mirrored);
            var (yRe, yIm) = (V.Reverse(y.Re), V.Reverse(y.Im));
            var sum = new ComplexLanes<V, T> { Re = x.Re + yRe, Im = x.Im - yIm };
            var turned = LaneTwiddle<V, T>.Apply(w, 1, k, pairs, new() { Re = x.Re - yRe, Im = x.Im + yIm });
            TSink.Store(re, im, k, turned.Plus(half, sum));
            TSink.Store(re, im, mirrored, new()
            {
                Re = V.Reverse(V.MultiplySubtract(half, sum.Re, turned.Re)),
                Im = V.Reverse(V.SubtractProduct(turned.Im, half, sum.Im)),
            });
        }
    }
}

/// <summary>Makes the step from Z, split, to X, interleaved.</summary>
internal readonly record struct MirrorOutMaker<T>(int M, T Scale, Table<T> Factors) : IForWidth<T, Pass<T>>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    public Pass<T> Make<V>()
        where V : unmanaged, ILanes<V, T> =>
        new Mirror<V, T, SplitPoints<V, T>, InterleavedPoints<V, T>>((nuint)M, Scale, Factors);
}

/// <summary>Makes the step from X, interleaved, to Z, split.</summary>
internal readonly record struct MirrorInMaker<T>(int M, T Scale, Table<T> Factors) : IForWidth<T, Pass<T>>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    public Pass<T> Make<V>()
        where V : unmanaged, ILanes<V, T> =>
        new Mirror<V, T, InterleavedPoints<V, T>, SplitPoints<V, T>>((nuint)M, Scale, Factors);
}
