using System.Numerics;
using System.Runtime.CompilerServices;

namespace Engine.Tensors.Gpu.Kernels;

/// <summary>
/// A divisor that a kernel divides by without a division: n / d is (the high half of n · magic, plus n) &gt;&gt; shift for every
/// n below 2³¹ (Granlund and Montgomery, PLDI 1994).
/// </summary>
internal readonly struct Divisor
{
    /// <summary>The divisor.</summary>
    public readonly int Value;

    // 2³²·(2^shift - d)/d, rounded up; and log₂ d, rounded up.
    private readonly uint _magic;
    private readonly int _shift;

    /// <summary>Of nothing, where there is nothing to divide, it makes 1.</summary>
    public Divisor(int value)
    {
        Value = Math.Max(1, value);
        _shift = 32 - BitOperations.LeadingZeroCount((uint)Value - 1);
        _magic = (uint)((1UL << 32) * ((1UL << _shift) - (ulong)Value) / (ulong)Value + 1);
    }

    /// <summary>The quotient of n, from 0 on.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Divide(int n) => (int)((uint)(((ulong)_magic * (uint)n >> 32) + (uint)n) >> _shift);
}
