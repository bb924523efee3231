using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Engine.Tensors.Cpu.Kernels;

/// <summary>A row of two 256-bit vectors (each a pair of 128-bit ones on processors without wider ones, such as Arm).</summary>
internal unsafe struct TileRow256<T>(Vector256<T> low, Vector256<T> high) : ITileRow<TileRow256<T>, T>
    where T : unmanaged
{
    private Vector256<T> _low = low, _high = high;

    public static int Columns => 2 * Vector256<T>.Count;

    public static int Unit => 2;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TileRow256<T> Load(T* from) => new(Vector256.Load(from), Vector256.Load(from + Vector256<T>.Count));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void AddScaled(T factor, TileRow256<T> other)
    {
        var factors = Vector256.Create(factor);
        _low = MultiplyAdd(factors, other._low, _low);
        _high = MultiplyAdd(factors, other._high, _high);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void Store(T* to, bool accumulate)
    {
        var (low, high) = (_low, _high);
        if (accumulate)
        {
            low += Vector256.Load(to);
            high += Vector256.Load(to + Vector256<T>.Count);
        }

        low.Store(to);
        high.Store(to + Vector256<T>.Count);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<T> MultiplyAdd(Vector256<T> a, Vector256<T> b, Vector256<T> sum) => typeof(T) == typeof(float)
        ? Vector256.FusedMultiplyAdd(a.AsSingle(), b.AsSingle(), sum.AsSingle()).As<float, T>()
        : Vector256.FusedMultiplyAdd(a.AsDouble(), b.AsDouble(), sum.AsDouble()).As<double, T>();
}
