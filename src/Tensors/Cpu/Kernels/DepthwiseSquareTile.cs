using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Engine.Tensors.Cpu.Kernels;

/// <summary>Four rows of a depthwise convolution's output.</summary>
internal readonly unsafe struct DepthwiseStrip
{
    /// <summary>The plane's rows that they read.</summary>
    public required float** Rows { get; init; }

    /// <summary>Floats of each.</summary>
    public required int Width { get; init; }

    /// <summary>The column that the first tap of the first output reads.</summary>
    public required int First { get; init; }

    /// <summary>The kernel.</summary>
    public required float* Weights { get; init; }

    /// <summary>What every sum begins with.</summary>
    public required float Bias { get; init; }

    /// <summary>Whether negatives are cut to zero.</summary>
    public required bool Relu { get; init; }

    /// <summary>The first of the four rows.</summary>
    public required float* Target { get; init; }

    /// <summary>Floats of each, at least as many as a vector has.</summary>
    public required int Columns { get; init; }

    /// <summary>Whether the plane has no more than four rows and the others are zeros, two above and two below.</summary>
    public required bool IsPlane { get; init; }

    /// <summary>The rows that the next strip reads and this one does not; after a plane's last strip, the next plane.</summary>
    public required float* NextRead { get; init; }

    /// <summary>The first row of the next strip.</summary>
    public required float* NextTarget { get; init; }
}

/// <summary>
/// Sums over squares of 3 or 5 taps a side at stride 1 or 2: tiles of four rows and two vectors of columns, whose eight sums keep
/// both multiply-add units busy. Column by column of the kernel, what its taps read is loaded once for all four rows. Tiles at
/// the end of a row overlap those before.
/// </summary>
internal static unsafe class DepthwiseSquareTile<TVector>
    where TVector : struct, IFloatVector<TVector>
{
    /// <summary>Rows of a tile.</summary>
    public const int Rows = 4;

    // Floats of a cache line.
    private const int Line = 16;

    /// <summary>The most rows that a tile reads.</summary>
    public const int MostRows = 2 * (Rows - 1) + 5;

    /// <summary>Computes four rows at stride 1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run(in DepthwiseStrip strip, int side)
    {
        var step = Math.Min(TVector.Count, strip.Columns - TVector.Count);
        for (var column = 0; column < strip.Columns; column += 2 * TVector.Count)
        {
            Prefetch(strip.NextRead + Rows * column, 2 * Rows * TVector.Count);
            Prefetch(strip.NextTarget + Rows * column, 2 * Rows * TVector.Count);
            var at = Math.Max(0, Math.Min(column, strip.Columns - 2 * TVector.Count));
            var left = strip.First + at;
            if (left >= 0 && left + step + TVector.Count + side - 1 <= strip.Width)
                Run<WholeTaps<TVector>>(strip, side, at, left, step);
            else Run<EdgeColumn<TVector>>(strip, side, at, left, step);
        }
    }

    /// <summary>Computes four rows at stride 2.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void RunStrided(in DepthwiseStrip strip, int side)
    {
        for (var column = 0; column < strip.Columns; column += TVector.Count)
        {
            Prefetch(strip.NextRead + 4 * Rows * column, 4 * Rows * TVector.Count);
            Prefetch(strip.NextTarget + Rows * column, Rows * TVector.Count);
            var at = Math.Min(column, strip.Columns - TVector.Count);
            var left = strip.First + 2 * at;
            if (left >= 0 && left + 2 * TVector.Count + side - 1 <= strip.Width)
                RunStrided<WholeTaps<TVector>>(strip, side, at, left);
            else RunStrided<EdgePairs<TVector>>(strip, side, at, left);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Run<TColumn>(in DepthwiseStrip strip, int side, int column, int left, int step)
        where TColumn : struct, ITapColumn<TColumn, TVector>
    {
        if (side == 3) Three<TColumn>(strip, column, left, step);
        else if (strip.IsPlane) FiveOfFour<TColumn>(strip, column, left, step);
        else Five<TColumn>(strip, column, left, step);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void RunStrided<TPairs>(in DepthwiseStrip strip, int side, int column, int left)
        where TPairs : struct, ITapPairs<TPairs, TVector>
    {
        if (side == 3) ThreeStrided<TPairs>(strip, column, left);
        else FiveStrided<TPairs>(strip, column, left);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Three<TColumn>(in DepthwiseStrip strip, int column, nint left, nint step)
        where TColumn : struct, ITapColumn<TColumn, TVector>
    {
        TVector a = TVector.Create(strip.Bias), b = a, c = a, d = a, e = a, f = a, g = a, h = a;
        var rows = strip.Rows;
        float* r0 = rows[0], r1 = rows[1], r2 = rows[2], r3 = rows[3], r4 = rows[4], r5 = rows[5];
        var w = strip.Weights;
        for (var end = w + 3; w < end; w++, left++)
        {
            var x = TColumn.At((int)left, strip.Width);
            TVector x0 = x.Load(r0 + left), x1 = x.Load(r1 + left), x2 = x.Load(r2 + left);
            TVector x3 = x.Load(r3 + left), x4 = x.Load(r4 + left), x5 = x.Load(r5 + left);
            Add(w[0], x0, x1, x2, x3, ref a, ref b, ref c, ref d);
            Add(w[3], x1, x2, x3, x4, ref a, ref b, ref c, ref d);
            Add(w[6], x2, x3, x4, x5, ref a, ref b, ref c, ref d);
            var right = left + step;
            var y = TColumn.At((int)right, strip.Width);
            TVector y0 = y.Load(r0 + right), y1 = y.Load(r1 + right), y2 = y.Load(r2 + right);
            TVector y3 = y.Load(r3 + right), y4 = y.Load(r4 + right), y5 = y.Load(r5 + right);
            Add(w[0], y0, y1, y2, y3, ref e, ref f, ref g, ref h);
            Add(w[3], y1, y2, y3, y4, ref e, ref f, ref g, ref h);
            Add(w[6], y2, y3, y4, y5, ref e, ref f, ref g, ref h);
        }

        Store(strip, column, a, b, c, d);
        Store(strip, column + step, e, f, g, h);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Five<TColumn>(in DepthwiseStrip strip, int column, nint left, nint step)
        where TColumn : struct, ITapColumn<TColumn, TVector>
    {
        TVector a = TVector.Create(strip.Bias), b = a, c = a, d = a, e = a, f = a, g = a, h = a;
        var rows = strip.Rows;
        float* r0 = rows[0], r1 = rows[1], r2 = rows[2], r3 = rows[3], r4 = rows[4], r5 = rows[5], r6 = rows[6], r7 = rows[7];
        var w = strip.Weights;
        for (var end = w + 5; w < end; w++, left++)
        {
            var x = TColumn.At((int)left, strip.Width);
            TVector x0 = x.Load(r0 + left), x1 = x.Load(r1 + left), x2 = x.Load(r2 + left), x3 = x.Load(r3 + left);
            TVector x4 = x.Load(r4 + left), x5 = x.Load(r5 + left), x6 = x.Load(r6 + left), x7 = x.Load(r7 + left);
            Add(w[0], x0, x1, x2, x3, ref a, ref b, ref c, ref d);
            Add(w[5], x1, x2, x3, x4, ref a, ref b, ref c, ref d);
            Add(w[10], x2, x3, x4, x5, ref a, ref b, ref c, ref d);
            Add(w[15], x3, x4, x5, x6, ref a, ref b, ref c, ref d);
            Add(w[20], x4, x5, x6, x7, ref a, ref b, ref c, ref d);
            var right = left + step;
            var y = TColumn.At((int)right, strip.Width);
            TVector y0 = y.Load(r0 + right), y1 = y.Load(r1 + right), y2 = y.Load(r2 + right), y3 = y.Load(r3 + right);
            TVector y4 = y.Load(r4 + right), y5 = y.Load(r5 + right), y6 = y.Load(r6 + right), y7 = y.Load(r7 + right);
            Add(w[0], y0, y1, y2, y3, ref e, ref f, ref g, ref h);
            Add(w[5], y1, y2, y3, y4, ref e, ref f, ref g, ref h);
            Add(w[10], y2, y3, y4, y5, ref e, ref f, ref g, ref h);
            Add(w[15], y3, y4, y5, y6, ref e, ref f, ref g, ref h);
            Add(w[20], y4, y5, y6, y7, ref e, ref f, ref g, ref h);
        }

        Store(strip, column, a, b, c, d);
        Store(strip, column + step, e, f, g, h);
    }

    // Planes of four rows end pyramids of convolutions and have the most channels: 14 of 20 products are left.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void FiveOfFour<TColumn>(in DepthwiseStrip strip, int column, nint left, nint step)
        where TColumn : struct, ITapColumn<TColumn, TVector>
    {
        TVector a = TVector.Create(strip.Bias), b = a, c = a, d = a, e = a, f = a, g = a, h = a;
        var rows = strip.Rows;
        float* r2 = rows[2], r3 = rows[3], r4 = rows[4], r5 = rows[5];
        var w = strip.Weights;
        for (var end = w + 5; w < end; w++, left++)
        {
            var right = left + step;
            var (x, y) = (TColumn.At((int)left, strip.Width), TColumn.At((int)right, strip.Width));
            TVector x2 = x.Load(r2 + left), x3 = x.Load(r3 + left), x4 = x.Load(r4 + left), x5 = x.Load(r5 + left);
            TVector y2 = y.Load(r2 + right), y3 = y.Load(r3 + right);
            TVector y4 = y.Load(r4 + right), y5 = y.Load(r5 + right);
            Add(w[0], x2, x3, ref c, ref d);
            Add(w[0], y2, y3, ref g, ref h);
            Add(w[5], x2, x3, x4, ref b, ref c, ref d);
            Add(w[5], y2, y3, y4, ref f, ref g, ref h);
            Add(w[10], x2, x3, x4, x5, ref a, ref b, ref c, ref d);
            Add(w[10], y2, y3, y4, y5, ref e, ref f, ref g, ref h);
            Add(w[15], x3, x4, x5, ref a, ref b, ref c);
            Add(w[15], y3, y4, y5, ref e, ref f, ref g);
            Add(w[20], x4, x5, ref a, ref b);
            Add(w[20], y4, y5, ref e, ref f);
        }

        Store(strip, column, a, b, c, d);
        Store(strip, column + step, e, f, g, h);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void ThreeStrided<TPairs>(in DepthwiseStrip strip, int column, nint left)
        where TPairs : struct, ITapPairs<TPairs, TVector>
    {
        TVector a = TVector.Create(strip.Bias), b = a, c = a, d = a;
        var w = strip.Weights;
        for (var end = w + 2; w < end; w += 2, left += 2) AddThree<TPairs>(strip, left, w, true, ref a, ref b, ref c, ref d);
        AddThree<TPairs>(strip, left, w, false, ref a, ref b, ref c, ref d);
        Store(strip, column, a, b, c, d);
    }

    // Two columns of the kernel, or the last one.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddThree<TPairs>(
        in DepthwiseStrip strip, nint column, float* w, bool both, ref TVector a, ref TVector b, ref TVector c, ref TVector d)
        where TPairs : struct, ITapPairs<TPairs, TVector>
    {
        var rows = strip.Rows;
        var pairs = TPairs.At((int)column, strip.Width);
        var x0 = pairs.Load(rows[0] + column, out var y0);
        var x1 = pairs.Load(rows[1] + column, out var y1);
        var x2 = pairs.Load(rows[2] + column, out var y2);
        var x3 = pairs.Load(rows[3] + column, out var y3);
        var x4 = pairs.Load(rows[4] + column, out var y4);
        var x5 = pairs.Load(rows[5] + column, out var y5);
        var x6 = pairs.Load(rows[6] + column, out var y6);
        var x7 = pairs.Load(rows[7] + column, out var y7);
        var x8 = pairs.Load(rows[8] + column, out var y8);
        Add(w[0], x0, x2, x4, x6, ref a, ref b, ref c, ref d);
        if (both) Add(w[1], y0, y2, y4, y6, ref a, ref b, ref c, ref d);
        Add(w[3], x1, x3, x5, x7, ref a, ref b, ref c, ref d);
        if (both) Add(w[4], y1, y3, y5, y7, ref a, ref b, ref c, ref d);
        Add(w[6], x2, x4, x6, x8, ref a, ref b, ref c, ref d);
        if (both) Add(w[7], y2, y4, y6, y8, ref a, ref b, ref c, ref d);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void FiveStrided<TPairs>(in DepthwiseStrip strip, int column, nint left)
        where TPairs : struct, ITapPairs<TPairs, TVector>
    {
        TVector a = TVector.Create(strip.Bias), b = a, c = a, d = a;
        var w = strip.Weights;
        for (var end = w + 4; w < end; w += 2, left += 2) AddFive<TPairs>(strip, left, w, true, ref a, ref b, ref c, ref d);
        AddFive<TPairs>(strip, left, w, false, ref a, ref b, ref c, ref d);
        Store(strip, column, a, b, c, d);
    }

    // Two columns of the kernel, or the last one.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddFive<TPairs>(
        in DepthwiseStrip strip, nint column, float* w, bool both, ref TVector a, ref TVector b, ref TVector c, ref TVector d)
        where TPairs : struct, ITapPairs<TPairs, TVector>
    {
        var rows = strip.Rows;
        var pairs = TPairs.At((int)column, strip.Width);
        var x0 = pairs.Load(rows[0] + column, out var y0);
        var x1 = pairs.Load(rows[1] + column, out var y1);
        var x2 = pairs.Load(rows[2] + column, out var y2);
        var x3 = pairs.Load(rows[3] + column, out var y3);
        var x4 = pairs.Load(rows[4] + column, out var y4);
        var x5 = pairs.Load(rows[5] + column, out var y5);
        var x6 = pairs.Load(rows[6] + column, out var y6);
        var x7 = pairs.Load(rows[7] + column, out var y7);
        var x8 = pairs.Load(rows[8] + column, out var y8);
        var x9 = pairs.Load(rows[9] + column, out var y9);
        var x10 = pairs.Load(rows[10] + column, out var y10);
        Add(w[0], x0, x2, x4, x6, ref a, ref b, ref c, ref d);
        if (both) Add(w[1], y0, y2, y4, y6, ref a, ref b, ref c, ref d);
        Add(w[5], x1, x3, x5, x7, ref a, ref b, ref c, ref d);
        if (both) Add(w[6], y1, y3, y5, y7, ref a, ref b, ref c, ref d);
        Add(w[10], x2, x4, x6, x8, ref a, ref b, ref c, ref d);
        if (both) Add(w[11], y2, y4, y6, y8, ref a, ref b, ref c, ref d);
        Add(w[15], x3, x5, x7, x9, ref a, ref b, ref c, ref d);
        if (both) Add(w[16], y3, y5, y7, y9, ref a, ref b, ref c, ref d);
        Add(w[20], x4, x6, x8, x10, ref a, ref b, ref c, ref d);
        if (both) Add(w[21], y4, y6, y8, y10, ref a, ref b, ref c, ref d);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add(float weight, TVector x0, TVector x1, ref TVector a, ref TVector b)
    {
        var w = TVector.Create(weight);
        TVector.MultiplyAdd(w, x0, ref a);
        TVector.MultiplyAdd(w, x1, ref b);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add(float weight, TVector x0, TVector x1, TVector x2, ref TVector a, ref TVector b, ref TVector c)
    {
        Add(weight, x0, x1, ref a, ref b);
        TVector.MultiplyAdd(TVector.Create(weight), x2, ref c);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add(
        float weight, TVector x0, TVector x1, TVector x2, TVector x3, ref TVector a, ref TVector b, ref TVector c, ref TVector d)
    {
        var w = TVector.Create(weight);
        TVector.MultiplyAdd(w, x0, ref a);
        TVector.MultiplyAdd(w, x1, ref b);
        TVector.MultiplyAdd(w, x2, ref c);
        TVector.MultiplyAdd(w, x3, ref d);
    }

    // A tile asks for its share of what the next strip reads and writes: rows some lines apart look like no stream to the
    // processor, and all of them at once would fill its queue.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Prefetch(float* from, nint floats)
    {
        if (!Sse.IsSupported) return;
        for (nint i = 0; i < floats; i += Line) Sse.Prefetch0(from + i);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(in DepthwiseStrip strip, nint column, TVector a, TVector b, TVector c, TVector d)
    {
        var to = strip.Target + column;
        nint pitch = strip.Columns;
        TVector.Store(strip.Relu ? TVector.CutNegative(a) : a, to);
        TVector.Store(strip.Relu ? TVector.CutNegative(b) : b, to + pitch);
        TVector.Store(strip.Relu ? TVector.CutNegative(c) : c, to + 2 * pitch);
        TVector.Store(strip.Relu ? TVector.CutNegative(d) : d, to + 3 * pitch);
    }
}
