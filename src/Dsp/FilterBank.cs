using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Engine.Dsp;

/// <summary>
/// A bank of band filters over the bins of a spectrum, each kept as one contiguous run of weights, and its product with
/// spectra: <c>out[b] = Σ w[b][k]·x[k]</c>. Immutable.
/// </summary>
/// <typeparam name="T">float or double.</typeparam>
internal sealed class FilterBank<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    // A run is padded with zero weights to whole vectors, so that the product has no tail. Nearly half the filters of a typical
    // mel bank have at most eight bins: 256-bit vectors waste less on them than 512-bit ones, and are summed faster.
    private static readonly int s_lanes = Vector256<T>.Count;

    private readonly T[] _weights;
    private readonly Band[] _bands;

    /// <summary>Packs dense filters [bands, bins].</summary>
    public FilterBank(Frames<T> dense)
    {
        Bins = dense.Bins;
        _bands = new Band[dense.Count];
        var weights = new List<T>();
        for (var b = 0; b < dense.Count; b++)
        {
            ReadOnlySpan<T> row = dense[b];
            var start = row.IndexOfAnyExcept(T.Zero);
            var length = start < 0 ? 0 : row.LastIndexOfAnyExcept(T.Zero) + 1 - start;
            var wide = (length + s_lanes - 1) / s_lanes * s_lanes;
            if (wide > Bins) wide = length;
            start = Math.Clamp(start, 0, Bins - wide);
            _bands[b] = new(start, wide, weights.Count);
            weights.AddRange(row.Slice(start, wide));
        }

        _weights = [.. weights];
    }

    /// <summary>The number of filters.</summary>
    public int Count => _bands.Length;

    /// <summary>The number of bins in a spectrum.</summary>
    public int Bins { get; }

    /// <summary>The weights as a matrix [bands, bins].</summary>
    public Frames<T> ToDense()
    {
        var dense = new Frames<T>(Count, Bins);
        for (var b = 0; b < Count; b++) Weights(_bands[b]).CopyTo(dense[b][_bands[b].Start..]);
        return dense;
    }

    /// <summary>Filters one spectrum of <see cref="Bins"/> values into <see cref="Count"/> values.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Apply(ReadOnlySpan<T> spectrum, Span<T> output)
    {
        for (var b = 0; b < _bands.Length; b++)
        {
            var band = _bands[b];
            var weights = Weights(band);
            var values = spectrum.Slice(band.Start, band.Length);
            output[b] = Vector256.IsHardwareAccelerated && band.Length % s_lanes == 0
                ? Product(ref MemoryMarshal.GetReference(weights), ref MemoryMarshal.GetReference(values), (nuint)band.Length)
                : VectorMath.Dot(weights, values);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T Product(ref T w, ref T x, nuint n)
    {
        var sum = Vector256<T>.Zero;
        for (nuint i = 0; i < n; i += (nuint)Vector256<T>.Count)
            sum = VectorMath.MultiplyAdd(Vector256.LoadUnsafe(ref x, i), Vector256.LoadUnsafe(ref w, i), sum);
        return VectorMath.Sum(sum);
    }

    private ReadOnlySpan<T> Weights(Band band) => _weights.AsSpan(band.Offset, band.Length);

    private readonly record struct Band(int Start, int Length, int Offset);
}
