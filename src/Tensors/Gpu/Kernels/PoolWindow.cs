using System.Runtime.CompilerServices;

namespace Engine.Tensors.Gpu.Kernels;

/// <summary>A pooling window along one axis: its size, how far it moves, and the padding in front of the input.</summary>
internal readonly struct PoolWindow(int size, int stride, int pad)
{
    /// <summary>Elements of the window.</summary>
    public readonly int Size = size;

    private readonly Divisor _stride = new(stride);
    private readonly int _pad = pad;

    /// <summary>Where a window begins, in the input; it may be in the padding.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Start(int window) => window * _stride.Value - _pad;

    /// <summary>The first window that covers a position.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int First(int position)
    {
        var past = position + _pad - Size;
        return past < 0 ? 0 : _stride.Divide(past) + 1;
    }

    /// <summary>The last window that covers a position, out of so many; one less than the first if none does.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Last(int position, int windows)
    {
        var last = _stride.Divide(position + _pad);
        return last < windows ? last : windows - 1;
    }
}
