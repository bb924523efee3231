using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Engine.Tensors.Cpu.Kernels;

/// <summary>
/// The product of few rows with a matrix stored row by row, c[i, j] = Σ a[i, p] · b[j, p]: a dense layer of a small batch. Both
/// operands are read in place along p, four rows of b at a time by one, two or four rows of a, so b passes through the caches
/// once and nothing is packed; a product of many rows pays for packing (<see cref="Gemm"/>). Work is split by rows of b.
/// </summary>
internal static unsafe class DotProducts
{
    // With more rows of a, Gemm is faster; with short rows, whose sums over the lanes cost as much as the products, earlier.
    private const int MaxRows = 16, MaxRowsOfShort = 8, ShortDepth = 128;

    // With so few rows of b, a tile of Gemm would mostly be padding.
    private const int FewColumns = 12, MaxRowsOfFew = 64;

    // Rows of b that a tile has.
    private const int Quad = 4;

    // Steps of p for which four rows of b stay in the first-level cache while the rows of a go by.
    private const int DepthBlock = 1024;

    // Multiply-adds of a task, some 5 µs: with less, waking a worker costs more than it gains.
    private const long TaskWork = 1 << 17;

    /// <summary>Whether the product's shape suits: few rows or columns, and steps that fill a vector.</summary>
    public static bool Serves(int m, int n, int k) =>
        m <= (n <= FewColumns ? MaxRowsOfFew : k < ShortDepth ? MaxRowsOfShort : MaxRows)
        && k >= (Vector512.IsHardwareAccelerated ? Float512.Count : Float256.Count);

    /// <summary>c [m, n] = a [m, k] · b [n, k]ᵀ, then the epilogue.</summary>
    public static void Run(int m, int n, int k, float* a, float* b, float* c, GemmEpilogue<float> epilogue)
    {
        if (m == 0 || n == 0) return;
        var quads = (n + Quad - 1) / Quad;
        var grain = (int)Math.Clamp(TaskWork / ((long)m * k * Quad), 1, quads);
        RowParallel.For(quads, grain, (from, to) =>
        {
            var (first, end) = (from * Quad, Math.Min(to * Quad, n));
            if (Vector512.IsHardwareAccelerated) Rows<Float512>(m, n, k, a, b, c, first, end);
            else Rows<Float256>(m, n, k, a, b, c, first, end);
            if (!epilogue.IsEmpty) epilogue.Apply(c + first, n, 0, first, m, end - first);
        });
    }

    private static void Rows<TVector>(int m, int n, int k, float* a, float* b, float* c, int first, int end)
        where TVector : struct, IFloatVector<TVector>
    {
        // Four rows of a by four of b take 21 registers of 32; with 16, two rows do.
        var most = TVector.Count == Float512.Count ? 4 : 2;
        var depthBlock = m <= most ? k : DepthBlock;
        for (var j = first; j < end; j += Quad)
        {
            // Rows beyond the last are computed again and dropped.
            var rows = new QuadRows(b, k, j, n - 1);
            for (var p = 0; p < k; p += depthBlock)
            {
                var steps = Math.Min(depthBlock, k - p);
                for (int i = 0, height; i < m; i += height)
                {
                    height = m - i >= most ? most : m - i >= 2 ? 2 : 1;
                    var target = c + (long)i * n + j;
                    var count = Math.Min(Quad, end - j);
                    var source = a + (long)i * k + p;
                    if (height == 4) Four<TVector>(source, k, rows.From(p), steps, target, n, count, p > 0);
                    else if (height == 2) Two<TVector>(source, k, rows.From(p), steps, target, n, count, p > 0);
                    else One<TVector>(source, rows.From(p), steps, target, count, p > 0);
                }
            }
        }
    }

    // The tiles are written out, because the JIT keeps only named locals in registers. One row alone has two sums for each row of
    // b, as a sum waits four cycles for the one before it.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void One<TVector>(float* a, QuadRows b, int steps, float* c, int count, bool add)
        where TVector : struct, IFloatVector<TVector>
    {
        TVector s0 = default, s1 = default, s2 = default, s3 = default, t0 = default, t1 = default, t2 = default, t3 = default;
        var p = 0;
        for (; p <= steps - 2 * TVector.Count; p += 2 * TVector.Count)
        {
            TVector x = TVector.Load(a + p), y = TVector.Load(a + p + TVector.Count);
            TVector.MultiplyAdd(x, TVector.Load(b.Row0 + p), ref s0);
            TVector.MultiplyAdd(x, TVector.Load(b.Row1 + p), ref s1);
            TVector.MultiplyAdd(x, TVector.Load(b.Row2 + p), ref s2);
            TVector.MultiplyAdd(x, TVector.Load(b.Row3 + p), ref s3);
            TVector.MultiplyAdd(y, TVector.Load(b.Row0 + p + TVector.Count), ref t0);
            TVector.MultiplyAdd(y, TVector.Load(b.Row1 + p + TVector.Count), ref t1);
            TVector.MultiplyAdd(y, TVector.Load(b.Row2 + p + TVector.Count), ref t2);
            TVector.MultiplyAdd(y, TVector.Load(b.Row3 + p + TVector.Count), ref t3);
        }

        for (; p < steps; p += TVector.Count)
        {
            // The last vector may begin with steps that are done: zeros.
            var done = Math.Max(0, p + TVector.Count - steps);
            var x = Load<TVector>(a + p, done);
            TVector.MultiplyAdd(x, Load<TVector>(b.Row0 + p, done), ref s0);
            TVector.MultiplyAdd(x, Load<TVector>(b.Row1 + p, done), ref s1);
            TVector.MultiplyAdd(x, Load<TVector>(b.Row2 + p, done), ref s2);
            TVector.MultiplyAdd(x, Load<TVector>(b.Row3 + p, done), ref s3);
        }

        Store(TVector.Sums(TVector.Add(s0, t0), TVector.Add(s1, t1), TVector.Add(s2, t2), TVector.Add(s3, t3)), c, count, add);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Two<TVector>(
        float* a, int stride, QuadRows b, int steps, float* c, int columns, int count, bool add)
        where TVector : struct, IFloatVector<TVector>
    {
        TVector s00 = default, s01 = default, s02 = default, s03 = default;
        TVector s10 = default, s11 = default, s12 = default, s13 = default;
        for (var p = 0; p < steps; p += TVector.Count)
        {
            var done = Math.Max(0, p + TVector.Count - steps);
            var from = a + p;
            TVector x0 = Load<TVector>(from, done), x1 = Load<TVector>(from + stride, done);
            var y = Load<TVector>(b.Row0 + p, done);
            TVector.MultiplyAdd(x0, y, ref s00);
            TVector.MultiplyAdd(x1, y, ref s10);
            y = Load<TVector>(b.Row1 + p, done);
            TVector.MultiplyAdd(x0, y, ref s01);
            TVector.MultiplyAdd(x1, y, ref s11);
            y = Load<TVector>(b.Row2 + p, done);
            TVector.MultiplyAdd(x0, y, ref s02);
            TVector.MultiplyAdd(x1, y, ref s12);
            y = Load<TVector>(b.Row3 + p, done);
            TVector.MultiplyAdd(x0, y, ref s03);
            TVector.MultiplyAdd(x1, y, ref s13);
        }

        Store(TVector.Sums(s00, s01, s02, s03), c, count, add);
        Store(TVector.Sums(s10, s11, s12, s13), c + columns, count, add);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Four<TVector>(
        float* a, int stride, QuadRows b, int steps, float* c, int columns, int count, bool add)
        where TVector : struct, IFloatVector<TVector>
    {
        TVector s00 = default, s01 = default, s02 = default, s03 = default;
        TVector s10 = default, s11 = default, s12 = default, s13 = default;
        TVector s20 = default, s21 = default, s22 = default, s23 = default;
        TVector s30 = default, s31 = default, s32 = default, s33 = default;
        var p = 0;
        for (; p <= steps - TVector.Count; p += TVector.Count)
        {
            var from = a + p;
            TVector x0 = TVector.Load(from), x1 = TVector.Load(from + stride),
            x2 = TVector.Load(from + 2 * (nint)stride), x3 = TVector.Load(from + 3 * (nint)stride);
            var y = TVector.Load(b.Row0 + p);
            TVector.MultiplyAdd(x0, y, ref s00);
            TVector.MultiplyAdd(x1, y, ref s10);
            TVector.MultiplyAdd(x2, y, ref s20);
            TVector.MultiplyAdd(x3, y, ref s30);
            y = TVector.Load(b.Row1 + p);
            TVector.MultiplyAdd(x0, y, ref s01);
            TVector.MultiplyAdd(x1, y, ref s11);
            TVector.MultiplyAdd(x2, y, ref s21);
            TVector.MultiplyAdd(x3, y, ref s31);
            y = TVector.Load(b.Row2 + p);
            TVector.MultiplyAdd(x0, y, ref s02);
            TVector.MultiplyAdd(x1, y, ref s12);
            TVector.MultiplyAdd(x2, y, ref s22);
            TVector.MultiplyAdd(x3, y, ref s32);
            y = TVector.Load(b.Row3 + p);
            TVector.MultiplyAdd(x0, y, ref s03);
            TVector.MultiplyAdd(x1, y, ref s13);
            TVector.MultiplyAdd(x2, y, ref s23);
            TVector.MultiplyAdd(x3, y, ref s33);
        }

        if (p < steps)
        {
            var done = p + TVector.Count - steps;
            var from = a + p;
            TVector x0 = Load<TVector>(from, done), x1 = Load<TVector>(from + stride, done),
            x2 = Load<TVector>(from + 2 * (nint)stride, done), x3 = Load<TVector>(from + 3 * (nint)stride, done);
            var y = Load<TVector>(b.Row0 + p, done);
            TVector.MultiplyAdd(x0, y, ref s00);
            TVector.MultiplyAdd(x1, y, ref s10);
            TVector.MultiplyAdd(x2, y, ref s20);
            TVector.MultiplyAdd(x3, y, ref s30);
            y = Load<TVector>(b.Row1 + p, done);
            TVector.MultiplyAdd(x0, y, ref s01);
            TVector.MultiplyAdd(x1, y, ref s11);
            TVector.MultiplyAdd(x2, y, ref s21);
            TVector.MultiplyAdd(x3, y, ref s31);
            y = Load<TVector>(b.Row2 + p, done);
            TVector.MultiplyAdd(x0, y, ref s02);
            TVector.MultiplyAdd(x1, y, ref s12);
            TVector.MultiplyAdd(x2, y, ref s22);
            TVector.MultiplyAdd(x3, y, ref s32);
            y = Load<TVector>(b.Row3 + p, done);
            TVector.MultiplyAdd(x0, y, ref s03);
            TVector.MultiplyAdd(x1, y, ref s13);
            TVector.MultiplyAdd(x2, y, ref s23);
            TVector.MultiplyAdd(x3, y, ref s33);
        }

        Store(TVector.Sums(s00, s01, s02, s03), c, count, add);
        Store(TVector.Sums(s10, s11, s12, s13), c + columns, count, add);
        Store(TVector.Sums(s20, s21, s22, s23), c + 2 * (nint)columns, count, add);
        Store(TVector.Sums(s30, s31, s32, s33), c + 3 * (nint)columns, count, add);
    }

    // A vector whose first lanes were summed already; it begins earlier by as much, so that it ends with the row.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Load<TVector>(float* from, int done)
        where TVector : struct, IFloatVector<TVector> =>
        done == 0 ? TVector.Load(from) : TVector.ClearFirst(TVector.Load(from - done), done);

    private static void Store(Vector128<float> sums, float* c, int count, bool add)
    {
        if (count == Quad)
        {
            (add ? sums + Vector128.Load(c) : sums).Store(c);
            return;
        }

        for (var i = 0; i < count; i++) c[i] = add ? c[i] + sums[i] : sums[i];
    }

    /// <summary>Four rows of b, the last again where b has no more.</summary>
    private readonly struct QuadRows
    {
        public readonly float* Row0, Row1, Row2, Row3;

        public QuadRows(float* b, int stride, int row, int last)
            : this(b + (long)row * stride, b + (long)Math.Min(row + 1, last) * stride, b + (long)Math.Min(row + 2, last) * stride,
                b + (long)Math.Min(row + 3, last) * stride)
        {
        }

        private QuadRows(float* row0, float* row1, float* row2, float* row3)
        {
            Row0 = row0;
            Row1 = row1;
            Row2 = row2;
            Row3 = row3;
        }

        public QuadRows From(int p) => new(Row0 + p, Row1 + p, Row2 + p, Row3 + p);
    }
}
