using System.Numerics;
using System.Runtime.CompilerServices;

namespace Engine.Dsp;

/// <summary>
/// Running medians of a column of vectors, all lanes at once, by sorting networks that neighbouring windows share.
/// </summary>
/// <remarks>
/// W = 2^m consecutive outputs have k - W + 1 samples in common. These are sorted once, after which exactly W of them can
/// still be the median of one of the W windows. Halving the group adds the W/2 samples that only the half's
/// windows share, and leaves W/2 candidates, until one output and one candidate remain: the hierarchical
/// tiling of A. Adams, "Fast median filters using separable sorting networks" (2021), in one dimension. A size other
/// than 2W - 1 is padded with equally many samples of -∞ and +∞, which does not change the medians. The cost is
/// O(log² k) minima and maxima per output; about 36 for k = 31. Compiled with full optimisation at the first call: a command
/// that reads a few clips ends before tiered compilation would notice.
/// </remarks>
internal static unsafe class MedianFilterNetwork<TVector, TLanes>
    where TVector : unmanaged
    where TLanes : struct, IMedianLanes<TVector>
{
    /// <summary>The number of outputs computed together for windows of <paramref name="size"/> samples: W.</summary>
    public static int Group(int size) => (int)BitOperations.RoundUpToPowerOf2((uint)(size + 1) / 2);

    /// <summary>The vectors of scratch memory that <see cref="Filter"/> needs.</summary>
    public static int Scratch(int size) => 4 * Group(size);

    /// <summary>
    /// The medians <c>y[o] = median(x[o .. o + size - 1])</c>. <paramref name="outputs"/> is rounded up to a multiple
    /// of W, so y holds that many vectors and x size - 1 more.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Filter(int size, TVector* x, TVector* y, int outputs, TVector* scratch)
    {
        var group = Group(size);
        var shared = size - group + 1;
        var below = (group - shared) / 2;
        for (var o = 0; o < outputs; o += group)
        {
            for (var i = 0; i < below; i++) scratch[i] = TLanes.Broadcast(int.MinValue);
            for (var i = 0; i < shared; i++) scratch[below + i] = x[o + group - 1 + i];
            for (var i = below + shared; i < group; i++) scratch[i] = TLanes.Broadcast(int.MaxValue);
            Sort(scratch, group);
            Descend(scratch, group, x + o, x + o + size, y + o, scratch + group);
        }
    }

    // candidates: the n sorted values that can be medians of the n windows whose first sample is left[0 .. n - 1] and
    // whose last is right[-1 .. n - 2]. The last three levels stay in registers.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Descend(TVector* candidates, int n, TVector* left, TVector* right, TVector* y, TVector* scratch)
    {
        if (n <= 8)
        {
            if (n == 8) Descend8(candidates, left, right, y);
            else if (n == 4) Descend4(candidates[0], candidates[1], candidates[2], candidates[3], left, right, y);
            else if (n == 2) Descend2(candidates[0], candidates[1], left[0], right[0], y);
            else y[0] = candidates[0];
            return;
        }

        var half = n / 2;
        Middle(candidates, left + half - 1, scratch, half);
        Descend(scratch, half, left, right, y, scratch + half);
        Middle(candidates, right, scratch, half);
        Descend(scratch, half, left + half, right + half, y + half, scratch + half);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Descend8(TVector* candidates, TVector* left, TVector* right, TVector* y)
    {
        DescendTo4(candidates, left + 3, left, right, y);
        DescendTo4(candidates, right, left + 4, right + 4, y + 4);
    }

    // Like Middle with n = 4, then the remaining levels.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void DescendTo4(TVector* v, TVector* added, TVector* left, TVector* right, TVector* y)
    {
        var (a, b, c, d) = (added[0], added[1], added[2], added[3]);
        Sort4(ref a, ref b, ref c, ref d);
        (a, b, c, d) = (TLanes.Max(v[0], d), TLanes.Max(v[1], c), TLanes.Max(v[2], b), TLanes.Max(v[3], a));
        Clean4(ref a, ref b, ref c, ref d);
        (a, b, c, d) = (TLanes.Min(v[4], d), TLanes.Min(v[5], c), TLanes.Min(v[6], b), TLanes.Min(v[7], a));
        Clean4(ref a, ref b, ref c, ref d);
        Descend4(a, b, c, d, left, right, y);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Descend4(TVector a, TVector b, TVector c, TVector d, TVector* left, TVector* right, TVector* y)
    {
        var (low, high) = Middle2(a, b, c, d, left[1], left[2]);
        Descend2(low, high, left[0], right[0], y);
        (low, high) = Middle2(a, b, c, d, right[0], right[1]);
        Descend2(low, high, left[2], right[2], y + 2);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Descend2(TVector low, TVector high, TVector left, TVector right, TVector* y)
    {
        y[0] = TLanes.Max(low, TLanes.Min(high, left));
        y[1] = TLanes.Max(low, TLanes.Min(high, right));
    }

    // The third and fourth smallest of six values, four of which are sorted.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (TVector Low, TVector High) Middle2(TVector a0, TVector a1, TVector a2, TVector a3, TVector b0, TVector b1)
    {
        Order(ref b0, ref b1);
        var low = TLanes.Max(a0, b1);
        var high = TLanes.Max(a1, b0);
        Order(ref low, ref high);
        low = TLanes.Min(a3, low);
        high = TLanes.Min(a2, high);
        Order(ref low, ref high);
        return (low, high);
    }

    // The n middle values, sorted, of 2n sorted ones in a and n unsorted ones in b.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Middle(TVector* a, TVector* b, TVector* middle, int n)
    {
        var sorted = middle + n;
        for (var i = 0; i < n; i++) sorted[i] = b[i];
        Sort(sorted, n);
        // Drop the n lowest of all: what is left of a's lower half and b is bitonic.
        for (var i = 0; i < n; i++) sorted[n - 1 - i] = TLanes.Max(a[i], sorted[n - 1 - i]);
        Clean(sorted, n);
        // Drop the n highest.
        for (var i = 0; i < n; i++) middle[i] = TLanes.Min(a[n + i], sorted[n - 1 - i]);
        Clean(middle, n);
    }

    // Sorts any n = 2^m values: Batcher's bitonic mergesort.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Sort(TVector* v, int n)
    {
        if (n <= 8)
        {
            if (n == 8) Sort8(v);
            else if (n == 4) Sort4(v);
            else if (n == 2) Sort2(v);
            return;
        }

        var half = n / 2;
        Sort(v, half);
        Sort(v + half, half);
        for (var i = 0; i < half; i++) Order(ref v[i], ref v[n - 1 - i]);
        Clean(v, half);
        Clean(v + half, half);
    }

    // Sorts n = 2^m values that form a bitonic sequence (rising then falling, or a rotation of that).
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Clean(TVector* v, int n)
    {
        if (n <= 8)
        {
            if (n == 8) Clean8(v);
            else if (n == 4) Clean4(v);
            else if (n == 2) Sort2(v);
            return;
        }

        var half = n / 2;
        for (var i = 0; i < half; i++) Order(ref v[i], ref v[half + i]);
        Clean(v, half);
        Clean(v + half, half);
    }

    private static void Sort2(TVector* v) => Order(ref v[0], ref v[1]);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Sort4(TVector* v)
    {
        var (a, b, c, d) = (v[0], v[1], v[2], v[3]);
        Sort4(ref a, ref b, ref c, ref d);
        (v[0], v[1], v[2], v[3]) = (a, b, c, d);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Sort4(ref TVector a, ref TVector b, ref TVector c, ref TVector d)
    {
        Order(ref a, ref b);
        Order(ref c, ref d);
        Order(ref a, ref c);
        Order(ref b, ref d);
        Order(ref b, ref c);
    }

    // The 19 comparators of the smallest network for eight (Knuth, The Art of Computer Programming, volume 3, 5.3.4).
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Sort8(TVector* v)
    {
        var (a, b, c, d) = (v[0], v[1], v[2], v[3]);
        var (e, f, g, h) = (v[4], v[5], v[6], v[7]);
        Order(ref a, ref c);
        Order(ref b, ref d);
        Order(ref e, ref g);
        Order(ref f, ref h);
        Order(ref a, ref e);
        Order(ref b, ref f);
        Order(ref c, ref g);
        Order(ref d, ref h);
        Order(ref a, ref b);
        Order(ref c, ref d);
        Order(ref e, ref f);
        Order(ref g, ref h);
        Order(ref c, ref e);
        Order(ref d, ref f);
        Order(ref b, ref e);
        Order(ref d, ref g);
        Order(ref b, ref c);
        Order(ref d, ref e);
        Order(ref f, ref g);
        (v[0], v[1], v[2], v[3]) = (a, b, c, d);
        (v[4], v[5], v[6], v[7]) = (e, f, g, h);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Clean4(TVector* v)
    {
        var (a, b, c, d) = (v[0], v[1], v[2], v[3]);
        Clean4(ref a, ref b, ref c, ref d);
        (v[0], v[1], v[2], v[3]) = (a, b, c, d);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Clean4(ref TVector a, ref TVector b, ref TVector c, ref TVector d)
    {
        Order(ref a, ref c);
        Order(ref b, ref d);
        Order(ref a, ref b);
        Order(ref c, ref d);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Clean8(TVector* v)
    {
        var (a, b, c, d) = (v[0], v[1], v[2], v[3]);
        var (e, f, g, h) = (v[4], v[5], v[6], v[7]);
        Order(ref a, ref e);
        Order(ref b, ref f);
        Order(ref c, ref g);
        Order(ref d, ref h);
        Clean4(ref a, ref b, ref c, ref d);
        Clean4(ref e, ref f, ref g, ref h);
        (v[0], v[1], v[2], v[3]) = (a, b, c, d);
        (v[4], v[5], v[6], v[7]) = (e, f, g, h);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Order(ref TVector low, ref TVector high)
    {
        var smaller = TLanes.Min(low, high);
        high = TLanes.Max(low, high);
        low = smaller;
    }
}
