using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Engine.Dsp.Fft;

/// <summary>512 bits: 16 floats or 8 doubles, with AVX-512.</summary>
internal readonly unsafe struct Lanes512<T>(Vector512<T> value) : ILanes<Lanes512<T>, T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly Vector512<T> _value = value;

    public static nuint Count
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => (nuint)Vector512<T>.Count;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> Load(T* source) => new(Vector512.Load(source));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(T* destination) => _value.Store(destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> Broadcast(T value) => new(Vector512.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> operator +(Lanes512<T> a, Lanes512<T> b) => new(a._value + b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> operator -(Lanes512<T> a, Lanes512<T> b) => new(a._value - b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> operator *(Lanes512<T> a, Lanes512<T> b) => new(a._value * b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> operator -(Lanes512<T> a) => new(-a._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> MultiplyAdd(Lanes512<T> a, Lanes512<T> b, Lanes512<T> c) =>
        typeof(T) == typeof(float)
            ? new(Vector512.MultiplyAddEstimate(a._value.AsSingle(), b._value.AsSingle(), c._value.AsSingle()).As<float, T>())
            : new(Vector512.MultiplyAddEstimate(a._value.AsDouble(), b._value.AsDouble(), c._value.AsDouble()).As<double, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> Reverse(Lanes512<T> a) =>
        typeof(T) == typeof(float)
            ? new(Vector512.Shuffle(a._value.AsSingle(), Vector512.Create(15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0)).As<float, T>())
            : new(Vector512.Shuffle(a._value.AsDouble(), Vector512.Create(7L, 6, 5, 4, 3, 2, 1, 0)).As<double, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Zip(Lanes512<T> a, Lanes512<T> b, out Lanes512<T> low, out Lanes512<T> high)
    {
        if (typeof(T) == typeof(float))
        {
            low = Pick(a, Vector512.Create(0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23), b);
            high = Pick(a, Vector512.Create(8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31), b);
        }
        else
        {
            low = Pick(a, Vector512.Create(0L, 8, 1, 9, 2, 10, 3, 11), b);
            high = Pick(a, Vector512.Create(4L, 12, 5, 13, 6, 14, 7, 15), b);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Unzip(Lanes512<T> low, Lanes512<T> high, out Lanes512<T> even, out Lanes512<T> odd)
    {
        if (typeof(T) == typeof(float))
        {
            even = Pick(low, Vector512.Create(0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30), high);
            odd = Pick(low, Vector512.Create(1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31), high);
        }
        else
        {
            even = Pick(low, Vector512.Create(0L, 2, 4, 6, 8, 10, 12, 14), high);
            odd = Pick(low, Vector512.Create(1L, 3, 5, 7, 9, 11, 13, 15), high);
        }
    }

    // Lanes 0 … 15 of the indices mean a, 16 … 31 mean b.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Lanes512<T> Pick(Lanes512<T> a, Vector512<int> indices, Lanes512<T> b) =>
        new(Avx512F.PermuteVar16x32x2(a._value.AsSingle(), indices, b._value.AsSingle()).As<float, T>());

    // Lanes 0 … 7 of the indices mean a, 8 … 15 mean b.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Lanes512<T> Pick(Lanes512<T> a, Vector512<long> indices, Lanes512<T> b) =>
        new(Avx512F.PermuteVar8x64x2(a._value.AsDouble(), indices, b._value.AsDouble()).As<double, T>());
}
