using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Engine.Classifiers.Svm;

/// <summary>
/// The largest gradient among variables that can grow, the index of that variable, and the smallest among those that can shrink.
/// </summary>
internal readonly record struct Violation(int Up, double Largest, double Smallest)
{
    /// <summary>The difference of the two, which a solution brings below the tolerance.</summary>
    public double Gap => Largest - Smallest;
}

/// <summary>
/// The two loops of a step of <see cref="SmoSolver"/> over its variables. Whether a variable may grow or shrink is encoded as an
/// addend: 0 if it may, otherwise -∞ in <c>up</c> or +∞ in <c>low</c>. This avoids branches, and also excludes the padding up to
/// a whole vector. Among equal candidates the last is chosen, as in LIBSVM.
/// </summary>
internal static class SmoLoops
{
    /// <summary>Variables per step; arrays are padded to a multiple of it.</summary>
    public const int Width = 8;

    private const double Tau = 1e-12;

    /// <summary>
    /// Subtracts <paramref name="step"/> · (first - second) from the gradient and finds the remaining violation.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static Violation Update(
        Span<double> gradient, ReadOnlySpan<double> up, ReadOnlySpan<double> low, ReadOnlySpan<float> first,
        ReadOnlySpan<float> second, double step, int count)
    {
        ref var g = ref MemoryMarshal.GetReference(gradient);
        ref var u = ref MemoryMarshal.GetReference(up);
        ref var l = ref MemoryMarshal.GetReference(low);
        ref var a = ref MemoryMarshal.GetReference(first);
        ref var b = ref MemoryMarshal.GetReference(second);
        var factor = Vector512.Create(-step);
        var (largest, smallest) = (Vector512.Create(double.NegativeInfinity), Vector512.Create(double.PositiveInfinity));
        var (index, place) = (Vector512<long>.Zero, Vector512<long>.Indices);
        for (nuint at = 0; at < (nuint)count; at += Width)
        {
            var value = Vector512.FusedMultiplyAdd(factor, Widen(ref a, at) - Widen(ref b, at), Vector512.LoadUnsafe(ref g, at));
            value.StoreUnsafe(ref g, at);
            var candidate = value + Vector512.LoadUnsafe(ref u, at);
            var better = Vector512.GreaterThanOrEqual(candidate, largest);
            largest = Vector512.ConditionalSelect(better, candidate, largest);
            index = Vector512.ConditionalSelect(better.AsInt64(), place, index);
            smallest = Vector512.Min(smallest, value + Vector512.LoadUnsafe(ref l, at));
            place += Vector512.Create((long)Width);
        }

        var (best, at0) = LastLargest(largest, index);
        var least = smallest[0];
        for (var lane = 1; lane < Width; lane++) least = Math.Min(least, smallest[lane]);
        return new Violation(at0, best, least);
    }

    /// <summary>
    /// The partner with the largest gain, to second order, for a variable of gradient <paramref name="largest"/> (Fan, Chen and
    /// Lin 2005, WSS 2): (largest - g)² / (K_ii + K_kk - 2·K_ik) among those with a smaller gradient that can shrink.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static int Partner(
        ReadOnlySpan<double> gradient, ReadOnlySpan<double> low, ReadOnlySpan<float> row, ReadOnlySpan<float> diagonal,
        double largest, double own, int count)
    {
        ref var g = ref MemoryMarshal.GetReference(gradient);
        ref var l = ref MemoryMarshal.GetReference(low);
        ref var k = ref MemoryMarshal.GetReference(row);
        ref var d = ref MemoryMarshal.GetReference(diagonal);
        var (top, self, tau) = (Vector512.Create(largest), Vector512.Create(own), Vector512.Create(Tau));
        var most = Vector512<double>.Zero;
        var (index, place) = (Vector512<long>.Zero, Vector512<long>.Indices);
        for (nuint at = 0; at < (nuint)count; at += Width)
        {
            var slope = top - (Vector512.LoadUnsafe(ref g, at) + Vector512.LoadUnsafe(ref l, at));
            var value = Widen(ref k, at);
            var curvature = Vector512.Max(self + Widen(ref d, at) - value - value, tau);
            var gain = Vector512.ConditionalSelect(Vector512.GreaterThan(slope, default), slope * slope / curvature,
                -Vector512<double>.One);
            var better = Vector512.GreaterThanOrEqual(gain, most);
            most = Vector512.ConditionalSelect(better, gain, most);
            index = Vector512.ConditionalSelect(better.AsInt64(), place, index);
            place += Vector512.Create((long)Width);
        }

        return LastLargest(most, index).Index;
    }

    /// <summary>
    /// K_ii + K_jj - 2·K_ij as used by the loops: clamped to a small positive number, since rounding may take it lower.
    /// </summary>
    public static double Curvature(double first, double second, double both) => Math.Max(first + second - both - both, Tau);

    private static (double Value, int Index) LastLargest(Vector512<double> values, Vector512<long> indices)
    {
        var (best, at) = (values[0], indices[0]);
        for (var lane = 1; lane < Width; lane++)
        {
            if (values[lane] > best || (values[lane] == best && indices[lane] > at)) (best, at) = (values[lane], indices[lane]);
        }

        return (best, (int)at);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<double> Widen(ref float values, nuint at)
    {
        var narrow = Vector256.LoadUnsafe(ref values, at);
        if (Avx512F.IsSupported) return Avx512F.ConvertToVector512Double(narrow);
        var (lower, upper) = Vector256.Widen(narrow);
        return Vector512.Create(lower, upper);
    }
}
