using System.Runtime.Intrinsics;

namespace Engine.Tensors.Cpu.Kernels;

/// <summary>
/// The gradients of a 3 × 3 weight and its bias by <see cref="Winograd"/>, stride and dilation 1: 4 × 4 gradients slide over 6 ×
/// 6 inputs, the same tiles as in the forward pass, and the products of their transforms are summed over all tiles before the
/// only inverse transform. Tiles are cut into chunks whose number depends on the shape alone; each is summed by one task, and the
/// chunks are added in order. Results are overwritten; non-finite values spread as in <see cref="ConvWinograd"/>, here to other
/// taps of the same filter and channel.
/// </summary>
internal static unsafe class ConvWinogradWeight
{
    private const int MaxChunks = 16;

    // Transforms and sums of all chunks take at most 128 MiB.
    private const int PartialFloats = 32 * 1024 * 1024;

    // A block's transforms stay in the second-level cache, or stream through it; shorter blocks would read the sums more often.
    private const int BlockFloats = 256 * 1024;

    private const int MinTiles = 32;
    private const int MaxTiles = 128;

    // Columns of the widest tile of the product.
    private const int MaxColumns = 2 * WinogradTile.Columns;

    [ThreadStatic]
    private static AlignedBuffer? s_scratch;

    /// <summary>Computes gradWeight and, unless null, gradBias, as <see cref="ConvWeightGradient.Run"/>.</summary>
    public static void Run(Conv2dGeometry g, float* input, float* gradOutput, float* gradWeight, float* gradBias)
    {
        var grid = new WinogradGrid(g.OutputHeight, g.OutputWidth);
        var (filters, channels) = (RoundUp(g.GroupFilters, WinogradTile.Rows), RoundUp(g.GroupChannels, WinogradTile.Columns));
        var (groups, runs) = (g.Options.Groups, g.Batch * grid.PerImage / grid.Run);
        var size = (long)filters * (Winograd.Points * channels + Winograd.Lanes);
        var block = Math.Clamp(BlockFloats / (Winograd.Points * (filters + channels)), MinTiles, MaxTiles) / MinTiles * MinTiles;
        var chunks = (int)Math.Clamp(PartialFloats / (size * groups), 1, Math.Clamp(runs * grid.Run / MinTiles, 1, MaxChunks));
        var images = new WinogradImages((nint)input, g.Channels, g.Height, g.Width, g.Options.PadTop, g.Options.PadLeft);
        var gradients = new WinogradImages((nint)gradOutput, g.Filters, g.OutputHeight, g.OutputWidth, 0, 0);
        using var memory = new Scratch(chunks * groups * size);
        var partials = memory.Floats;
        WorkerPool.Run(chunks * groups, task =>
        {
            var (chunk, group) = (task / groups, task % groups);
            var sums = partials + task * size;
            new Span<float>(sums, (int)size).Clear();
            var end = (int)((long)(chunk + 1) * runs / chunks) * grid.Run;
            for (int first = (int)((long)chunk * runs / chunks) * grid.Run, count; first < end; first += count)
            {
                count = Math.Min(block, end - first);
                Accumulate(grid, images, gradients, group, g.GroupChannels, g.GroupFilters, first, count, sums);
            }
        });
        WorkerPool.Run(groups * filters / WinogradTile.Rows, task =>
        {
            var (group, filter) = (task / (filters / WinogradTile.Rows),
                task % (filters / WinogradTile.Rows) * WinogradTile.Rows);
            for (var f = filter; f < Math.Min(filter + WinogradTile.Rows, g.GroupFilters); f++)
            {
                var at = group * g.GroupFilters + f;
                Finish(partials + group * size, groups * size, chunks, filters, f, channels, g.GroupChannels,
                    gradWeight + (long)at * g.GroupChannels * 9);
                if (gradBias is null) continue;
                var sum = Vector512<float>.Zero;
                for (var chunk = 0; chunk < chunks; chunk++)
                {
                    sum += Vector512.Load(partials + (chunk * groups + group) * size
                        + ((long)Winograd.Points * channels * filters + f * Winograd.Lanes));
                }

                gradBias[at] = Vector512.Sum(sum);
            }
        });
    }

    // sums[36, filters, channels], then sums[filters, 16] for the bias.
    private static void Accumulate(
        WinogradGrid grid, WinogradImages images, WinogradImages gradients, int group, int channels, int filters, int first,
        int count, float* sums)
    {
        var (rows, columns) = (RoundUp(filters, WinogradTile.Rows), RoundUp(channels, WinogradTile.Columns));
        var vectors = (count + Winograd.Lanes - 1) / Winograd.Lanes;
        var inputs = new WinogradPoints(0, columns);
        var factors = new WinogradPoints(0, rows);
        var scratch = (s_scratch ??= new AlignedBuffer()).Reserve(inputs.Length(vectors) + factors.Length(vectors)
            + WinogradImages.ScratchSize + vectors * Winograd.Lanes * MaxColumns);
        inputs = inputs with { Data = (nint)scratch };
        factors = factors with { Data = (nint)(scratch + inputs.Length(vectors)) };
        var work = scratch + inputs.Length(vectors) + factors.Length(vectors);
        var turned = work + WinogradImages.ScratchSize;
        images.TransformInputs(grid, first, count, group * channels, channels, inputs, work);
        gradients.TransformGradients(grid, first, count, group * filters, filters, factors, work,
            sums + (long)Winograd.Points * rows * columns);
        for (var vector = 0; vector < vectors; vector++)
        {
            // Rows and columns beyond the last are multiplied, too.
            new Span<float>(inputs.At(vector, channels), (columns - channels) * WinogradPoints.Channel).Clear();
            new Span<float>(factors.At(vector, filters), (rows - filters) * WinogradPoints.Channel).Clear();
        }

        for (var point = 0; point < Winograd.Points; point++)
        {
            for (int column = 0, width; column < columns; column += width)
            {
                width = Math.Min(MaxColumns, columns - column);
                Turn(inputs, column, point, vectors, width, turned);
                for (var row = 0; row < rows; row += WinogradTile.Rows)
                {
                    var from = factors.At(0, row) + point * WinogradPoints.Point;
                    var a = new WinogradTile.Left(from, WinogradPoints.Channel, 1, factors.Vector - Winograd.Lanes);
                    WinogradTile.Run(width / Winograd.Lanes, a, new(turned, Winograd.Lanes, width), vectors, Winograd.Lanes,
                        new(sums + ((long)point * rows + row) * columns + column, Winograd.Lanes, columns), true);
                }
            }
        }
    }

    // The product sums over tiles, so that vectors of channels are needed: [width, tiles] to [tiles, width].
    private static void Turn(WinogradPoints inputs, int channel, int point, int vectors, int width, float* target)
    {
        for (var vector = 0; vector < vectors; vector++, target += Winograd.Lanes * width)
        {
            for (var c = 0; c < width; c += Winograd.Lanes)
            {
                WinogradLanes.TransposeTiles(
                    inputs.At(vector, channel + c) + point * WinogradPoints.Point, WinogradPoints.Channel, target + c, width);
            }
        }
    }

    // Adds the chunks of one filter and transforms them back, sixteen channels at a time.
    private static void Finish(
        float* partials, long chunkSize, int chunks, int filters, int filter, int paddedChannels, int channels, float* gradWeight)
    {
        var points = stackalloc float[Winograd.Points * Winograd.Lanes];
        var taps = stackalloc float[9 * Winograd.Lanes];
        for (var channel = 0; channel < channels; channel += Winograd.Lanes)
        {
            for (var point = 0; point < Winograd.Points; point++)
            {
                var from = partials + ((long)point * filters + filter) * paddedChannels + channel;
                var sum = Vector512.Load(from);
                for (var chunk = 1; chunk < chunks; chunk++) sum += Vector512.Load(from + chunk * chunkSize);
                sum.Store(points + point * Winograd.Lanes);
            }

            for (var i = 0; i < Winograd.Size; i++)
            {
                var column = points + i * Winograd.Lanes;
                Winograd.WeightGradient(column, Winograd.Size * Winograd.Lanes, column, Winograd.Size * Winograd.Lanes);
            }

            for (var i = 0; i < 3; i++)
                Winograd.WeightGradient(points + i * Winograd.Size * Winograd.Lanes, Winograd.Lanes,
                    taps + 3 * i * Winograd.Lanes, Winograd.Lanes);
            for (var c = 0; c < Math.Min(Winograd.Lanes, channels - channel); c++)
            {
                for (var tap = 0; tap < 9; tap++) gradWeight[(long)(channel + c) * 9 + tap] = taps[tap * Winograd.Lanes + c];
            }
        }
    }

    private static int RoundUp(int count, int multiple) => (count + multiple - 1) / multiple * multiple;
}
