namespace Engine.Tensors.Cpu.Kernels;

/// <summary>
/// How the output positions of a batch are divided into tiles: image by image, row by row. Four neighbouring tiles of a row make
/// a quad, and four quads fill a vector; the last tiles of a row and the last rows of an image may lie outside it.
/// </summary>
/// <param name="Rows">Output rows.</param>
/// <param name="Columns">Output columns.</param>
internal readonly record struct WinogradGrid(int Rows, int Columns)
{
    /// <summary>Tiles of a quad, and quads of a vector.</summary>
    public const int Quad = 4;

    /// <summary>Output columns of a quad.</summary>
    public const int QuadColumns = Quad * Winograd.Step;

    private int Down => (Rows + Winograd.Step - 1) / Winograd.Step;

    private int Across => (Columns + QuadColumns - 1) / QuadColumns;

    /// <summary>Quads of an image.</summary>
    public int PerImage => Down * Across;

    /// <summary>A quad's image and first output position.</summary>
    public (int Image, int Row, int Column) At(int quad)
    {
        var (image, inside) = Math.DivRem(quad, PerImage);
        var (row, column) = Math.DivRem(inside, Across);
        return (image, row * Winograd.Step, column * QuadColumns);
    }
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
    /// Floats between channels: an odd number of cache lines, so that a point's vectors of many channels do not map to a few sets.
    /// </summary>
    public const int Channel = (Winograd.Points | 1) * Point;

    /// <summary>Floats between vectors of the same channel and point.</summary>
    public int Vector => Channels * Channel;

    /// <summary>Floats of <paramref name="vectors"/> vectors for each channel and point.</summary>
    public long Length(int vectors) => (long)vectors * Vector;

    /// <summary>Sixteen tiles of a channel.</summary>
    public float* At(int vector, int channel) => (float*)Data + (long)vector * Vector + (long)channel * Channel;
}
