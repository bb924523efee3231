using System.Runtime.Intrinsics;

namespace Engine.Tensors.Cpu.Kernels;

/// <summary>The taps of one sum of a depthwise convolution, and the place of each among the group's weights.</summary>
internal sealed record DepthwiseTaps(ConvTap[] Taps, int[] Kernel);

/// <summary>
/// How a depthwise convolution, or its input gradient, reads the planes of one group: a <see cref="ConvWindow"/> that stays in
/// the second-level cache, and one or more sums over its taps at every position, one for each phase of the input gradient.
/// </summary>
internal sealed unsafe class DepthwiseWindow
{
    // 160 KiB: a plane of 64 × 500 numbers whole, and a part of the second-level cache.
    private const int WindowFloats = 40 * 1024;

    private readonly ConvWindow _window;
    private readonly Part[] _parts;

    /// <summary>Lays out the windows; see <see cref="ConvWindow"/>.</summary>
    /// <param name="image">Planes, rows and columns of one group of one image.</param>
    /// <param name="stride">Image rows and columns between neighbouring grid positions.</param>
    /// <param name="pad">Zeros above and left of the image.</param>
    /// <param name="sums">The sums; at least one has taps.</param>
    /// <param name="grid">Rows and columns of positions.</param>
    public DepthwiseWindow(
        (int Planes, int Height, int Width) image, (int Height, int Width) stride, (int Top, int Left) pad, DepthwiseTaps[] sums,
        (int Rows, int Columns) grid)
    {
        _window = new ConvWindow(image, stride, pad, [.. sums.SelectMany(s => s.Taps)], grid, WindowFloats);
        var first = 0;
        _parts = Array.ConvertAll(sums, sum =>
        {
            var end = first + sum.Taps.Length;
            var seen = Enumerable.Range(0, _window.Taps.Length).Where(i => _window.Taps[i] >= first && _window.Taps[i] < end)
                .OrderBy(i => _window.Offsets[i]).ToArray();
            var kernel = Array.ConvertAll(seen, i => sum.Kernel[_window.Taps[i] - first]);
            first = end;
            return new Part(Array.ConvertAll(seen, i => _window.Offsets[i]), kernel, _window);
        });
    }

    /// <summary>Floats of the vectors that tiles use.</summary>
    public static int Vector => Vector512.IsHardwareAccelerated ? Float512.Count : Float256.Count;

    /// <summary>Blocks of the grid.</summary>
    public int Blocks => _window.Blocks;

    /// <summary>Rows of a block, and values between two of its rows in the window.</summary>
    public (int Rows, int Pitch) Lines => (_window.BlockRows, _window.Pitch);

    /// <summary>Floats that a task needs: a window, weights, and the sums of rows too short for a vector.</summary>
    public long ScratchSize => WindowSize + _parts.Max(p => p.Kernel.Length) + LineSize(_window.BlockRows);

    /// <summary>About how many cycles a block takes.</summary>
    public long Cost => (long)_window.BlockRows * _window.BlockColumns * _parts.Sum(p => p.Kernel.Length) / 8 + _window.Size / 4;

    // Whole cache lines.
    private long WindowSize => (_window.Size + 15) / 16 * 16;

    /// <summary>The place among the group's weights of each tap of a sum.</summary>
    public int[] Kernel(int part) => _parts[part].Kernel;

    /// <summary>The part of the grid that a block covers.</summary>
    public (int Row, int Rows, int Column, int Columns) Block(int block) => _window.Block(block);

    /// <summary>Copies what a block reads; with isPadded the scratch memory holds the same block of other planes.</summary>
    public void Pack(float* planes, int block, float* scratch, bool isPadded) => _window.Pack(planes, block, scratch, isPadded);

    /// <summary>Computes a sum at each position of the packed block.</summary>
    /// <param name="part">The sum.</param>
    /// <param name="block">The block.</param>
    /// <param name="scratch">The scratch memory with the window.</param>
    /// <param name="weight">The group's weights.</param>
    /// <param name="bias">Added to every value.</param>
    /// <param name="relu">Whether negatives are cut.</param>
    /// <param name="target">The block's first value.</param>
    /// <param name="pitch">Values between its rows.</param>
    public void Run(int part, int block, float* scratch, float* weight, float bias, bool relu, float* target, int pitch)
    {
        if (Vector512.IsHardwareAccelerated) Run<Float512>(_parts[part], block, scratch, weight, bias, relu, target, pitch);
        else Run<Float256>(_parts[part], block, scratch, weight, bias, relu, target, pitch);
    }

    /// <summary>
    /// Adds the products of the packed block's positions with their gradients; see <see cref="DepthwiseWeightTile{TVector}"/>.
    /// </summary>
    /// <param name="block">The block.</param>
    /// <param name="scratch">The scratch memory with the window.</param>
    /// <param name="plane">The gradients, a plane of the grid's size.</param>
    /// <param name="sums">A vector for each tap of the first sum, and one for the sum of the gradients.</param>
    public void AddProducts(int block, float* scratch, float* plane, float* sums)
    {
        if (Vector512.IsHardwareAccelerated) AddProducts<Float512>(block, scratch, plane, sums);
        else AddProducts<Float256>(block, scratch, plane, sums);
    }

    private void Run<TVector>(
        Part part, int block, float* scratch, float* weight, float bias, bool relu, float* target, int pitch)
        where TVector : struct, IFloatVector<TVector>
    {
        var (_, rows, _, columns) = Block(block);
        var weights = weight;
        var line = scratch + WindowSize;
        if (!part.IsInOrder)
        {
            weights = line;
            line += part.Kernel.Length;
            for (var i = 0; i < part.Kernel.Length; i++) weights[i] = weight[part.Kernel[i]];
        }

        fixed (int* offsets = part.Offsets)
        {
            var whole = new DepthwiseBlock(rows, columns, _window.Pitch, pitch, bias, relu);
            if (columns < TVector.Count)
            {
                // Rows shorter than a vector are computed as one long row, with what is between them.
                whole = new DepthwiseBlock(1, LineLength<TVector>(rows, columns), 0, 0, bias, relu);
                DepthwiseTile<TVector>.Run(whole, scratch, line, weights, offsets, part.Kernel.Length);
                for (var i = 0; i < rows; i++)
                    new Span<float>(line + i * _window.Pitch, columns).CopyTo(new Span<float>(target + (long)i * pitch, columns));
            }
            else
            {
                DepthwiseTile<TVector>.Run(whole, scratch, target, weights, offsets, part.Kernel.Length);
            }
        }
    }

    private void AddProducts<TVector>(int block, float* scratch, float* plane, float* sums)
        where TVector : struct, IFloatVector<TVector>
    {
        var (row, rows, column, columns) = Block(block);
        var (part, width) = (_parts[0], _window.Grid.Columns);
        var gradients = plane + (long)row * width + column;
        var whole = new DepthwiseBlock(rows, columns, _window.Pitch, width, 0, false);
        if (columns < TVector.Count)
        {
            // Rows shorter than a vector follow each other at the window's pitch, with zeros between them.
            var line = scratch + WindowSize;
            var length = LineLength<TVector>(rows, columns);
            new Span<float>(line, length).Clear();
            for (var i = 0; i < rows; i++)
                new Span<float>(gradients + (long)i * width, columns).CopyTo(new Span<float>(line + i * _window.Pitch, columns));
            gradients = line;
            whole = new DepthwiseBlock(1, length, _window.Pitch, 0, 0, false);
        }

        fixed (int* offsets = part.Offsets)
            DepthwiseWeightTile<TVector>.Run(whole, scratch, gradients, offsets, part.Kernel.Length, part.Side, sums);
    }

    private int LineLength<TVector>(int rows, int columns)
        where TVector : struct, IFloatVector<TVector> =>
        ((rows - 1) * _window.Pitch + columns + TVector.Count - 1) / TVector.Count * TVector.Count;

    private long LineSize(int rows) => (long)rows * _window.Pitch + Vector;

    // A sum's taps in the order of their offsets.
    private sealed class Part(int[] offsets, int[] kernel, ConvWindow window)
    {
        public int[] Offsets { get; } = offsets;

        public int[] Kernel { get; } = kernel;

        public bool IsInOrder { get; } = kernel.AsSpan().SequenceEqual([.. Enumerable.Range(0, kernel.Length)]);

        // 3 or 5 if the taps are a square of that side, side by side; else 0.
        public int Side { get; } = Array.Find([3, 5], side =>
            offsets.AsSpan().SequenceEqual(
                [.. Enumerable.Range(0, side * side).Select(i => i / side * window.Pitch + i % side)]));
    }
}
