namespace Engine.Tensors.Gpu.Kernels;

/// <summary>
/// The sizes of a tile as constants of a type, so that kernels are compiled for each: a group computes <see cref="M"/> ×
/// <see cref="N"/> sums, <see cref="K"/> products of each at a time, each of its items <see cref="ItemM"/> ×
/// <see cref="ItemN"/> of them. <see cref="GpuTile"/> says what each is for.
/// </summary>
internal interface ITile
{
    /// <summary>Rows.</summary>
    static abstract int M { get; }

    /// <summary>Columns.</summary>
    static abstract int N { get; }

    /// <summary>Products of a sum that lie in shared memory at a time; a multiple of 8.</summary>
    static abstract int K { get; }

    /// <summary>Rows of an item, 4 or 8.</summary>
    static abstract int ItemM { get; }

    /// <summary>Columns of an item, 4 or 8.</summary>
    static abstract int ItemN { get; }
}

/// <summary>A tile of matrix products.</summary>
internal interface IProductTile : ITile;

/// <summary>A tile of <see cref="Correlate{TTile, TChecked}"/>.</summary>
internal interface ICorrelationTile : ITile;

/// <summary>A tile of <see cref="ConvWeightGradient{TTile, TChecked}"/>.</summary>
internal interface IWeightGradientTile : ITile;

/// <summary><see cref="GpuTile.Large"/>.</summary>
internal readonly struct LargeTile : IProductTile, ICorrelationTile, IWeightGradientTile
{
    /// <inheritdoc/>
    public static int M => 128;

    /// <inheritdoc/>
    public static int N => 128;

    /// <inheritdoc/>
    public static int K => 8;

    /// <inheritdoc/>
    public static int ItemM => 8;

    /// <inheritdoc/>
    public static int ItemN => 8;
}

/// <summary><see cref="GpuTile.Medium"/>.</summary>
internal readonly struct MediumTile : IProductTile, ICorrelationTile, IWeightGradientTile
{
    /// <inheritdoc/>
    public static int M => 64;

    /// <inheritdoc/>
    public static int N => 64;

    /// <inheritdoc/>
    public static int K => 16;

    /// <inheritdoc/>
    public static int ItemM => 8;

    /// <inheritdoc/>
    public static int ItemN => 4;
}

/// <summary><see cref="GpuTile.Small"/>.</summary>
internal readonly struct SmallTile : IProductTile, ICorrelationTile, IWeightGradientTile
{
    /// <inheritdoc/>
    public static int M => 32;

    /// <inheritdoc/>
    public static int N => 32;

    /// <inheritdoc/>
    public static int K => 32;

    /// <inheritdoc/>
    public static int ItemM => 4;

    /// <inheritdoc/>
    public static int ItemN => 4;
}

/// <summary><see cref="GpuTile.Wide8"/>.</summary>
internal readonly struct Wide8Tile : ICorrelationTile
{
    /// <inheritdoc/>
    public static int M => 8;

    /// <inheritdoc/>
    public static int N => 256;

    /// <inheritdoc/>
    public static int K => 8;

    /// <inheritdoc/>
    public static int ItemM => 4;

    /// <inheritdoc/>
    public static int ItemN => 4;
}

/// <summary><see cref="GpuTile.Wide16"/>.</summary>
internal readonly struct Wide16Tile : ICorrelationTile
{
    /// <inheritdoc/>
    public static int M => 16;

    /// <inheritdoc/>
    public static int N => 256;

    /// <inheritdoc/>
    public static int K => 8;

    /// <inheritdoc/>
    public static int ItemM => 8;

    /// <inheritdoc/>
    public static int ItemN => 4;
}

/// <summary><see cref="GpuTile.Wide32"/>.</summary>
internal readonly struct Wide32Tile : ICorrelationTile
{
    /// <inheritdoc/>
    public static int M => 32;

    /// <inheritdoc/>
    public static int N => 128;

    /// <inheritdoc/>
    public static int K => 8;

    /// <inheritdoc/>
    public static int ItemM => 8;

    /// <inheritdoc/>
    public static int ItemN => 4;
}

/// <summary><see cref="GpuTile.Flat16"/>.</summary>
internal readonly struct Flat16Tile : IWeightGradientTile
{
    /// <inheritdoc/>
    public static int M => 16;

    /// <inheritdoc/>
    public static int N => 64;

    /// <inheritdoc/>
    public static int K => 16;

    /// <inheritdoc/>
    public static int ItemM => 4;

    /// <inheritdoc/>
    public static int ItemN => 4;
}
