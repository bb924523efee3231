using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Engine.Dsp.Fft;

/// <summary>256 bits: 8 floats or 4 doubles, with AVX.</summary>
internal unsafe struct Lanes256<T> : ILanes<Lanes256<T>, T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private Vector256<T> _value;

    public static nuint Count
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => (nuint)Vector256<T>.Count;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<T> Load(T* source) => new() { _value = Vector256.Load(source) };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void Store(T* destination) => _value.Store(destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<T> Broadcast(T value) => new() { _value = Vector256.Create(value) };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<T> operator +(Lanes256<T> a, Lanes256<T> b) => new() { _value = a._value + b._value };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<T> operator -(Lanes256<T> a, Lanes256<T> b) => new() { _value = a._value - b._value };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<T> operator *(Lanes256<T> a, Lanes256<T> b) => new() { _value = a._value * b._value };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<T> operator -(Lanes256<T> a) => new() { _value = -a._value };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<T> MultiplyAdd(Lanes256<T> a, Lanes256<T> b, Lanes256<T> c) =>
        typeof(T) == typeof(float)
            ? new()
            {
                _value = Vector256.MultiplyAddEstimate(a._value.AsSingle(), b._value.AsSingle(), c._value.AsSingle())
                .As<float, T>()
            }
            : new()
            {
                _value = Vector256.MultiplyAddEstimate(a._value.AsDouble(), b._value.AsDouble(), c._value.AsDouble())
                .As<double, T>()
            };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<T> MultiplySubtract(Lanes256<T> a, Lanes256<T> b, Lanes256<T> c)
    {
        if (!Fma.IsSupported) return MultiplyAdd(a, b, -c);
        return typeof(T) == typeof(float)
            ? new()
            {
                _value = Fma.MultiplySubtract(a._value.AsSingle(), b._value.AsSingle(), c._value.AsSingle())
                .As<float, T>()
            }
            : new()
            {
                _value = Fma.MultiplySubtract(a._value.AsDouble(), b._value.AsDouble(), c._value.AsDouble())
                .As<double, T>()
            };
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<T> SubtractProduct(Lanes256<T> a, Lanes256<T> b, Lanes256<T> c)
    {
        if (!Fma.IsSupported) return MultiplyAdd(-b, c, a);
        return typeof(T) == typeof(float)
            ? new()
            {
                _value = Fma.MultiplyAddNegated(b._value.AsSingle(), c._value.AsSingle(), a._value.AsSingle())
                .As<float, T>()
            }
            : new()
            {
                _value = Fma.MultiplyAddNegated(b._value.AsDouble(), c._value.AsDouble(), a._value.AsDouble())
                .As<double, T>()
            };
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<T> Reverse(Lanes256<T> a) =>
        typeof(T) == typeof(float)
            ? new() { _value = Vector256.Shuffle(a._value.AsSingle(), Vector256.Create(7, 6, 5, 4, 3, 2, 1, 0)).As<float, T>() }
            : new() { _value = Vector256.Shuffle(a._value.AsDouble(), Vector256.Create(3L, 2, 1, 0)).As<double, T>() };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Zip(Lanes256<T> a, Lanes256<T> b, out Lanes256<T> low, out Lanes256<T> high)
    {
        if (typeof(T) == typeof(float))
        {
            var left = Avx.UnpackLow(a._value.AsSingle(), b._value.AsSingle());
            var right = Avx.UnpackHigh(a._value.AsSingle(), b._value.AsSingle());
            low = new() { _value = Avx.Permute2x128(left, right, 0x20).As<float, T>() };
            high = new() { _value = Avx.Permute2x128(left, right, 0x31).As<float, T>() };
        }
        else
        {
            var left = Avx.UnpackLow(a._value.AsDouble(), b._value.AsDouble());
            var right = Avx.UnpackHigh(a._value.AsDouble(), b._value.AsDouble());
            low = new() { _value = Avx.Permute2x128(left, right, 0x20).As<double, T>() };
            high = new() { _value = Avx.Permute2x128(left, right, 0x31).As<double, T>() };
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Unzip(Lanes256<T> low, Lanes256<T> high, out Lanes256<T> even, out Lanes256<T> odd)
    {
        if (typeof(T) == typeof(float))
        {
            var left = Avx.Permute2x128(low._value.AsSingle(), high._value.AsSingle(), 0x20);
            var right = Avx.Permute2x128(low._value.AsSingle(), high._value.AsSingle(), 0x31);
            even = new() { _value = Avx.Shuffle(left, right, 0b10_00_10_00).As<float, T>() };
            odd = new() { _value = Avx.Shuffle(left, right, 0b11_01_11_01).As<float, T>() };
        }
        else
        {
            var left = Avx.Permute2x128(low._value.AsDouble(), high._value.AsDouble(), 0x20);
            var right = Avx.Permute2x128(low._value.AsDouble(), high._value.AsDouble(), 0x31);
            even = new() { _value = Avx.UnpackLow(left, right).As<double, T>() };
            odd = new() { _value = Avx.UnpackHigh(left, right).As<double, T>() };
        }
    }
}
