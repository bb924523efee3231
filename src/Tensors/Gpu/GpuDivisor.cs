using System.Numerics;

namespace Engine.Tensors.Gpu;

/// <summary>
/// A divisor as kernels take it (<c>DIVISOR</c>, <c>DIVIDE</c>): n / d is (the high half of n · magic, plus n) &gt;&gt; shift for
/// every n below 2³¹ (Granlund and Montgomery, PLDI 1994).
/// </summary>
internal readonly record struct GpuDivisor
{
    /// <summary>Of nothing, where there is nothing to divide, it makes 1.</summary>
    public GpuDivisor(int value)
    {
        Value = Math.Max(1, value);
        Shift = 32 - BitOperations.LeadingZeroCount((uint)Value - 1);
        Magic = (uint)((1UL << 32) * ((1UL << Shift) - (ulong)Value) / (ulong)Value + 1);
    }

    /// <summary>The divisor.</summary>
    public int Value { get; }

    /// <summary>2³²·(2^shift - d)/d, rounded up.</summary>
    public uint Magic { get; }

    /// <summary>log₂ d, rounded up.</summary>
    public int Shift { get; }

    /// <summary>As the kernel computes it.</summary>
    public int Divide(int n) => (int)((uint)(((ulong)Magic * (uint)n >> 32) + (uint)n) >> Shift);
}
