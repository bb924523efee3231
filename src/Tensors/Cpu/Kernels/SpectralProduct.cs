using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Engine.Tensors.Cpu.Kernels;

/// <summary>
/// A complex matrix in two planes; columns may be any distance apart, but are contiguous in the right operand and the result.
/// </summary>
/// <param name="Real">Element (0, 0).</param>
/// <param name="Imaginary">Floats from a real part to its imaginary part.</param>
/// <param name="Row">Floats between rows.</param>
/// <param name="Column">Floats between columns.</param>
internal readonly unsafe record struct ComplexMatrix(nint Real, nint Imaginary, nint Row, nint Column);

/// <summary>
/// c[rows, columns] (+)= a[rows, depth] · b[depth, columns], complex, with either of them conjugated on request, at one point of
/// the spectra of <see cref="ConvFft"/>: register tiles of 8, 4 or 1 rows by sixteen columns, four multiply-adds for each complex
/// one. Like the tiles of <see cref="WinogradTile"/>, they read a in place.
/// </summary>
internal static unsafe class SpectralProduct
{
    /// <summary>Columns of a tile; columns beyond the last are also computed.</summary>
    public const int Columns = 16;

    /// <summary>The whole product.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run<TSum>(
        ComplexMatrix a, ComplexMatrix b, ComplexMatrix c, int rows, int columns, int depth, bool accumulate)
        where TSum : struct, IProductSum
    {
        for (int row = 0, height; row < rows; row += height)
        {
            height = rows - row >= 8 ? 8 : rows - row >= 4 ? 4 : 1;
            var left = (float*)a.Real + row * a.Row;
            for (var column = 0; column < columns; column += Columns)
            {
                var right = (float*)b.Real + column;
                var target = (float*)c.Real + row * c.Row + column;
                nint ai = a.Imaginary, bi = b.Imaginary, ci = c.Imaginary;
                if (height == 8) Run8<TSum>(left, ai, a.Row, a.Column, right, bi, b.Row, depth, target, ci, c.Row, accumulate);
                if (height == 4) Run4<TSum>(left, ai, a.Row, a.Column, right, bi, b.Row, depth, target, ci, c.Row, accumulate);
                if (height == 1) Run1<TSum>(left, ai, a.Column, right, bi, b.Row, depth, target, ci, accumulate);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Run8<TSum>(
        float* a, nint ai, nint row, nint step, float* b, nint bi, nint width,
        int k, float* c, nint ci, nint stride, bool accumulate)
        where TSum : struct, IProductSum
    {
        Vector512<float> r0 = default, i0 = default;
        Vector512<float> r1 = default, i1 = default;
        Vector512<float> r2 = default, i2 = default;
        Vector512<float> r3 = default, i3 = default;
        Vector512<float> r4 = default, i4 = default;
        Vector512<float> r5 = default, i5 = default;
        Vector512<float> r6 = default, i6 = default;
        Vector512<float> r7 = default, i7 = default;
        // Three pointers and two offsets reach eight rows.
        float* a3 = a + 3 * row, a6 = a + 6 * row, ia = a + ai, ia3 = a3 + ai, ia6 = a6 + ai;
        for (var p = 0; p < k; p++)
        {
            var (real, imaginary) = (Vector512.Load(b), Vector512.Load(b + bi));
            TSum.Add(*a, *ia, real, imaginary, ref r0, ref i0);
            TSum.Add(a[row], ia[row], real, imaginary, ref r1, ref i1);
            TSum.Add(a[2 * row], ia[2 * row], real, imaginary, ref r2, ref i2);
            TSum.Add(*a3, *ia3, real, imaginary, ref r3, ref i3);
            TSum.Add(a3[row], ia3[row], real, imaginary, ref r4, ref i4);
            TSum.Add(a3[2 * row], ia3[2 * row], real, imaginary, ref r5, ref i5);
            TSum.Add(*a6, *ia6, real, imaginary, ref r6, ref i6);
            TSum.Add(a6[row], ia6[row], real, imaginary, ref r7, ref i7);
            a += step;
            a3 += step;
            a6 += step;
            ia += step;
            ia3 += step;
            ia6 += step;
            b += width;
        }

        Store(r0, i0, c, ci, accumulate);
        Store(r1, i1, c + stride, ci, accumulate);
        Store(r2, i2, c + 2 * stride, ci, accumulate);
        Store(r3, i3, c + 3 * stride, ci, accumulate);
        Store(r4, i4, c + 4 * stride, ci, accumulate);
        Store(r5, i5, c + 5 * stride, ci, accumulate);
        Store(r6, i6, c + 6 * stride, ci, accumulate);
        Store(r7, i7, c + 7 * stride, ci, accumulate);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Run4<TSum>(
        float* a, nint ai, nint row, nint step, float* b, nint bi, nint width,
        int k, float* c, nint ci, nint stride, bool accumulate)
        where TSum : struct, IProductSum
    {
        Vector512<float> r0 = default, i0 = default;
        Vector512<float> r1 = default, i1 = default;
        Vector512<float> r2 = default, i2 = default;
        Vector512<float> r3 = default, i3 = default;
        float* a3 = a + 3 * row, ia = a + ai, ia3 = a3 + ai;
        for (var p = 0; p < k; p++)
        {
            var (real, imaginary) = (Vector512.Load(b), Vector512.Load(b + bi));
            TSum.Add(*a, *ia, real, imaginary, ref r0, ref i0);
            TSum.Add(a[row], ia[row], real, imaginary, ref r1, ref i1);
            TSum.Add(a[2 * row], ia[2 * row], real, imaginary, ref r2, ref i2);
            TSum.Add(*a3, *ia3, real, imaginary, ref r3, ref i3);
            a += step;
            a3 += step;
            ia += step;
            ia3 += step;
            b += width;
        }

        Store(r0, i0, c, ci, accumulate);
        Store(r1, i1, c + stride, ci, accumulate);
        Store(r2, i2, c + 2 * stride, ci, accumulate);
        Store(r3, i3, c + 3 * stride, ci, accumulate);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Run1<TSum>(
        float* a, nint ai, nint step, float* b, nint bi, nint width, int k, float* c, nint ci, bool accumulate)
        where TSum : struct, IProductSum
    {
        Vector512<float> r = default, i = default;
        for (var p = 0; p < k; p++, a += step, b += width)
            TSum.Add(*a, a[ai], Vector512.Load(b), Vector512.Load(b + bi), ref r, ref i);
        Store(r, i, c, ci, accumulate);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(Vector512<float> real, Vector512<float> imaginary, float* c, nint ci, bool accumulate)
    {
        if (accumulate)
        {
            real += Vector512.Load(c);
            imaginary += Vector512.Load(c + ci);
        }

        real.Store(c);
        imaginary.Store(c + ci);
    }
}

/// <summary>How the products of two complex numbers are summed.</summary>
internal interface IProductSum
{
    /// <summary>Adds the product of a and b.</summary>
    static abstract void Add(
        float aReal, float aImaginary, Vector512<float> bReal, Vector512<float> bImaginary,
        ref Vector512<float> real, ref Vector512<float> imaginary);
}

/// <summary>Σ a·b.</summary>
internal readonly struct PlainSum : IProductSum
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Add(
        float aReal, float aImaginary, Vector512<float> bReal, Vector512<float> bImaginary,
        ref Vector512<float> real, ref Vector512<float> imaginary)
    {
        var (x, y) = (Vector512.Create(aReal), Vector512.Create(aImaginary));
        real = Vector512.FusedMultiplyAdd(x, bReal, real);
        imaginary = Vector512.FusedMultiplyAdd(x, bImaginary, imaginary);
        real = VectorMath.SubtractProduct(real, y, bImaginary);
        imaginary = Vector512.FusedMultiplyAdd(y, bReal, imaginary);
    }
}

/// <summary>Σ conj(a)·b.</summary>
internal readonly struct ConjugateLeftSum : IProductSum
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Add(
        float aReal, float aImaginary, Vector512<float> bReal, Vector512<float> bImaginary,
        ref Vector512<float> real, ref Vector512<float> imaginary)
    {
        var (x, y) = (Vector512.Create(aReal), Vector512.Create(aImaginary));
        real = Vector512.FusedMultiplyAdd(x, bReal, real);
        imaginary = Vector512.FusedMultiplyAdd(x, bImaginary, imaginary);
        real = Vector512.FusedMultiplyAdd(y, bImaginary, real);
        imaginary = VectorMath.SubtractProduct(imaginary, y, bReal);
    }
}

/// <summary>Σ a·conj(b).</summary>
internal readonly struct ConjugateRightSum : IProductSum
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Add(
        float aReal, float aImaginary, Vector512<float> bReal, Vector512<float> bImaginary,
        ref Vector512<float> real, ref Vector512<float> imaginary)
    {
        var (x, y) = (Vector512.Create(aReal), Vector512.Create(aImaginary));
        real = Vector512.FusedMultiplyAdd(x, bReal, real);
        imaginary = VectorMath.SubtractProduct(imaginary, x, bImaginary);
        real = Vector512.FusedMultiplyAdd(y, bImaginary, real);
        imaginary = Vector512.FusedMultiplyAdd(y, bReal, imaginary);
    }
}
