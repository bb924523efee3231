using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Engine.Tensors.Cpu.Kernels;

/// <summary>A row of two 512-bit vectors.</summary>
internal unsafe struct TileRow512<T>(Vector512<T> low, Vector512<T> high) : ITileRow<TileRow512<T>, T>
    where T : unmanaged
{
    private Vector512<T> _low = low, _high = high;

    public static int Columns => 2 * Vector512<T>.Count;

    public static int Unit => 4;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TileRow512<T> Load(T* from) => new(Vector512.Load(from), Vector512.Load(from + Vector512<T>.Count));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void AddScaled(T factor, TileRow512<T> other)
    {
        var factors = Vector512.Create(factor);
        _low = MultiplyAdd(factors, other._low, _low);
        _high = MultiplyAdd(factors, other._high, _high);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void Store(T* to, bool accumulate)
    {
        var (low, high) = (_low, _high);
        if (accumulate)
        {
            low += Vector512.Load(to);
            high += Vector512.Load(to + Vector512<T>.Count);
        }

        low.Store(to);
        high.Store(to + Vector512<T>.Count);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<T> MultiplyAdd(Vector512<T> a, Vector512<T> b, Vector512<T> sum) => typeof(T) == typeof(float)
        ? Vector512.FusedMultiplyAdd(a.AsSingle(), b.AsSingle(), sum.AsSingle()).As<float, T>()
        : Vector512.FusedMultiplyAdd(a.AsDouble(), b.AsDouble(), sum.AsDouble()).As<double, T>();
}
