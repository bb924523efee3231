using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Engine.Tensors.Cpu.Kernels;

/// <summary>
/// y[row · pitchY + column] = x[column · pitchX + row] for a block of a matrix with at least eight rows and columns. Sixteen
/// columns at a time fill whole cache lines of y. At a ragged edge, the last eight rows or columns are copied again, from before
/// the block if it is narrower: that is cheaper than one by one, with the same result.
/// </summary>
internal static unsafe class Transposition
{
    private const int Side = Transpose8.Side;
    private const int Line = 2 * Side;

    /// <summary>
    /// Copies a block and prefetches the source of the <paramref name="next"/> one, into the first-level cache if
    /// <paramref name="near"/>.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Block<TStore>(float* x, long pitchX, float* y, long pitchY, int rows, int columns, float* next, bool near)
        where TStore : struct, ILineStore
    {
        var column = 0;
        for (; column <= columns - Line; column += Line)
        {
            for (var row = 0; row < rows; row += Side)
            {
                if (Sse.IsSupported && row % Line == 0)
                {
                    for (var i = column; i < column + Line; i++)
                    {
                        if (near) Sse.Prefetch0(next + i * pitchX + row);
                        else Sse.Prefetch1(next + i * pitchX + row);
                    }
                }

                var top = Math.Min(row, rows - Side);
                Lines<TStore>(x + column * pitchX + top, pitchX, y + top * pitchY + column, pitchY);
            }
        }

        for (; column < columns; column += Side)
        {
            var left = Math.Min(column, columns - Side);
            for (var row = 0; row < rows; row += Side)
            {
                var top = Math.Min(row, rows - Side);
                HalfLines(x + left * pitchX + top, pitchX, y + top * pitchY + left, pitchY);
            }
        }
    }

    // Eight whole lines of y.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Lines<TStore>(float* x, long pitchX, float* y, long pitchY)
        where TStore : struct, ILineStore
    {
        if (!Avx.IsSupported)
        {
            OneByOne(x, pitchX, y, pitchY, Line);
            return;
        }

        float* middle = x + 4 * pitchX, right = x + 8 * pitchX, end = x + 12 * pitchX;
        Vector256<float> a0 = Vector256.Load(x), a1 = Vector256.Load(x + pitchX), a2 = Vector256.Load(x + 2 * pitchX),
        a3 = Vector256.Load(x + 3 * pitchX);
        Vector256<float> a4 = Vector256.Load(middle), a5 = Vector256.Load(middle + pitchX),
        a6 = Vector256.Load(middle + 2 * pitchX), a7 = Vector256.Load(middle + 3 * pitchX);
        Transpose8.Run(ref a0, ref a1, ref a2, ref a3, ref a4, ref a5, ref a6, ref a7);
        Vector256<float> b0 = Vector256.Load(right), b1 = Vector256.Load(right + pitchX), b2 = Vector256.Load(right + 2 * pitchX),
        b3 = Vector256.Load(right + 3 * pitchX);
        Vector256<float> b4 = Vector256.Load(end), b5 = Vector256.Load(end + pitchX), b6 = Vector256.Load(end + 2 * pitchX),
        b7 = Vector256.Load(end + 3 * pitchX);
        Transpose8.Run(ref b0, ref b1, ref b2, ref b3, ref b4, ref b5, ref b6, ref b7);
        TStore.Put(a0, b0, y);
        TStore.Put(a1, b1, y + pitchY);
        TStore.Put(a2, b2, y + 2 * pitchY);
        TStore.Put(a3, b3, y + 3 * pitchY);
        y += 4 * pitchY;
        TStore.Put(a4, b4, y);
        TStore.Put(a5, b5, y + pitchY);
        TStore.Put(a6, b6, y + 2 * pitchY);
        TStore.Put(a7, b7, y + 3 * pitchY);
    }

    private static void HalfLines(float* x, long pitchX, float* y, long pitchY)
    {
        if (!Avx.IsSupported)
        {
            OneByOne(x, pitchX, y, pitchY, Side);
            return;
        }

        float* middle = x + 4 * pitchX;
        Vector256<float> a0 = Vector256.Load(x), a1 = Vector256.Load(x + pitchX), a2 = Vector256.Load(x + 2 * pitchX),
        a3 = Vector256.Load(x + 3 * pitchX);
        Vector256<float> a4 = Vector256.Load(middle), a5 = Vector256.Load(middle + pitchX),
        a6 = Vector256.Load(middle + 2 * pitchX), a7 = Vector256.Load(middle + 3 * pitchX);
        Transpose8.Run(ref a0, ref a1, ref a2, ref a3, ref a4, ref a5, ref a6, ref a7);
        a0.Store(y);
        a1.Store(y + pitchY);
        a2.Store(y + 2 * pitchY);
        a3.Store(y + 3 * pitchY);
        y += 4 * pitchY;
        a4.Store(y);
        a5.Store(y + pitchY);
        a6.Store(y + 2 * pitchY);
        a7.Store(y + 3 * pitchY);
    }

    private static void OneByOne(float* x, long pitchX, float* y, long pitchY, int columns)
    {
        for (var row = 0; row < Side; row++)
        {
            for (var column = 0; column < columns; column++) y[row * pitchY + column] = x[column * pitchX + row];
        }
    }
}

/// <summary>How sixteen floats are written, half by half.</summary>
internal unsafe interface ILineStore
{
    /// <summary>Writes both halves.</summary>
    static abstract void Put(Vector256<float> left, Vector256<float> right, float* y);
}

/// <summary>Into the caches; y needs no alignment.</summary>
internal readonly unsafe struct CachedStore : ILineStore
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Put(Vector256<float> left, Vector256<float> right, float* y)
    {
        left.Store(y);
        right.Store(y + Vector256<float>.Count);
    }
}

/// <summary>Past the caches: y is a whole cache line.</summary>
internal readonly unsafe struct StreamingStore : ILineStore
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Put(Vector256<float> left, Vector256<float> right, float* y)
    {
        left.StoreAlignedNonTemporal(y);
        right.StoreAlignedNonTemporal(y + Vector256<float>.Count);
    }
}
