using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Engine.Tensors.Cpu.Kernels;

/// <summary>
/// A depthwise convolution with a square kernel, 3 or 5 taps a side, and stride 1 or 2, read straight from its plane: rows above
/// and below the plane are a row of zeros, and columns beside it are masked out
/// (<see cref="DepthwiseSquareTile{TVector}"/>). A window with the padding in it (<see cref="DepthwiseWindow"/>) costs as much as
/// the sums.
/// </summary>
internal sealed unsafe class DepthwiseSquare
{
    // Floats beside the row of zeros: a masked load that begins or ends in a page that is not there takes hundreds of cycles.
    private const int Margin = 32;

    // Positions of a block, about: as many as are worth a task.
    private const int BlockPositions = 32 * 1024;

    private readonly int _height, _width, _side, _stride, _top, _left, _rows, _columns, _blockRows;

    private DepthwiseSquare(
        (int Height, int Width) plane, int side, int stride, (int Top, int Left) pad, (int Rows, int Columns) grid)
    {
        (_height, _width) = plane;
        (_side, _stride) = (side, stride);
        (_top, _left) = pad;
        (_rows, _columns) = grid;
        const int tile = DepthwiseSquareTile<Float512>.Rows;
        _blockRows = Math.Max(1, BlockPositions / _columns / tile) * tile;
        Blocks = Math.Max(1, _rows / _blockRows);
    }

    /// <summary>Blocks of the grid.</summary>
    public int Blocks { get; }

    /// <summary>About how many cycles a block takes.</summary>
    public long Cost => (long)_rows * _columns / Blocks * _side * _side / 8;

    /// <summary>Floats of the row of zeros.</summary>
    public int Zeros => _width + 2 * Margin;

    /// <summary>
    /// How a convolution reads its input, or null if it has other kernels, other strides, or rows too short for a vector.
    /// </summary>
    public static DepthwiseSquare? OfInput(in Conv2dGeometry g) =>
        Of((g.Height, g.Width), g, g.Options.StrideHeight, (g.Options.PadTop, g.Options.PadLeft),
            (g.OutputHeight, g.OutputWidth));

    /// <summary>
    /// How the input's gradient reads the output's, with the kernel mirrored, or null as above; with strides or several filters
    /// for each channel it is no such sum.
    /// </summary>
    public static DepthwiseSquare? OfGradient(in Conv2dGeometry g) =>
        g.GroupFilters != 1 || g.Options.StrideHeight != 1 ? null
        : Of((g.OutputHeight, g.OutputWidth), g, 1,
            (g.KernelHeight - 1 - g.Options.PadTop, g.KernelWidth - 1 - g.Options.PadLeft), (g.Height, g.Width));

    /// <summary>Computes the sum at each position of a block.</summary>
    /// <param name="block">The block.</param>
    /// <param name="plane">The plane that is read.</param>
    /// <param name="weights">The kernel.</param>
    /// <param name="bias">Added to every value.</param>
    /// <param name="relu">Whether negatives are cut.</param>
    /// <param name="target">The plane that is written.</param>
    /// <param name="zeros">A row of zeros, <see cref="Zeros"/> floats.</param>
    public void Run(int block, float* plane, float* weights, float bias, bool relu, float* target, float* zeros)
    {
        if (Vector512.IsHardwareAccelerated) Run<Float512>(block, plane, weights, bias, relu, target, zeros);
        else Run<Float256>(block, plane, weights, bias, relu, target, zeros);
    }

    private static DepthwiseSquare? Of(
        (int Height, int Width) plane, in Conv2dGeometry g, int stride, (int Top, int Left) pad, (int Rows, int Columns) grid)
    {
        var o = g.Options;
        var isServed = g.KernelHeight == g.KernelWidth && g.KernelHeight is 3 or 5
            && o.StrideWidth == o.StrideHeight && o.StrideHeight <= 2 && (o.DilationHeight, o.DilationWidth) == (1, 1)
            && grid.Rows >= DepthwiseSquareTile<Float512>.Rows && grid.Columns >= DepthwiseWindow.Vector;
        return isServed ? new DepthwiseSquare(plane, g.KernelHeight, stride, pad, grid) : null;
    }

    [SkipLocalsInit, MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Run<TVector>(int block, float* plane, float* weights, float bias, bool relu, float* target, float* zeros)
        where TVector : struct, IFloatVector<TVector>
    {
        const int tile = DepthwiseSquareTile<TVector>.Rows;
        var rows = stackalloc float*[DepthwiseSquareTile<TVector>.MostRows];
        var reach = (tile - 1) * _stride + _side;
        var end = block == Blocks - 1 ? _rows : (block + 1) * _blockRows;
        for (var row = block * _blockRows; row < end; row += tile)
        {
            // The last rows overlap those before: every value is computed alike wherever it lies in a tile.
            var at = Math.Min(row, end - tile);
            var first = at * _stride - _top;
            var read = plane + (long)first * _width;
            for (var i = 0; i < reach; i++, read += _width) rows[i] = (uint)(first + i) < (uint)_height ? read : zeros + Margin;
            var strip = new DepthwiseStrip
            {
                Rows = rows,
                Width = _width,
                First = -_left,
                Weights = weights,
                Bias = bias,
                Relu = relu,
                Target = target + (long)at * _columns,
                Columns = _columns,
                IsPlane = (_height, first) == (4, -2),
                NextRead = read,
                NextTarget = target + (long)(at + tile) * _columns,
            };
            if (_stride == 1) DepthwiseSquareTile<TVector>.Run(strip, _side);
            else DepthwiseSquareTile<TVector>.RunStrided(strip, _side);
        }
    }
}
