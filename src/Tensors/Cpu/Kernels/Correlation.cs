using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Engine.Tensors.Cpu.Kernels;

/// <summary>
/// out[r, position] = Σ over taps of weight[tap, r] · window[tap, position]: the matrix product inside a convolution, on the
/// register tiles of <see cref="Gemm"/>, with the right operand read in place (see <see cref="ConvWindow"/>). One instance serves
/// all images and groups; tasks are blocks of output positions.
/// </summary>
internal sealed unsafe class Correlation(ConvWindow window, int rows, Func<int, int, int, int> weightIndex)
{
    private readonly int _depth = window.Taps.Length;

    [ThreadStatic]
    private static AlignedBuffer? s_window;

    /// <summary>Blocks of positions for one image and group.</summary>
    public int Blocks => window.Blocks;

    /// <summary>Floats that the packed weights of all groups take.</summary>
    public long PackedSize(int groups) => (long)groups * PackedRows * _depth;

    private int PackedRows => (rows + 3) / 4 * 4;

    /// <summary>Lays out the weights as the tiles read them; <c>weightIndex(group, row, tap)</c> finds each.</summary>
    public void PackWeights(float* weight, int groups, float* packed)
    {
        for (var group = 0; group < groups; group++)
        {
            var panel = packed + PackedSize(1) * group;
            for (int row = 0, height; row < rows; row += height)
            {
                height = TileHeight(rows - row);
                for (var tap = 0; tap < _depth; tap++)
                {
                    for (var r = 0; r < height; r++)
                        *panel++ = row + r < rows ? weight[weightIndex(group, row + r, window.Taps[tap])] : 0;
                }
            }
        }
    }

    /// <summary>Computes one block of one image and group.</summary>
    /// <param name="packed">The packed weights of all groups.</param>
    /// <param name="group">The group.</param>
    /// <param name="image">The group's first channel.</param>
    /// <param name="block">The block.</param>
    /// <param name="output">Where the rows go.</param>
    /// <param name="epilogue">Bias and ReLU, rows counted from the group's first.</param>
    public void Run(float* packed, int group, float* image, int block, ConvOutput output, GemmEpilogue<float> epilogue)
    {
        var buffer = (s_window ??= new AlignedBuffer()).Reserve(window.Size);
        window.Pack(image, block, buffer);
        packed += PackedSize(1) * group;
        fixed (int* offsets = window.Offsets)
        {
            if (Vector512.IsHardwareAccelerated) Tiles<TileRow512<float>>(packed, buffer, offsets, block, output, epilogue);
            else Tiles<TileRow256<float>>(packed, buffer, offsets, block, output, epilogue);
        }
    }

    private static int TileHeight(int left) =>
        Vector512.IsHardwareAccelerated
        ? GemmTile<float, TileRow512<float>>.Height(left) : GemmTile<float, TileRow256<float>>.Height(left);

    private void Tiles<TRow>(
        float* packed, float* buffer, int* offsets, int block, ConvOutput output, GemmEpilogue<float> epilogue)
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

            var inside = output.ColumnStep == 1 && column + TRow.Columns <= blockColumns;
            var weights = packed;
            for (int r = 0, height; r < rows; r += height)
            {
                height = GemmTile<float, TRow>.Height(rows - r);
                var real = Math.Min(height, rows - r);
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

                    GemmTile<float, TRow>.Run(height, weights, columns, _depth, target, output.PlaneStride, false);
                    if (!epilogue.IsEmpty) epilogue.Apply(target, output.PlaneStride, r, 0, height, TRow.Columns);
                }
                else
                {
                    GemmTile<float, TRow>.Run(height, weights, columns, _depth, edge, TRow.Columns, false);
                    if (!epilogue.IsEmpty) epilogue.Apply(edge, TRow.Columns, r, 0, real, TRow.Columns);
                    for (int i = 0, y = row, x = column; i < TRow.Columns; i++)
                    {
                        if (x < blockColumns && y < blockRows)
                        {
                            var target = output.At(r, firstRow + y, firstColumn + x);
                            for (var j = 0; j < real; j++) target[(long)j * output.PlaneStride] = edge[j * TRow.Columns + i];
                        }

                        if (++x == window.Pitch) (x, y) = (0, y + 1);
                    }
                }

                weights += (long)height * _depth;
            }
        }
    }
}

/// <summary>
/// Where the results of a correlation go: grid position (row, column) to image position (row · RowStep, column · ColumnStep).
/// </summary>
/// <param name="Origin">Position (0, 0) of the first plane.</param>
/// <param name="Width">Columns of the image.</param>
/// <param name="PlaneStride">Floats between planes.</param>
/// <param name="RowStep">Image rows between grid rows.</param>
/// <param name="ColumnStep">Image columns between grid columns.</param>
internal readonly unsafe record struct ConvOutput(nint Origin, int Width, int PlaneStride, int RowStep, int ColumnStep)
{
    public float* At(int plane, int row, int column) =>
        (float*)Origin + (long)plane * PlaneStride + (long)row * RowStep * Width + (long)column * ColumnStep;
}
