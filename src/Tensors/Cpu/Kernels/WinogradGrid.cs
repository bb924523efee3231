namespace Engine.Tensors.Cpu.Kernels;

/// <summary>
/// How the output positions of a batch are divided into tiles: image by image, row by row. Sixteen tiles fill a vector, four
/// quads of four. Where possible, a quad's tiles are neighbours, and rows are filled up with tiles that lie outside the image; in
/// narrow images, which would mostly consist of those, the tiles are scattered, and any four make a quad. The last tiles of a row
/// and the last rows of an image may lie partly outside it.
/// </summary>
/// <param name="Rows">Output rows.</param>
/// <param name="Columns">Output columns.</param>
internal readonly record struct WinogradGrid(int Rows, int Columns)
{
    /// <summary>Tiles of a quad, and quads of a vector.</summary>
    public const int Quad = 4;

    /// <summary>Whether quads need not be neighbours. It takes about as long as a quarter more tiles.</summary>
    public bool IsScattered => 4 * RoundUp(Needed) > 5 * Needed;

    /// <summary>Tiles that are read and stored together: those of a quad, unless they are scattered.</summary>
    public int Run => IsScattered ? 1 : Quad;

    /// <summary>Tiles of an image.</summary>
    public int PerImage => (Rows + Winograd.Step - 1) / Winograd.Step * Across;

    private int Needed => (Columns + Winograd.Step - 1) / Winograd.Step;

    private int Across => IsScattered ? Needed : RoundUp(Needed);

    /// <summary>A tile's image and first output position.</summary>
    public (int Image, int Row, int Column) At(int tile)
    {
        var (image, inside) = Math.DivRem(tile, PerImage);
        var (row, column) = Math.DivRem(inside, Across);
        return (image, row * Winograd.Step, column * Winograd.Step);
    }

    private static int RoundUp(int tiles) => (tiles + Quad - 1) / Quad * Quad;
}

/// <summary>
/// The layout of transformed tiles, sixteen side by side in a vector: all points of a channel, then those of the next; then those
/// of the next sixteen tiles. A transform writes and reads one run of memory, which the prefetcher follows; were its points far
/// apart, each would wait for the second-level cache.
/// </summary>
/// <param name="Data">Point 0 of channel 0.</param>
/// <param name="Channels">The number of channels.</param>
internal readonly unsafe record struct WinogradPoints(nint Data, int Channels)
{
    /// <summary>Floats between points.</summary>
    public const int Point = Winograd.Lanes;

    /// <summary>
    /// Floats between channels: an odd number of cache lines, so that a point's vectors of many channels do not map to a few
    /// sets.
    /// </summary>
    public const int Channel = (Winograd.Points | 1) * Point;

    /// <summary>Floats between vectors of the same channel and point.</summary>
    public int Vector => Channels * Channel;

    /// <summary>Floats of <paramref name="vectors"/> vectors for each channel and point.</summary>
    public long Length(int vectors) => (long)vectors * Vector;

    /// <summary>Sixteen tiles of a channel.</summary>
    public float* At(int vector, int channel) => (float*)Data + (long)vector * Vector + (long)channel * Channel;
}
