using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Engine.Tensors.Cpu.Kernels;

/// <summary>A vector of floats, so that one kernel serves every width.</summary>
internal unsafe interface IFloatVector<TSelf>
    where TSelf : struct, IFloatVector<TSelf>
{
    /// <summary>Floats of the vector.</summary>
    static abstract int Count { get; }

    /// <summary>The floats at an address.</summary>
    static abstract TSelf Load(float* from);

    /// <summary>The floats at an address where the mask has ones, else zero; others are not touched.</summary>
    static abstract TSelf Load(float* from, TSelf mask);

    /// <summary>Ones in each lane whose number plus <paramref name="first"/> is 0 to <paramref name="count"/> - 1.</summary>
    static abstract TSelf Mask(int first, int count);

    /// <summary>Every second float of two vectors, from the first on, and the others.</summary>
    static abstract TSelf Split(TSelf a, TSelf b, out TSelf odd);

    /// <summary>One value everywhere.</summary>
    static abstract TSelf Create(float value);

    /// <summary>Zero in the first lanes, the vector in the others.</summary>
    static abstract TSelf ClearFirst(TSelf vector, int lanes);

    /// <summary>sum += a · b, rounded once.</summary>
    static abstract void MultiplyAdd(TSelf a, TSelf b, ref TSelf sum);

    /// <summary>a + b.</summary>
    static abstract TSelf Add(TSelf a, TSelf b);

    /// <summary>Zero for negative values; NaN stays.</summary>
    static abstract TSelf CutNegative(TSelf vector);

    /// <summary>The sum of the lanes.</summary>
    static abstract float Sum(TSelf vector);

    /// <summary>The sums of four vectors' lanes.</summary>
    static abstract Vector128<float> Sums(TSelf a, TSelf b, TSelf c, TSelf d);

    /// <summary>Stores the floats.</summary>
    static abstract void Store(TSelf vector, float* to);
}

/// <summary>512 bits.</summary>
internal readonly unsafe struct Float512(Vector512<float> value) : IFloatVector<Float512>
{
    private readonly Vector512<float> _value = value;

    public static int Count => Vector512<float>.Count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float512 Load(float* from) => new(Vector512.Load(from));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float512 Load(float* from, Float512 mask) => new(Avx512F.MaskLoad(from, mask._value, default));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float512 Mask(int first, int count) => new(Vector512.LessThan(
        (Vector512<int>.Indices + Vector512.Create(first)).AsUInt32(), Vector512.Create((uint)count)).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float512 Split(Float512 a, Float512 b, out Float512 odd)
    {
        var even = Vector512<int>.Indices + Vector512<int>.Indices;
        odd = new(Avx512F.PermuteVar16x32x2(a._value, even + Vector512<int>.One, b._value));
        return new(Avx512F.PermuteVar16x32x2(a._value, even, b._value));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float512 Create(float value) => new(Vector512.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float512 ClearFirst(Float512 vector, int lanes) => new(Vector512.ConditionalSelect(
        Vector512.LessThan(Vector512<int>.Indices, Vector512.Create(lanes)).AsSingle(), default, vector._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void MultiplyAdd(Float512 a, Float512 b, ref Float512 sum) =>
        sum = new(Vector512.FusedMultiplyAdd(a._value, b._value, sum._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float512 Add(Float512 a, Float512 b) => new(a._value + b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float512 CutNegative(Float512 vector) =>
        new(Vector512.ConditionalSelect(Vector512.LessThan(vector._value, default), default, vector._value));

    public static float Sum(Float512 vector) => Vector512.Sum(vector._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Sums(Float512 a, Float512 b, Float512 c, Float512 d) =>
        Float256.Sums(Half(a), Half(b), Half(c), Half(d));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Float512 vector, float* to) => vector._value.Store(to);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Float256 Half(Float512 vector) => new(vector._value.GetLower() + vector._value.GetUpper());
}

/// <summary>256 bits; a pair of 128-bit vectors on processors without wider ones.</summary>
internal readonly unsafe struct Float256(Vector256<float> value) : IFloatVector<Float256>
{
    private readonly Vector256<float> _value = value;

    public static int Count => Vector256<float>.Count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float256 Load(float* from) => new(Vector256.Load(from));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float256 Load(float* from, Float256 mask)
    {
        if (Avx.IsSupported) return new(Avx.MaskLoad(from, mask._value));
        var value = Vector256<float>.Zero;
        for (var lane = 0; lane < Count; lane++)
        {
            if (float.IsNaN(mask._value[lane])) value = value.WithElement(lane, from[lane]);
        }

        return new(value);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float256 Mask(int first, int count) => new(Vector256.LessThan(
        (Vector256<int>.Indices + Vector256.Create(first)).AsUInt32(), Vector256.Create((uint)count)).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float256 Split(Float256 a, Float256 b, out Float256 odd)
    {
        if (!Avx2.IsSupported)
        {
            var (x, y) = (a._value, b._value);
            odd = new(Vector256.Create(x[1], x[3], x[5], x[7], y[1], y[3], y[5], y[7]));
            return new(Vector256.Create(x[0], x[2], x[4], x[6], y[0], y[2], y[4], y[6]));
        }

        odd = new(Halves(Avx.Shuffle(a._value, b._value, 0b11_01_11_01)));
        return new(Halves(Avx.Shuffle(a._value, b._value, 0b10_00_10_00)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float256 Create(float value) => new(Vector256.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float256 ClearFirst(Float256 vector, int lanes) => new(Vector256.ConditionalSelect(
        Vector256.LessThan(Vector256<int>.Indices, Vector256.Create(lanes)).AsSingle(), default, vector._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void MultiplyAdd(Float256 a, Float256 b, ref Float256 sum) =>
        sum = new(Vector256.FusedMultiplyAdd(a._value, b._value, sum._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float256 Add(Float256 a, Float256 b) => new(a._value + b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float256 CutNegative(Float256 vector) =>
        new(Vector256.ConditionalSelect(Vector256.LessThan(vector._value, default), default, vector._value));

    public static float Sum(Float256 vector) => Vector256.Sum(vector._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Sums(Float256 a, Float256 b, Float256 c, Float256 d)
    {
        if (!Sse.IsSupported) return Vector128.Create(Sum(a), Sum(b), Sum(c), Sum(d));
        var (ab, cd) = (Pairs(Half(a), Half(b)), Pairs(Half(c), Half(d)));
        return Sse.MoveLowToHigh(ab, cd) + Sse.MoveHighToLow(cd, ab);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Float256 vector, float* to) => vector._value.Store(to);

    // The quarters 0, 2, 1, 3.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Halves(Vector256<float> vector) =>
        Avx2.Permute4x64(vector.AsDouble(), 0b11_01_10_00).AsSingle();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Half(Float256 vector) => vector._value.GetLower() + vector._value.GetUpper();

    // a0 + a2, b0 + b2, a1 + a3, b1 + b3.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Pairs(Vector128<float> a, Vector128<float> b) => Sse.UnpackLow(a, b) + Sse.UnpackHigh(a, b);
}
