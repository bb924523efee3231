namespace Engine.Tensors.Cpu.Kernels;

/// <summary>The innermost part of the matrix product: a block of c that stays in registers while k runs.</summary>
internal unsafe interface IGemmTile
{
    /// <summary>Columns of a tile: the width of a packed panel of b.</summary>
    static abstract int Columns { get; }

    /// <summary>Row counts there is a tile for, highest first.</summary>
    static abstract ReadOnlySpan<int> Rows { get; }

    /// <summary>
    /// c[rows, Columns] (+)= a · b. <paramref name="a"/> is packed [k, rows]; <paramref name="b"/> finds the Columns values
    /// of each step; <paramref name="stride"/> is the distance between rows of c.
    /// </summary>
    static abstract void Run<TColumns>(int rows, float* a, TColumns b, int k, float* c, int stride, bool accumulate)
        where TColumns : struct, ITileColumns;

    /// <summary>
    /// The height of the next tile when <paramref name="left"/> rows are left. Tiles are one, two or three units high
    /// (4, 8, 12 rows): four units go as two and two, everything else as threes first, so a run of rows ends in at most
    /// one tile that is not full.
    /// </summary>
    static int Height<TTile>(int left)
        where TTile : struct, IGemmTile
    {
        var unit = TTile.Rows[2];
        return ((left + unit - 1) / unit) switch
        {
            1 => unit,
            2 or 4 => TTile.Rows[1],
            _ => TTile.Rows[0],
        };
    }
}

/// <summary>Where a tile finds the columns of b at each step of the summed axis.</summary>
internal unsafe interface ITileColumns
{
    /// <summary>The address of the values of step <paramref name="p"/>.</summary>
    float* At(int p);
}

/// <summary>Steps at equal distances: a packed panel [k, width], or some columns of a row-major matrix that is width wide.</summary>
internal readonly unsafe struct PackedColumns(float* panel, int width) : ITileColumns
{
    public float* At(int p) => panel + (nint)p * width;
}

/// <summary>Values that lie as they are needed already, at a listed distance for each step.</summary>
internal readonly unsafe struct OffsetColumns(float* origin, int* offsets) : ITileColumns
{
    public float* At(int p) => origin + offsets[p];
}
