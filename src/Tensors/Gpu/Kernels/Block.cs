using System.Runtime.CompilerServices;
using ILGPU;

namespace Engine.Tensors.Gpu.Kernels;

/// <summary>
/// A block of an operand in shared memory, k outermost, so that a step of k reads neighbours, four at once. Its rows are four
/// numbers longer than the tile: eight neighbours along k of four neighbours along the tile, or the two halves of eight
/// neighbours along k of sixteen along the tile, then fall into 32 different banks when they are written, and every row still
/// begins at a multiple of 16 bytes.
/// </summary>
internal struct Block
{
    /// <summary>The memory.</summary>
    public ArrayView<F4> Memory;

    /// <summary>Where in it the block begins, in float4.</summary>
    public int First;

    /// <summary>Numbers of a row in use, then with the four more.</summary>
    public int Width, Pitch;

    /// <summary>A row or column of a tile, <paramref name="width"/> numbers wide.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Block(ArrayView<F4> memory, int first, int width) =>
        (Memory, First, Width, Pitch) = (memory, first, width, width + 4);

    /// <summary>Puts a number where it belongs.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void Put(int k, int at, float value) => Memory.Cast<float>()[4 * First + k * Pitch + at] = value;

    /// <summary>Puts four neighbours where they belong; <paramref name="at"/> is a multiple of four.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void Put(int k, int at, F4 value) => Memory[First + (k * Pitch + at) / 4] = value;
}
