using System.Runtime.Intrinsics;

namespace Engine.Tensors.Cpu.Kernels;

/// <summary>
/// One bit per element, bit i % 8 of byte i / 8: what a ReLU keeps for its gradient instead of 32 bits. Work is split by
/// elements.
/// </summary>
internal static unsafe class BitMask
{
    private const int Width = 16;
    private const int Grain = 32 * 1024;

    /// <summary>Sets the bits of elements that are not zero, including NaN.</summary>
    public static void NonZero(float* x, int count, byte* bits) => RowParallel.For(count, Grain, (from, to) =>
    {
        var i = from;
        for (; i <= to - Width; i += Width)
            *(ushort*)(bits + i / 8) = (ushort)(~Vector512.Equals(Vector512.Load(x + i), default)).ExtractMostSignificantBits();
        for (; i < to; i += 8)
        {
            var rest = 0;
            for (var lane = 0; lane < Math.Min(8, to - i); lane++) rest |= (x[i + lane] == 0 ? 0 : 1) << lane;
            bits[i / 8] = (byte)rest;
        }
    });

    /// <summary>result[i] = x[i] where bit i is set, else 0; result may be x.</summary>
    public static void Apply(byte* bits, float* x, int count, float* result) => RowParallel.For(count, Grain, (from, to) =>
    {
        var lanes = Vector512.Create(1u, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384, 32768);
        var i = from;
        for (; i <= to - Width; i += Width)
        {
            var set = Vector512.Equals(Vector512.Create((uint)*(ushort*)(bits + i / 8)) & lanes, lanes).AsSingle();
            (Vector512.Load(x + i) & set).Store(result + i);
        }

        for (; i < to; i++) result[i] = (bits[i / 8] >> (i % 8) & 1) != 0 ? x[i] : 0;
    });
}
