using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Engine.Dsp.Fft;

/// <summary>512 bits: 16 floats or 8 doubles, with AVX-512.</summary>
internal unsafe struct Lanes512<T> : ILanes<Lanes512<T>, T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private Vector512<T> _value;

    public static nuint Count
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => (nuint)Vector512<T>.Count;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> Load(T* source) => new() { _value = Vector512.Load(source) };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void Store(T* destination) => _value.Store(destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> Broadcast(T value) => new() { _value = Vector512.Create(value) };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> operator +(Lanes512<T> a, Lanes512<T> b) => new() { _value = a._value + b._value };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> operator -(Lanes512<T> a, Lanes512<T> b) => new() { _value = a._value - b._value };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> operator *(Lanes512<T> a, Lanes512<T> b) => new() { _value = a._value * b._value };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> operator -(Lanes512<T> a) => new() { _value = -a._value };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> MultiplyAdd(Lanes512<T> a, Lanes512<T> b, Lanes512<T> c) =>
        typeof(T) == typeof(float)
            ? new()
            {
                _value = Vector512.MultiplyAddEstimate(a._value.AsSingle(), b._value.AsSingle(), c._value.AsSingle())
                .As<float, T>()
            }
            : new()
            {
                _value = Vector512.MultiplyAddEstimate(a._value.AsDouble(), b._value.AsDouble(), c._value.AsDouble())
                .As<double, T>()
            };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> MultiplySubtract(Lanes512<T> a, Lanes512<T> b, Lanes512<T> c) =>
        typeof(T) == typeof(float)
            ? new()
            {
                _value = Avx512F.FusedMultiplySubtract(a._value.AsSingle(), b._value.AsSingle(), c._value.AsSingle())
                .As<float, T>()
            }
            : new()
            {
                _value = Avx512F.FusedMultiplySubtract(a._value.AsDouble(), b._value.AsDouble(), c._value.AsDouble())
                .As<double, T>()
            };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> SubtractProduct(Lanes512<T> a, Lanes512<T> b, Lanes512<T> c) =>
        typeof(T) == typeof(float)
            ? new()
            {
                _value = Avx512F.FusedMultiplyAddNegated(b._value.AsSingle(), c._value.AsSingle(), a._value.AsSingle())
                .As<float, T>()
            }
            : new()
            {
                _value = Avx512F.FusedMultiplyAddNegated(b._value.AsDouble(), c._value.AsDouble(), a._value.AsDouble())
                .As<double, T>()
            };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> Reverse(Lanes512<T> a) =>
        typeof(T) == typeof(float)
            ? new()
            {
                _value = Vector512.Shuffle(a._value.AsSingle(),
                Vector512.Create(15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0)).As<float, T>()
            }
            : new()
            {
                _value = Vector512.Shuffle(a._value.AsDouble(), Vector512.Create(7L, 6, 5, 4, 3, 2, 1, 0))
                .As<double, T>()
            };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Zip(Lanes512<T> a, Lanes512<T> b, out Lanes512<T> low, out Lanes512<T> high)
    {
        // The lower half of the index values selects lanes of a, the upper half lanes of b.
        if (typeof(T) == typeof(float))
        {
            var first = Vector512.Create(0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
            var second = Vector512.Create(8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
            low = new() { _value = Avx512F.PermuteVar16x32x2(a._value.AsSingle(), first, b._value.AsSingle()).As<float, T>() };
            high = new() { _value = Avx512F.PermuteVar16x32x2(a._value.AsSingle(), second, b._value.AsSingle()).As<float, T>() };
        }
        else
        {
            var first = Vector512.Create(0L, 8, 1, 9, 2, 10, 3, 11);
            var second = Vector512.Create(4L, 12, 5, 13, 6, 14, 7, 15);
            low = new() { _value = Avx512F.PermuteVar8x64x2(a._value.AsDouble(), first, b._value.AsDouble()).As<double, T>() };
            high = new() { _value = Avx512F.PermuteVar8x64x2(a._value.AsDouble(), second, b._value.AsDouble()).As<double, T>() };
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Unzip(Lanes512<T> low, Lanes512<T> high, out Lanes512<T> even, out Lanes512<T> odd)
    {
        if (typeof(T) == typeof(float))
        {
            var first = Vector512.Create(0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30);
            var second = Vector512.Create(1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31);
            even = new()
            {
                _value = Avx512F.PermuteVar16x32x2(low._value.AsSingle(), first, high._value.AsSingle())
                .As<float, T>()
            };
            odd = new()
            {
                _value = Avx512F.PermuteVar16x32x2(low._value.AsSingle(), second, high._value.AsSingle())
                .As<float, T>()
            };
        }
        else
        {
            var first = Vector512.Create(0L, 2, 4, 6, 8, 10, 12, 14);
            var second = Vector512.Create(1L, 3, 5, 7, 9, 11, 13, 15);
            even = new()
            {
                _value = Avx512F.PermuteVar8x64x2(low._value.AsDouble(), first, high._value.AsDouble())
                .As<double, T>()
            };
            odd = new()
            {
                _value = Avx512F.PermuteVar8x64x2(low._value.AsDouble(), second, high._value.AsDouble())
                .As<double, T>()
            };
        }
    }
}
