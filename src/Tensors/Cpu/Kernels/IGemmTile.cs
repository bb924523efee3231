namespace Engine.Tensors.Cpu.Kernels;

/// <summary>The innermost part of the matrix product: a block of c that stays in registers while k runs.</summary>
internal unsafe interface IGemmTile
{
    /// <summary>Columns of a tile: the width of a packed panel of b.</summary>
    static abstract int Columns { get; }

    /// <summary>Row counts there is a tile for, highest first.</summary>
    static abstract ReadOnlySpan<int> Rows { get; }

    /// <summary>
    /// c[rows, Columns] (+)= a · b. <paramref name="a"/> is packed [k, rows], <paramref name="b"/> [k, Columns];
    /// <paramref name="stride"/> is the distance between rows of c.
    /// </summary>
    static abstract void Run(int rows, float* a, float* b, int k, float* c, int stride, bool accumulate);
}
