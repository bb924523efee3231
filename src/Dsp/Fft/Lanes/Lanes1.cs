using System.Numerics;
using System.Runtime.CompilerServices;

namespace Engine.Dsp.Fft;

/// <summary>One lane: the scalar form of the passes, for short transforms and processors without vectors.</summary>
internal unsafe struct Lanes1<T> : ILanes<Lanes1<T>, T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private T _value;

    public static nuint Count
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => 1;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes1<T> Load(T* source) => new() { _value = *source };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void Store(T* destination) => *destination = _value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes1<T> Broadcast(T value) => new() { _value = value };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes1<T> operator +(Lanes1<T> a, Lanes1<T> b) => new() { _value = a._value + b._value };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes1<T> operator -(Lanes1<T> a, Lanes1<T> b) => new() { _value = a._value - b._value };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes1<T> operator *(Lanes1<T> a, Lanes1<T> b) => new() { _value = a._value * b._value };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes1<T> operator -(Lanes1<T> a) => new() { _value = -a._value };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes1<T> MultiplyAdd(Lanes1<T> a, Lanes1<T> b, Lanes1<T> c) =>
        new() { _value = T.MultiplyAddEstimate(a._value, b._value, c._value) };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes1<T> MultiplySubtract(Lanes1<T> a, Lanes1<T> b, Lanes1<T> c) => MultiplyAdd(a, b, -c);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes1<T> SubtractProduct(Lanes1<T> a, Lanes1<T> b, Lanes1<T> c) => MultiplyAdd(-b, c, a);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes1<T> Reverse(Lanes1<T> a) => a;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Zip(Lanes1<T> a, Lanes1<T> b, out Lanes1<T> low, out Lanes1<T> high) => (low, high) = (a, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Unzip(Lanes1<T> low, Lanes1<T> high, out Lanes1<T> even, out Lanes1<T> odd) => (even, odd) = (low, high);
}
