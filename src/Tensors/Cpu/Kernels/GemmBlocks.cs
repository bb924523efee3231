namespace Engine.Tensors.Cpu.Kernels;

/// <summary>
/// The sizes of the blocks in which <see cref="Gemm"/> goes through a product. Those that the order of a sum depends on, the
/// depth, are the same everywhere; the others follow the processor's caches and change no bit of the result.
/// </summary>
/// <param name="Rows">Rows of packed a.</param>
/// <param name="Columns">Columns of packed b.</param>
/// <param name="TaskRows">At most so many rows of c in one task.</param>
internal readonly record struct GemmBlocks(int Rows, int Columns, int TaskRows)
{
    // Larger blocks gain nothing.
    private const int MostRows = 1536;
    private const int MostColumnBytes = 12 << 10;
    private const int MostTaskRows = 144;

    // Multiples of every tile, so that blocks end where tiles do.
    private const int RowUnit = 12;
    private const int ColumnUnit = 32;

    /// <summary>
    /// Steps of k: a panel of a (12 rows, 18 KiB of floats or 24 KiB of doubles) stays in the first-level cache while b streams
    /// past.
    /// </summary>
    public static int Depth(int elementSize) => elementSize == sizeof(float) ? 384 : 256;

    /// <summary>
    /// The sizes for caches of so many bytes. A task's part of a takes 9/32 of the second level; the rest is for the panels of b
    /// and for c. Packed b takes 9/32 of the third and packed a half as much. Of 1 MiB and 16 MiB or more, these are the largest.
    /// </summary>
    public static GemmBlocks For(long secondLevel, long thirdLevel, int elementSize)
    {
        var step = Depth(elementSize) * elementSize;
        return new(
            Fit(thirdLevel * 9 / 64 / step, MostRows, RowUnit),
            Fit(thirdLevel * 9 / 32 / step, MostColumnBytes / elementSize, ColumnUnit),
            Fit(secondLevel * 9 / 32 / step, MostTaskRows, RowUnit));
    }

    private static int Fit(long count, int most, int unit) => (int)Math.Clamp(count / unit * unit, unit, most);
}
