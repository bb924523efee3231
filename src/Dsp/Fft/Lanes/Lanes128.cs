using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Engine.Dsp.Fft;

/// <summary>128 bits: 4 floats or 2 doubles, with SSE or Arm's AdvSimd.</summary>
internal unsafe struct Lanes128<T> : ILanes<Lanes128<T>, T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private Vector128<T> _value;

    public static nuint Count
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => (nuint)Vector128<T>.Count;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128<T> Load(T* source) => new() { _value = Vector128.Load(source) };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void Store(T* destination) => _value.Store(destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128<T> Broadcast(T value) => new() { _value = Vector128.Create(value) };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128<T> operator +(Lanes128<T> a, Lanes128<T> b) => new() { _value = a._value + b._value };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128<T> operator -(Lanes128<T> a, Lanes128<T> b) => new() { _value = a._value - b._value };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128<T> operator *(Lanes128<T> a, Lanes128<T> b) => new() { _value = a._value * b._value };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128<T> operator -(Lanes128<T> a) => new() { _value = -a._value };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128<T> MultiplyAdd(Lanes128<T> a, Lanes128<T> b, Lanes128<T> c) =>
        typeof(T) == typeof(float)
            ? new()
            {
                _value = Vector128.MultiplyAddEstimate(a._value.AsSingle(), b._value.AsSingle(), c._value.AsSingle())
                .As<float, T>()
            }
            : new()
            {
                _value = Vector128.MultiplyAddEstimate(a._value.AsDouble(), b._value.AsDouble(), c._value.AsDouble())
                .As<double, T>()
            };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128<T> MultiplySubtract(Lanes128<T> a, Lanes128<T> b, Lanes128<T> c)
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
    public static Lanes128<T> SubtractProduct(Lanes128<T> a, Lanes128<T> b, Lanes128<T> c)
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
    public static Lanes128<T> Reverse(Lanes128<T> a) =>
        typeof(T) == typeof(float)
            ? new() { _value = Vector128.Shuffle(a._value.AsSingle(), Vector128.Create(3, 2, 1, 0)).As<float, T>() }
            : new() { _value = Vector128.Shuffle(a._value.AsDouble(), Vector128.Create(1L, 0)).As<double, T>() };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Zip(Lanes128<T> a, Lanes128<T> b, out Lanes128<T> low, out Lanes128<T> high)
    {
        if (typeof(T) == typeof(float))
        {
            low = new() { _value = Low(a._value.AsSingle(), b._value.AsSingle()).As<float, T>() };
            high = new() { _value = High(a._value.AsSingle(), b._value.AsSingle()).As<float, T>() };
        }
        else
        {
            low = new() { _value = Vector128.Create(a._value.GetLower(), b._value.GetLower()) };
            high = new() { _value = Vector128.Create(a._value.GetUpper(), b._value.GetUpper()) };
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Unzip(Lanes128<T> low, Lanes128<T> high, out Lanes128<T> even, out Lanes128<T> odd)
    {
        Zip(low, high, out var a, out var b);
        if (typeof(T) == typeof(float)) Zip(a, b, out even, out odd);
        else (even, odd) = (a, b);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Low(Vector128<float> a, Vector128<float> b) =>
        Sse.IsSupported ? Sse.UnpackLow(a, b)
        : AdvSimd.Arm64.IsSupported ? AdvSimd.Arm64.ZipLow(a, b)
        : Vector128.Create(a[0], b[0], a[1], b[1]);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> High(Vector128<float> a, Vector128<float> b) =>
        Sse.IsSupported ? Sse.UnpackHigh(a, b)
        : AdvSimd.Arm64.IsSupported ? AdvSimd.Arm64.ZipHigh(a, b)
        : Vector128.Create(a[2], b[2], a[3], b[3]);
}
