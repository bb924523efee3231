using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Engine.Dsp;

/// <summary>A vector of 32-bit keys with the two operations of a sorting network.</summary>
/// <typeparam name="TVector">The vector: one of the hardware's widths, or a plain int.</typeparam>
internal interface IMedianLanes<TVector>
    where TVector : unmanaged
{
    /// <summary>The number of values in one vector.</summary>
    static abstract int Count { get; }

    /// <summary>A vector with <paramref name="value"/> in every lane.</summary>
    static abstract TVector Broadcast(int value);

    /// <summary>The smaller value of each lane.</summary>
    static abstract TVector Min(TVector a, TVector b);

    /// <summary>The larger value of each lane.</summary>
    static abstract TVector Max(TVector a, TVector b);

    /// <summary>
    /// Maps the bits of a float to an integer with the same order (IEEE 754 totalOrder), and back:
    /// integer minima are cheaper than float ones and have no special case for NaN.
    /// </summary>
    static abstract TVector Key(TVector bits);
}

internal readonly struct MedianLanes512 : IMedianLanes<Vector512<int>>
{
    public static int Count => Vector512<int>.Count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Broadcast(int value) => Vector512.Create(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Min(Vector512<int> a, Vector512<int> b) => Vector512.Min(a, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Max(Vector512<int> a, Vector512<int> b) => Vector512.Max(a, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Key(Vector512<int> bits) => bits ^ ((bits >> 31) & Vector512.Create(int.MaxValue));
}

internal readonly struct MedianLanes256 : IMedianLanes<Vector256<int>>
{
    public static int Count => Vector256<int>.Count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Broadcast(int value) => Vector256.Create(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Min(Vector256<int> a, Vector256<int> b) => Vector256.Min(a, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Max(Vector256<int> a, Vector256<int> b) => Vector256.Max(a, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Key(Vector256<int> bits) => bits ^ ((bits >> 31) & Vector256.Create(int.MaxValue));
}

internal readonly struct MedianLanes128 : IMedianLanes<Vector128<int>>
{
    public static int Count => Vector128<int>.Count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Broadcast(int value) => Vector128.Create(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Min(Vector128<int> a, Vector128<int> b) => Vector128.Min(a, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Max(Vector128<int> a, Vector128<int> b) => Vector128.Max(a, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Key(Vector128<int> bits) => bits ^ ((bits >> 31) & Vector128.Create(int.MaxValue));
}

internal readonly struct MedianLanes1 : IMedianLanes<int>
{
    public static int Count => 1;

    public static int Broadcast(int value) => value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Min(int a, int b) => Math.Min(a, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Max(int a, int b) => Math.Max(a, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Key(int bits) => bits ^ ((bits >> 31) & int.MaxValue);
}
