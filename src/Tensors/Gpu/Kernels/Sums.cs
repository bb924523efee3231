using System.Runtime.CompilerServices;

namespace Engine.Tensors.Gpu.Kernels;

/// <summary>
/// The sums of a work item: up to 2 × 2 chunks, half a tile apart. What a tile does not use is never computed. Structs and not
/// arrays, here and in <see cref="Held"/>, because ILGPU puts only those into registers.
/// </summary>
internal struct Sums
{
    public Chunk TopLeft, TopRight, BottomLeft, BottomRight;
}

/// <summary>4 × 4 sums, row by row.</summary>
internal struct Chunk
{
    public F4 Row0, Row1, Row2, Row3;

    /// <summary>
    /// this + the products of every number of <paramref name="left"/> with every one of <paramref name="right"/>.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly Chunk PlusOuter(F4 left, F4 right) => new()
    {
        Row0 = Row0.PlusProduct(left.X, right),
        Row1 = Row1.PlusProduct(left.Y, right),
        Row2 = Row2.PlusProduct(left.Z, right),
        Row3 = Row3.PlusProduct(left.W, right),
    };
}

/// <summary>Up to sixteen numbers on their way from memory to a block or tile, in a work item's registers.</summary>
internal struct Held
{
    public F4 A, B, C, D;
}

/// <summary>Those of both operands.</summary>
internal struct HeldPair
{
    public Held Left, Right;
}

/// <summary>Where <see cref="Sums"/> go.</summary>
internal interface IChunkTarget
{
    /// <summary>Stores those of a chunk, from (row, column) of the result on, that are part of it.</summary>
    void Store(Chunk chunk, int row, int column);
}

/// <summary>Where the numbers to multiply come from.</summary>
internal interface IBlockSource
{
    /// <summary>
    /// Takes the item's share of the blocks that begin at <paramref name="k"/> into registers, zeros beyond the end.
    /// </summary>
    HeldPair Fetch(int k, int end);

    /// <summary>Puts it into shared memory.</summary>
    void Place(HeldPair held, Block left, Block right);
}
