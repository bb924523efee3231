namespace Engine.Classifiers.Numerics;

/// <summary>The innermost part of <see cref="MatrixProduct"/>: a block of c that stays in registers while the summed axis runs.</summary>
internal unsafe interface IProductTile
{
    /// <summary>Columns of a tile: the width of a packed panel of b.</summary>
    static abstract int Columns { get; }

    /// <summary>Rows of the tall tile.</summary>
    static abstract int Tall { get; }

    /// <summary>Rows of the low tile, a divisor of <see cref="Tall"/>.</summary>
    static abstract int Low { get; }

    /// <summary>
    /// c[rows, Columns] (+)= a · b of packed a [k, rows] and b [k, Columns]; <paramref name="stride"/> is the distance between
    /// rows of c.
    /// </summary>
    static abstract void Run(bool tall, double* a, double* b, int k, double* c, int stride, bool accumulate);
}
