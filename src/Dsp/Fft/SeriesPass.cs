using System.Runtime.CompilerServices;

namespace Engine.Dsp.Fft;

/// <summary>
/// One pass of <see cref="SeriesFft"/>: block by block, it applies the radix's butterfly to points a part of the block apart,
/// with the same factors throughout the block, before or after the butterfly. Results replace their inputs.
/// </summary>
internal abstract unsafe class SeriesPass
{
    /// <summary>Runs in place on a batch.</summary>
    public abstract void Run(float* re, float* im);

    /// <summary>Runs from spectra with points <paramref name="pitch"/> floats apart to a batch.</summary>
    public abstract void Read(float* a, float* b, nuint pitch, float* re, float* im);

    /// <summary>Runs from a batch to spectra with points <paramref name="pitch"/> floats apart.</summary>
    public abstract void Write(float* a, float* b, float* re, float* im, nuint pitch);
}

/// <inheritdoc/>
internal sealed unsafe class SeriesPass<V, TRadix, TBefore, TAfter>(nuint points, nuint size, Table<float> factors) : SeriesPass
    where V : unmanaged, ILanes<V, float>
    where TRadix : IRadix<V, float>
    where TBefore : ITwiddle<V, float>
    where TAfter : ITwiddle<V, float>
{
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public override void Run(float* re, float* im) => Butterflies(re, im, SeriesFft.Slot, re, im, SeriesFft.Slot, size);

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public override void Read(float* a, float* b, nuint pitch, float* re, float* im) =>
        Butterflies(a, b, pitch, re, im, SeriesFft.Slot, 1);

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public override void Write(float* a, float* b, float* re, float* im, nuint pitch) =>
        Butterflies(a, b, SeriesFft.Slot, re, im, pitch, 1);

    // Inlined, so that the constants above are folded into addresses: on the side of the spectra, parts are single points.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Butterflies(float* a, float* b, nuint pitch, float* re, float* im, nuint target, nuint part)
    {
        var w = factors.Pointer;
        for (nuint block = 0; block < points; block += (nuint)TRadix.Size * part, w += 2 * (TRadix.Size - 1))
        {
            for (var point = block; point < block + part; point++)
            {
                for (nuint lane = 0; lane < SeriesFft.Lanes; lane += V.Count)
                {
                    TRadix.Apply<SplitPoints<V, float>, TBefore, TAfter, Strided<V, float, SplitPoints<V, float>>>(
                        a, b, point * pitch + lane, part * pitch, w, 0, 1, re, im, point * target + lane, part * target);
                }
            }
        }
    }
}

/// <summary>
/// Makes the passes over <paramref name="Points"/> points that split blocks into parts of <paramref name="Part"/> and join them.
/// </summary>
internal readonly record struct SeriesPassMaker(int Radix, int Points, int Part, Table<float> Factors)
    : IForWidth<float, (SeriesPass Split, SeriesPass Join)>
{
    public (SeriesPass Split, SeriesPass Join) Make<V>()
        where V : unmanaged, ILanes<V, float> => Radix switch
        {
            2 => Make<V, Radix2<V, float>>(),
            4 => Make<V, Radix4<V, float>>(),
            _ => Make<V, Radix8<V, float>>(),
        };

    private (SeriesPass Split, SeriesPass Join) Make<V, TRadix>()
        where V : unmanaged, ILanes<V, float>
        where TRadix : IRadix<V, float> =>
        (new SeriesPass<V, TRadix, SharedTwiddle<V, float>, NoTwiddle<V, float>>((nuint)Points, (nuint)Part, Factors),
        new SeriesPass<V, TRadix, NoTwiddle<V, float>, SharedTwiddle<V, float>>((nuint)Points, (nuint)Part, Factors));
}
