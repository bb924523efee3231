using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Engine.Tensors.Cpu.Kernels;

/// <summary>
/// out[r, position] = Σ over taps of weight[tap, r] · window[tap, position]: the matrix product inside a convolution, on the
/// register tiles of <see cref="Gemm"/>, with the right operand read in place (see <see cref="ConvWindow"/>). One instance serves
/// all images and groups; tasks are blocks of output positions.
/// </summary>
/// <param name="window">How images are read.</param>
/// <param name="rows">Filters of a group.</param>
/// <param name="weights">Where the weights are.</param>
internal sealed unsafe class Correlation(ConvWindow window, int rows, TapWeights weights)
{
    // Columns of a tile.
    private static readonly int Wide = TileRow512<float>.Columns, Narrow = TileRow256<float>.Columns;

    private readonly int _depth = window.Taps.Length;
    private readonly int[] _tiles = TileStarts(rows);
    private readonly int[]? _offsetsInPlace = window.OffsetsInPlace();

    // Outputs of a block that are pooled: a quarter of a second-level cache of a megabyte.
    private const int PooledFloats = 64 * 1024;

    [ThreadStatic]
    private static AlignedBuffer? s_window, s_outputs;

    /// <summary>About how many positions a block has whose outputs are pooled.</summary>
    public static int MostPooled(int rows) => PooledFloats / Math.Max(1, rows);

    /// <summary>Blocks of positions for one image and group.</summary>
    public int Blocks => window.Blocks;

    /// <summary>The most parts that the filters of a group can be divided into.</summary>
    public int MostParts => _tiles.Length - 1;

    /// <summary>Taps that are summed: fewer than the kernel has if some see only padding.</summary>
    public int Depth => _depth;

    /// <summary>Floats that the packed weights of all groups take.</summary>
    public long PackedSize(int groups) => (long)groups * PackedRows * _depth;

    private int PackedRows => (rows + 3) / 4 * 4;

    /// <summary>Lays out the weights as the tiles read them.</summary>
    public void PackWeights(float* weight, int groups, float* packed)
    {
        for (var group = 0; group < groups; group++, weight += weights.GroupStride)
        {
            for (var tile = 0; tile + 1 < _tiles.Length; tile++)
            {
                var row = _tiles[tile];
                var height = TileHeight(rows - row);
                var source = weight + (long)row * weights.RowStride;
                PackTile(source, Math.Min(height, rows - row), height, packed + PackedSize(1) * group + (long)row * _depth);
            }
        }
    }

    /// <summary>Computes one block of one image and group.</summary>
    /// <param name="packed">The packed weights of all groups.</param>
    /// <param name="group">The group.</param>
    /// <param name="image">The group's first channel.</param>
    /// <param name="block">The block.</param>
    /// <param name="part">Which of the <paramref name="parts"/> of the filters.</param>
    /// <param name="parts">Parts that the filters are divided into, at most <see cref="MostParts"/>.</param>
    /// <param name="output">Where the rows go.</param>
    /// <param name="epilogue">Bias and ReLU, rows counted from the group's first.</param>
    public void Run(
        float* packed, int group, float* image, int block, int part, int parts, ConvOutput output,
        GemmEpilogue<float> epilogue)
    {
        var filters = Filters(part, parts);
        packed += PackedSize(1) * group;
        image = Read(image, block, out var inPlace);
        fixed (int* offsets = inPlace ? _offsetsInPlace : window.Offsets)
        {
            if (Vector512.IsHardwareAccelerated)
                Tiles<TileRow512<float>>(packed, image, offsets, block, filters, output, epilogue, inPlace);
            else
                Tiles<TileRow256<float>>(packed, image, offsets, block, filters, output, epilogue, inPlace);
        }
    }

    /// <summary>Computes one block of one image and group, and the maxima of windows of it.</summary>
    /// <param name="packed">The packed weights of all groups.</param>
    /// <param name="group">The group.</param>
    /// <param name="image">The group's first channel.</param>
    /// <param name="block">The block.</param>
    /// <param name="part">Which of the <paramref name="parts"/> of the filters.</param>
    /// <param name="parts">Parts that the filters are divided into, at most <see cref="MostParts"/>.</param>
    /// <param name="output">Where the maxima go.</param>
    /// <param name="bias">What is added, from the group's first filter on; or null.</param>
    /// <param name="relu">Whether negatives are cut to zero.</param>
    public void Run(
        float* packed, int group, float* image, int block, int part, int parts, PooledOutput output, float* bias, bool relu)
    {
        var filters = Filters(part, parts);
        packed += PackedSize(1) * group;
        image = Read(image, block, out var inPlace);
        var (firstRow, blockRows, firstColumn, blockColumns) = window.Block(block);
        var positions = (blockRows - 1) * window.Pitch + blockColumns;

        // Positions lie as in the window, those between the rows included, so that no tile has an edge. The last tile, and the
        // pooling, reach beyond the last position.
        var stride = (positions + 31) / 32 * 32 + 16;
        var (first, end) = (filters.Start.Value, filters.End.Value);
        var outputs = (s_outputs ??= new AlignedBuffer()).Reserve((long)(end - first + 12) * stride + 64 * output.Pool.Height);
        fixed (int* offsets = inPlace ? _offsetsInPlace : window.Offsets)
        {
            if (Vector512.IsHardwareAccelerated)
                FlatTiles<TileRow512<float>>(packed, image, offsets, positions, filters, outputs, stride, inPlace);
            else
                FlatTiles<TileRow256<float>>(packed, image, offsets, positions, filters, outputs, stride, inPlace);
        }

        for (var r = first; r < end; r++, outputs += stride)
        {
            output.Write(outputs, window.Pitch, (firstRow, blockRows), (firstColumn, blockColumns), r,
                bias is null ? 0 : bias[r], relu);
        }
    }

    /// <summary>
    /// What of the kernel is summed, as a number that differs for any two sets of taps, so that packed weights can be known by
    /// it; false: the kernel is too large for that.
    /// </summary>
    public bool SeenTaps(in Conv2dGeometry g, out int seen)
    {
        var all = g.KernelHeight * g.KernelWidth;
        seen = 0;
        if (_depth == g.GroupChannels * all) return true;

        // Those of the first channel are those of all, unless none is seen and the first stands for them.
        seen = -1;
        if (all > 30 || _depth < g.GroupChannels) return false;
        seen = 0;
        foreach (var tap in window.Taps)
        {
            if (tap < all) seen |= 1 << tap;
        }

        return true;
    }

    private Range Filters(int part, int parts) => new(_tiles[MostParts * part / parts], _tiles[MostParts * (part + 1) / parts]);

    // Where a block's window is: in the image, or in a copy.
    private float* Read(float* image, int block, out bool inPlace)
    {
        var (_, blockRows, _, blockColumns) = window.Block(block);
        inPlace = _offsetsInPlace is not null
            && (blockRows - 1) * window.Pitch + blockColumns >= (Vector512.IsHardwareAccelerated ? Wide : Narrow);
        if (inPlace) return image + window.OriginInPlace(block);
        var buffer = (s_window ??= new AlignedBuffer()).Reserve(window.Size);
        window.Pack(image, block, buffer);
        return buffer;
    }

    // The first rows of the tiles, and the end.
    private static int[] TileStarts(int rows)
    {
        var starts = new List<int> { 0 };
        while (starts[^1] < rows) starts.Add(Math.Min(rows, starts[^1] + TileHeight(rows - starts[^1])));
        return [.. starts];
    }

    private void PackTile(float* source, int count, int height, float* panel)
    {
        if (weights.AreContiguous && _depth == weights.Offsets.Length)
        {
            new MatrixOperand<float>(source, weights.RowStride, 1).Pack(0, count, height, 0, _depth, panel);
            return;
        }

        foreach (var tap in window.Taps)
        {
            for (var r = 0; r < height; r++)
                *panel++ = r < count ? source[weights.Offsets[tap] + (long)r * weights.RowStride] : 0;
        }
    }

    private static int TileHeight(int left) =>
        Vector512.IsHardwareAccelerated
        ? GemmTile<float, TileRow512<float>>.Height(left) : GemmTile<float, TileRow256<float>>.Height(left);

    private void FlatTiles<TRow>(
        float* packed, float* buffer, int* offsets, int positions, Range filters, float* outputs, int stride, bool inPlace)
        where TRow : struct, ITileRow<TRow, float>
    {
        for (var position = 0; position < positions; position += TRow.Columns)
        {
            // Nothing past the image's last value is read: the last tile begins earlier and does some positions again.
            var at = inPlace ? Math.Min(position, positions - TRow.Columns) : position;
            for (int r = filters.Start.Value, height; r < filters.End.Value; r += height)
            {
                height = GemmTile<float, TRow>.Height(rows - r);
                GemmTile<float, TRow>.Run(height, packed + (long)r * _depth, new OffsetColumns(buffer + at, offsets), _depth,
                    outputs + (long)(r - filters.Start.Value) * stride + at, stride, false);
            }
        }
    }

    private void Tiles<TRow>(
        float* packed, float* buffer, int* offsets, int block, Range filters, ConvOutput output, GemmEpilogue<float> epilogue,
        bool inPlace)
        where TRow : struct, ITileRow<TRow, float>
    {
        var (firstRow, blockRows, firstColumn, blockColumns) = window.Block(block);
        var edge = stackalloc float[GemmTile<float, TRow>.MaxRows * TRow.Columns];
        var positions = (blockRows - 1) * window.Pitch + blockColumns;
        for (var position = 0; position < positions; position += TRow.Columns)
        {
            var (row, column) = (position / window.Pitch, position % window.Pitch);
            if (column >= blockColumns)
            {
                // Nothing from here to the next row is kept. With a kernel nearly as wide as the image, that is most of it.
                column = 0;
                position = ++row * window.Pitch;
            }

            // Nothing past the image's last value is read: the last tile begins earlier and does some positions again.
            if (inPlace && position > positions - TRow.Columns)
            {
                position = positions - TRow.Columns;
                (row, column) = (position / window.Pitch, position % window.Pitch);
            }

            var inside = output.ColumnStep == 1 && column + TRow.Columns <= blockColumns;
            for (int r = filters.Start.Value, height; r < filters.End.Value; r += height)
            {
                height = GemmTile<float, TRow>.Height(rows - r);
                var real = Math.Min(height, rows - r);
                var panel = packed + (long)r * _depth;
                var columns = new OffsetColumns(buffer + position, offsets);
                if (inside && real == height)
                {
                    var target = output.At(r, firstRow + row, firstColumn + column);
                    if (Sse.IsSupported)
                    {
                        // The next positions' outputs: too many planes for the processor to see that they follow.
                        var ahead = target + TRow.Columns;
                        for (var i = 0; i < height; i++, ahead += output.PlaneStride)
                        {
                            for (var j = 0; j < TRow.Columns; j += 16) Sse.Prefetch0(ahead + j + 8);
                        }
                    }

                    GemmTile<float, TRow>.Run(height, panel, columns, _depth, target, output.PlaneStride, false);
                    if (!epilogue.IsEmpty) epilogue.Apply(target, output.PlaneStride, r, 0, height, TRow.Columns);
                }
                else
                {
                    GemmTile<float, TRow>.Run(height, panel, columns, _depth, edge, TRow.Columns, false);
                    if (!epilogue.IsEmpty) epilogue.Apply(edge, TRow.Columns, r, 0, real, TRow.Columns);
                    for (int i = 0, y = row, x = column, run; i < TRow.Columns && y < blockRows; i += run, x = 0, y++)
                    {
                        run = Math.Min(TRow.Columns - i, window.Pitch - x);
                        var kept = Math.Min(run, blockColumns - x);
                        if (kept > 0)
                            output.Store(edge + i, TRow.Columns, real, r, firstRow + y, firstColumn + x, kept);
                    }
                }
            }
        }
    }
}
