using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Engine.Tensors.Cpu.Kernels;

/// <summary>
/// One step of a convolution's sum: a channel and a position in the zero-padded image, relative to the output's.
/// </summary>
internal readonly record struct ConvTap(int Channel, int Row, int Column);

/// <summary>Places First … End - 1 of a window's row hold the image's row from Column on.</summary>
internal readonly record struct ConvSpan(int Column, int First, int End);

/// <summary>
/// How a convolution reads its image without a column matrix. A block of output positions needs a window of the image; the window
/// is copied once, with its padding and, for strides above 1, split into the phases row mod stride and column mod stride. Within
/// a phase, neighbouring outputs read neighbouring values, so each tap is a constant offset from the output position: position q
/// = row · Pitch + column reads <c>window[Offsets[tap] + q]</c>. Positions between the grid's columns and the pitch are dropped;
/// tiles with no other positions are not computed. Taps that see only padding are left out, so a kernel far wider than its image
/// costs no more than one that just spans it.
/// </summary>
internal sealed unsafe class ConvWindow
{
    // 384 KiB, so that a window, its outputs and the weights fit in the second-level cache together.
    private const int WindowFloats = 96 * 1024;

    // Half of a second-level cache of a megabyte. Larger images are copied block by block, for filters after filters to read.
    private const int InPlaceFloats = 128 * 1024;

    // The widest load of a tile that starts at the last position.
    private const int Slack = 64;

    private readonly int _channels, _height, _width, _strideHeight, _strideWidth, _padTop, _padLeft;
    private readonly (int Row, int Column)[] _phases;

    // What the first column of blocks holds of an image's row, for each phase.
    private readonly ConvSpan[] _spans;
    private readonly int _planeRows, _across;

    /// <summary>Lays out the windows.</summary>
    /// <param name="image">Channels, rows and columns of one group of one image.</param>
    /// <param name="stride">Image rows and columns between neighbouring grid positions.</param>
    /// <param name="pad">Zeros above and left of the image.</param>
    /// <param name="taps">The steps of the sum; rows and columns are not negative.</param>
    /// <param name="grid">Rows and columns of output positions.</param>
    /// <param name="floats">About how many floats a window has if the grid has more.</param>
    /// <param name="parts">Blocks that the grid should have, if it is large enough, to divide the work.</param>
    /// <param name="rowUnit">What a block's rows are a multiple of, as the grid's are.</param>
    /// <param name="most">About how many positions a block has at most.</param>
    public ConvWindow(
        (int Channels, int Height, int Width) image, (int Height, int Width) stride, (int Top, int Left) pad, ConvTap[] taps,
        (int Rows, int Columns) grid, int floats = WindowFloats, int parts = 1, int rowUnit = 1, int most = int.MaxValue)
    {
        (_channels, _height, _width) = image;
        (_strideHeight, _strideWidth) = stride;
        Grid = grid;
        Taps = Seeing(taps, image.Height, image.Width, stride, pad, grid);

        // Windows begin at the first tap, moved by whole strides so that the phases stay the same.
        var top = Taps.Min(t => taps[t].Row) / stride.Height * stride.Height;
        var left = Taps.Min(t => taps[t].Column) / stride.Width * stride.Width;
        taps = Array.ConvertAll(Taps, t => taps[t] with { Row = taps[t].Row - top, Column = taps[t].Column - left });
        (_padTop, _padLeft) = (pad.Top - top, pad.Left - left);
        _phases = [.. taps.Select(t => (t.Row % stride.Height, t.Column % stride.Width)).Distinct()];
        var reachRows = taps.Max(t => t.Row / stride.Height);
        var reachColumns = taps.Max(t => t.Column / stride.Width);
        var planes = Math.Max(1, _channels * _phases.Length);
        BlockColumns = grid.Columns;
        if (grid.Rows == 1)
        {
            BlockColumns = Math.Min(
                Share(grid.Columns, parts), Math.Max(512, Math.Min(most, floats / planes - reachColumns) / 32 * 32));
        }

        Pitch = BlockColumns + reachColumns;
        BlockRows = Math.Clamp(floats / planes / Pitch - reachRows, Math.Min(4, grid.Rows), grid.Rows);

        // Rows that two blocks read are copied twice: blocks as high as the overlap are the lowest that pay.
        if (grid.Rows > 1)
        {
            BlockRows = Math.Min(BlockRows, Math.Max(Count(grid.Rows, parts), Math.Min(grid.Rows, 2 + reachRows)));
            var rows = Count(Math.Min(BlockRows, Math.Max(1, most / Pitch)), rowUnit) * rowUnit;
            BlockRows = Math.Min(grid.Rows, rows);
        }

        _across = Count(grid.Columns, BlockColumns);
        Blocks = Count(grid.Rows, BlockRows) * _across;
        _planeRows = BlockRows + reachRows;

        // An odd number of cache lines between planes, so that the same position of many channels does not map to one set.
        var lines = (_planeRows * Pitch + 15) / 16;
        PlaneStride = 16 * (lines | 1);
        Size = (long)planes * PlaneStride + Slack;
        _spans = Array.ConvertAll(_phases, phase => Span(phase.Column, 0));
        Offsets = Array.ConvertAll(taps, t => Plane(t) * PlaneStride + t.Row / stride.Height * Pitch + t.Column / stride.Width);
    }

    /// <summary>Rows and columns of output positions.</summary>
    public (int Rows, int Columns) Grid { get; }

    /// <summary>Rows of a block.</summary>
    public int BlockRows { get; }

    /// <summary>Columns of a block.</summary>
    public int BlockColumns { get; }

    /// <summary>Blocks of the grid.</summary>
    public int Blocks { get; }

    /// <summary>Values between a position and the one below it.</summary>
    public int Pitch { get; }

    /// <summary>Values between two planes.</summary>
    public int PlaneStride { get; }

    /// <summary>Floats of a window.</summary>
    public long Size { get; }

    /// <summary>The indices, among the taps given, of those that are summed, in order.</summary>
    public int[] Taps { get; }

    /// <summary>Where each of <see cref="Taps"/> reads, relative to the position.</summary>
    public int[] Offsets { get; }

    /// <summary>
    /// Where each of <see cref="Taps"/> reads in the image itself, relative to the position's place there, if the image is small
    /// and laid out as its window would be: no padding, neighbouring outputs from neighbouring values. Else null.
    /// </summary>
    public int[]? OffsetsInPlace()
    {
        var isWindow = (_strideHeight, _strideWidth, _padTop, _padLeft) == (1, 1, 0, 0)
            && (_height == 1 || Pitch == _width) && (Grid.Rows - 1) * Pitch + Grid.Columns <= (long)_height * _width;
        if (!isWindow || (long)_channels * _height * _width > InPlaceFloats) return null;
        return Array.ConvertAll(Offsets, offset => offset / PlaneStride * _height * _width + offset % PlaneStride);
    }

    /// <summary>The place of a block's first position in an image that is read in place.</summary>
    public long OriginInPlace(int block)
    {
        var (row, _, column, _) = Block(block);
        return (long)row * _width + column;
    }

    /// <summary>The part of the grid that a block covers.</summary>
    public (int Row, int Rows, int Column, int Columns) Block(int block)
    {
        // Small planes have one, and are so many that divisions tell.
        if (Blocks == 1) return (0, Grid.Rows, 0, Grid.Columns);
        var (row, column) = (block / _across * BlockRows, block % _across * BlockColumns);
        return (row, Math.Min(BlockRows, Grid.Rows - row), column, Math.Min(BlockColumns, Grid.Columns - column));
    }

    /// <summary>Copies what a block reads.</summary>
    public void Pack(float* image, int block, float* window) => Pack(image, block, window, isPadded: false);

    /// <summary>
    /// Copies what a block reads; with <paramref name="isPadded"/> the window holds the same block of another image, so that the
    /// zeros around it are already there.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Pack(float* image, int block, float* window, bool isPadded)
    {
        var (firstRow, _, firstColumn, _) = Block(block);
        for (var channel = 0; channel < _channels; channel++)
        {
            // Rows outermost, so that the image is read from front to back.
            for (var row = 0; row < _planeRows; row++)
            {
                var line = window + row * Pitch;
                for (var phase = 0; phase < _phases.Length; phase++, line += PlaneStride)
                {
                    var y = (firstRow + row) * _strideHeight + _phases[phase].Row - _padTop;
                    if ((uint)y < (uint)_height)
                    {
                        var span = firstColumn == 0 ? _spans[phase] : Span(_phases[phase].Column, firstColumn);
                        PackRow(image + (long)y * _width, span, line, isPadded);
                    }
                    else if (!isPadded)
                    {
                        new Span<float>(line, Pitch).Clear();
                    }
                }
            }

            // Tiles load past the last position, and what they load there is multiplied by zero, so it must be finite.
            for (var phase = 0; phase < _phases.Length; phase++, window += PlaneStride)
            {
                if (!isPadded) new Span<float>(window + _planeRows * Pitch, PlaneStride - _planeRows * Pitch).Clear();
            }

            image += (long)_height * _width;
        }

        if (!isPadded) new Span<float>(window, Slack).Clear();
    }

    // What a window's row of a phase holds of the image's, if the window begins at a column of the grid.
    private ConvSpan Span(int phaseColumn, int firstColumn)
    {
        var from = firstColumn * _strideWidth + phaseColumn - _padLeft;
        var before = from >= 0 ? 0 : Math.Min(Pitch, (-from + _strideWidth - 1) / _strideWidth);
        var end = Math.Clamp((_width - from + _strideWidth - 1) / _strideWidth, before, Pitch);
        return new ConvSpan(from + before * _strideWidth, before, end);
    }

    // A window's row: the image's values, every stride-th, with zeros on both sides.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void PackRow(float* row, ConvSpan span, float* target, bool isPadded)
    {
        Gather(row + span.Column, target + span.First, span.End - span.First);
        if (isPadded) return;
        Clear(target, span.First);
        Clear(target + span.End, Pitch - span.End);
    }

    // A row's padding is mostly a value or two: not worth a call.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Clear(float* target, int count)
    {
        if (count > 8) new Span<float>(target, count).Clear();
        else for (var i = 0; i < count; i++) target[i] = 0;
    }

    // Every stride-th value. The last vector overlaps the one before it and reads no further than the last value.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Gather(float* source, float* target, int count)
    {
        const int Lanes = 16;
        var done = 0;
        if (count >= Lanes && _strideWidth == 1)
        {
            for (; done < count; done += Lanes)
            {
                var i = Math.Min(done, count - Lanes);
                Vector512.Load(source + i).Store(target + i);
            }
        }
        else if (count >= Lanes && _strideWidth == 2)
        {
            for (; done < count; done += Lanes)
            {
                var i = Math.Min(done, count - Lanes);
                PoolRows.EvenAndOdd(Vector512.Load(source + 2 * i), Vector512.Load(source + 2 * i + Lanes - 1)).Store(target + i);
            }
        }

        for (; done < count; done++) target[done] = source[done * _strideWidth];
    }

    // The taps that see the image from some position, or the first tap if none does.
    private static int[] Seeing(
        ConvTap[] taps, int height, int width, (int Height, int Width) stride, (int Top, int Left) pad,
        (int Rows, int Columns) grid)
    {
        var seeing = Enumerable.Range(0, taps.Length).Where(t =>
            Sees(taps[t].Row - (long)pad.Top, stride.Height, grid.Rows, height)
            && Sees(taps[t].Column - (long)pad.Left, stride.Width, grid.Columns, width)).ToArray();
        return seeing.Length > 0 ? seeing : [0];
    }

    // Whether first + i · step lies in [0, size) for some i < count.
    private static bool Sees(long first, long step, int count, int size)
    {
        var i = first >= 0 ? 0 : (-first + step - 1) / step;
        return i < count && first + i * step < size;
    }

    private int Plane(ConvTap tap) =>
        tap.Channel * _phases.Length + Array.IndexOf(_phases, (tap.Row % _strideHeight, tap.Column % _strideWidth));

    private static int Count(int size, int block) => (size + block - 1) / block;

    // Columns of one of several equal parts, in whole tiles.
    private static int Share(int columns, int parts) => Math.Min(columns, Count(Count(columns, parts), 32) * 32);
}
