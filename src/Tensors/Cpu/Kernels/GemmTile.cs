using System.Runtime.CompilerServices;

namespace Engine.Tensors.Cpu.Kernels;

/// <summary>
/// The innermost part of the matrix product: a block of c, two vectors wide, that stays in registers over all steps of k. Tiles
/// are one, two or three units of rows high. The highest, 12 rows of 512 bits, does 24 multiply-adds per 14 loads and takes 27 of
/// 32 registers: 24 sums, two columns of b and one broadcast of a. 6 rows of 256 bits take 15 of 16.
/// </summary>
internal static unsafe class GemmTile<T, TRow>
    where T : unmanaged
    where TRow : struct, ITileRow<TRow, T>
{
    /// <summary>Columns of a tile: the width of a packed panel of b.</summary>
    public static int Columns => TRow.Columns;

    /// <summary>Rows of the highest tile.</summary>
    public static int MaxRows => 3 * TRow.Unit;

    /// <summary>
    /// The height of the next tile when <paramref name="left"/> rows are left. Four units are split into two and two, anything
    /// else into threes first, so a run of rows ends in at most one tile that is not full.
    /// </summary>
    public static int Height(int left) => TRow.Unit * ((left + TRow.Unit - 1) / TRow.Unit) switch
    {
        1 => 1,
        2 or 4 => 2,
        _ => 3,
    };

    /// <summary>
    /// c[rows, Columns] (+)= a · b. <paramref name="a"/> is packed [k, rows]; <paramref name="b"/> finds the Columns values
    /// of each step; <paramref name="stride"/> is the distance between rows of c.
    /// </summary>
    public static void Run<TColumns>(int rows, T* a, TColumns b, int k, T* c, int stride, bool accumulate)
        where TColumns : struct, ITileColumns<T>
    {
        switch (rows / TRow.Unit)
        {
            case 1: One(a, b, k, c, (nuint)stride, accumulate); break;
            case 2: Two(a, b, k, c, (nuint)stride, accumulate); break;
            case 3: Three(a, b, k, c, (nuint)stride, accumulate); break;
            default: throw new ArgumentOutOfRangeException(nameof(rows));
        }
    }

    // Each height is a method of its own: inlined into a larger one, its sums would not stay in registers.
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void One<TColumns>(T* a, TColumns b, int k, T* c, nuint stride, bool accumulate)
        where TColumns : struct, ITileColumns<T> => Run(TRow.Unit, a, b, k, c, stride, accumulate);

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Two<TColumns>(T* a, TColumns b, int k, T* c, nuint stride, bool accumulate)
        where TColumns : struct, ITileColumns<T> => Run(2 * TRow.Unit, a, b, k, c, stride, accumulate);

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Three<TColumns>(T* a, TColumns b, int k, T* c, nuint stride, bool accumulate)
        where TColumns : struct, ITileColumns<T> => Run(3 * TRow.Unit, a, b, k, c, stride, accumulate);

    // Written out, because the JIT keeps only named locals in registers; rows is a constant here, so the JIT removes what it
    // excludes.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Run<TColumns>(int rows, T* a, TColumns b, int k, T* c, nuint stride, bool accumulate)
        where TColumns : struct, ITileColumns<T>
    {
        TRow row0 = default, row1 = default, row2 = default, row3 = default, row4 = default, row5 = default;
        TRow row6 = default, row7 = default, row8 = default, row9 = default, row10 = default, row11 = default;
        for (var p = 0; p < k; p++, a += rows)
        {
            var columns = TRow.Load(b.At(p));
            row0.AddScaled(a[0], columns);
            row1.AddScaled(a[1], columns);
            if (rows > 2)
            {
                row2.AddScaled(a[2], columns);
                row3.AddScaled(a[3], columns);
            }

            if (rows > 4)
            {
                row4.AddScaled(a[4], columns);
                row5.AddScaled(a[5], columns);
            }

            if (rows > 6)
            {
                row6.AddScaled(a[6], columns);
                row7.AddScaled(a[7], columns);
            }

            if (rows > 8)
            {
                row8.AddScaled(a[8], columns);
                row9.AddScaled(a[9], columns);
                row10.AddScaled(a[10], columns);
                row11.AddScaled(a[11], columns);
            }
        }

        row0.Store(c, accumulate);
        row1.Store(c + stride, accumulate);
        if (rows > 2)
        {
            row2.Store(c + 2 * stride, accumulate);
            row3.Store(c + 3 * stride, accumulate);
        }

        if (rows > 4)
        {
            row4.Store(c + 4 * stride, accumulate);
            row5.Store(c + 5 * stride, accumulate);
        }

        if (rows > 6)
        {
            row6.Store(c + 6 * stride, accumulate);
            row7.Store(c + 7 * stride, accumulate);
        }

        if (rows > 8)
        {
            row8.Store(c + 8 * stride, accumulate);
            row9.Store(c + 9 * stride, accumulate);
            row10.Store(c + 10 * stride, accumulate);
            row11.Store(c + 11 * stride, accumulate);
        }
    }
}
