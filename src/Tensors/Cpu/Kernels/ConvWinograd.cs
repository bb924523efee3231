using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Engine.Tensors.Cpu.Kernels;

/// <summary>
/// The forward pass and input gradient of 3 × 3 convolutions with stride and dilation 1, by <see cref="Winograd"/>: 36 products
/// for the 16 outputs of a tile, where the direct sum takes 144. A task transforms a block of tiles of one group, [36, tiles,
/// channels], multiplies each of the 36 matrices by the transformed weights [36, channels, filters], and transforms the products
/// back, some filters at a time; all of this stays in the second-level cache, and the blocks depend on the shape alone. Results
/// are overwritten. A non-finite value reaches every output that depends on it, and may reach others of the same tiles.
/// </summary>
internal sealed unsafe class ConvWinograd
{
    // Floats of the transformed inputs of a block, 512 KiB.
    private const int BlockFloats = 128 * 1024;

    private const int MinTiles = 16;
    private const int MaxTiles = 96;

    // Enough to balance the load.
    private const int Tasks = 16;

    // The products of this many filters are transformed back at a time.
    private const int FilterBlock = 64;

    [ThreadStatic]
    private static AlignedBuffer? s_scratch;

    private readonly WinogradGrid _grid;
    private readonly int _batch, _groups, _channels, _filters, _paddedFilters, _tiles;

    private ConvWinograd(int batch, int groups, int channels, int filters, WinogradGrid grid)
    {
        (_batch, _groups, _channels, _filters, _grid) = (batch, groups, channels, filters, grid);
        _paddedFilters = RoundUp(filters, WinogradTile.Columns);
        var tiles = Math.Max(MinTiles, Math.Min(MaxTiles, BlockFloats / (Winograd.Points * RoundUp(channels, 16))));
        _tiles = RoundUp(Math.Min(tiles, Math.Max(MinTiles, batch * grid.PerImage / Tasks)), WinogradTile.Rows);
    }

    /// <summary>output = bias + weight ∗ input, as <see cref="Conv2d.Forward"/>.</summary>
    public static void Forward(Conv2dGeometry g, float* input, WeightSource weight, float* bias, bool relu, float* output)
    {
        var images = new WinogradImages((nint)input, g.Channels, g.Height, g.Width, g.Options.PadTop, g.Options.PadLeft);
        new ConvWinograd(g.Batch, g.Options.Groups, g.GroupChannels, g.GroupFilters,
            new WinogradGrid(g.OutputHeight, g.OutputWidth))
            .Run(images, weight, (g.GroupChannels * 9, 9, false), bias, relu, output);
    }

    /// <summary>
    /// gradInput from gradOutput, as <see cref="Conv2d.InputGradient"/>: the mirrored kernel over the padded gradient.
    /// </summary>
    public static void InputGradient(Conv2dGeometry g, float* gradOutput, float* weight, float* gradInput)
    {
        var images = new WinogradImages((nint)gradOutput, g.Filters, g.OutputHeight, g.OutputWidth, 2 - g.Options.PadTop,
            2 - g.Options.PadLeft);
        new ConvWinograd(g.Batch, g.Options.Groups, g.GroupFilters, g.GroupChannels, new WinogradGrid(g.Height, g.Width))
            .Run(images, new WeightSource(weight), (9, g.GroupChannels * 9, true), null, false, gradInput);
    }

    private void Run(
        WinogradImages images, WeightSource weight, (int Filter, int Channel, bool Mirrored) layout, float* bias, bool relu,
        float* output)
    {
        var total = _batch * _grid.PerImage;
        if (total == 0 || _filters == 0) return;
        var size = (long)Winograd.Points * _channels * _paddedFilters;
        using var prepared = weight.Prepare(
            new WeightLayout(WeightForm.Winograd, 0, _groups, _filters, _channels, layout.Filter), _groups * size);
        var (points, kernels) = ((nint)prepared.Floats, (nint)weight.Data);
        if (!prepared.IsReady)
        {
            WorkerPool.Run(_groups * _channels, task =>
            {
                var (group, channel) = (task / _channels, task % _channels);
                TransformWeights((float*)kernels + (long)group * _filters * _channels * 9, layout, channel,
                    (float*)points + group * size);
            });
            prepared.Keep();
        }

        var blocks = (total + _tiles - 1) / _tiles;
        WorkerPool.Run(_groups * blocks, task =>
        {
            var (group, first) = (task / blocks, task % blocks * _tiles);
            Block(images, group, first, Math.Min(_tiles, total - first), (float*)points + group * size,
                bias is null ? null : bias + group * _filters, relu, output);
        });
    }

    // One channel's row of the 36 matrices [channels, filters], stored in panels of 32 columns, the last perhaps of 16.
    private void TransformWeights(float* weight, (int Filter, int Channel, bool Mirrored) layout, int channel, float* points)
    {
        var kernels = stackalloc double[9 * Winograd.Lanes];
        for (var filter = 0; filter < _paddedFilters; filter += Winograd.Lanes)
        {
            for (var lane = 0; lane < Winograd.Lanes; lane++)
            {
                var source = weight + (long)(filter + lane) * layout.Filter + (long)channel * layout.Channel;
                for (var i = 0; i < 9; i++)
                    kernels[i * Winograd.Lanes + lane] = filter + lane >= _filters ? 0 : source[layout.Mirrored ? 8 - i : i];
            }

            var panel = filter / 32 * 32;
            var width = WinogradTile.Width(_paddedFilters - panel);
            Winograd.Kernel(kernels, points + (long)panel * _channels + channel * width + filter - panel,
                (nint)_channels * _paddedFilters);
        }
    }

    private void Block(
        WinogradImages images, int group, int first, int count, float* weights, float* bias, bool relu, float* output)
    {
        var rows = RoundUp(count, WinogradTile.Rows);
        var inputs = WinogradPoints.Layout(null, rows, _channels);
        var products = WinogradPoints.Layout(null, rows, Math.Min(FilterBlock, _paddedFilters));
        var scratch = (s_scratch ??= new AlignedBuffer()).Reserve(inputs.Length + products.Length
            + WinogradImages.StripSize(_grid.LongestRun));
        inputs = inputs with { Data = (nint)scratch };
        products = products with { Data = (nint)(scratch + inputs.Length) };
        images.TransformInputs(_grid, first, count, group * _channels, _channels, inputs,
            scratch + inputs.Length + products.Length);
        var biases = stackalloc float[Winograd.Lanes];
        for (var filter = 0; filter < _filters; filter += FilterBlock)
        {
            var filters = Math.Min(FilterBlock, _filters - filter);
            for (var point = 0; point < Winograd.Points; point++)
            {
                var panels = weights + ((long)point * _paddedFilters + filter) * _channels;
                for (int column = 0, width; column < filters; column += width)
                {
                    width = WinogradTile.Width(filters - column);
                    for (var row = 0; row < rows; row += WinogradTile.Rows)
                    {
                        WinogradTile.Run(
                            width, inputs.At(point, row), inputs.Tile, 1, panels + (long)column * _channels, width, _channels,
                            products.At(point, row) + column, products.Tile, false);
                    }
                }
            }

            for (var lane = 0; lane < filters; lane += Winograd.Lanes)
            {
                var real = Math.Min(Winograd.Lanes, filters - lane);
                var start = (long)group * _filters + filter + lane;
                for (var i = 0; i < Winograd.Lanes; i++) biases[i] = bias is null || i >= real ? 0 : bias[filter + lane + i];
                TransformOutputs(products with { Data = products.Data + lane * sizeof(float) }, first, count, start, real,
                    Vector256.Load(biases), relu, output);
            }
        }
    }

    private void TransformOutputs(
        WinogradPoints products, int first, int count, long filter, int filters, Vector256<float> bias, bool relu, float* output)
    {
        var plane = _grid.Rows * _grid.Columns;
        var columns = stackalloc float[Winograd.Step * Winograd.Size * Winograd.Lanes];
        var edge = stackalloc float[Winograd.Lanes * Winograd.Step];
        for (int done = 0, tiles; done < count; done += tiles)
        {
            (var image, var row, var column, tiles) = _grid.Run(first + done, count - done);
            var target = output + ((long)image * _groups * _filters + filter) * plane + (long)row * _grid.Columns + column;
            var rows = Math.Min(Winograd.Step, _grid.Rows - row);
            for (var tile = 0; tile < tiles; tile++, column += Winograd.Step, target += Winograd.Step)
            {
                for (var i = 0; i < Winograd.Size; i++)
                {
                    var (y0, y1, y2, y3) = Winograd.Output(products.At(i, done + tile), Winograd.Size * (nint)products.Point);
                    var to = columns + i * Winograd.Lanes;
                    y0.Store(to);
                    y1.Store(to + Winograd.Size * Winograd.Lanes);
                    y2.Store(to + 2 * Winograd.Size * Winograd.Lanes);
                    y3.Store(to + 3 * Winograd.Size * Winograd.Lanes);
                }

                var across = Math.Min(Winograd.Step, _grid.Columns - column);
                var whole = across == Winograd.Step && filters == Winograd.Lanes;
                for (var i = 0; i < rows; i++)
                {
                    var (y0, y1, y2, y3) = Winograd.Output(columns + i * Winograd.Size * Winograd.Lanes, Winograd.Lanes);
                    (y0, y1, y2, y3) = (Finish(y0, bias, relu), Finish(y1, bias, relu), Finish(y2, bias, relu),
                        Finish(y3, bias, relu));
                    var line = target + (long)i * _grid.Columns;
                    if (whole)
                    {
                        Store(y0, y1, y2, y3, line, plane);
                        continue;
                    }

                    Store(y0, y1, y2, y3, edge, Winograd.Step);
                    for (var f = 0; f < filters; f++)
                    {
                        for (var x = 0; x < across; x++) line[(long)f * plane + x] = edge[f * Winograd.Step + x];
                    }
                }
            }
        }
    }

    // Max would turn NaN into 0; the select keeps it, because NaN < 0 is false.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Finish(Vector256<float> value, Vector256<float> bias, bool relu)
    {
        value += bias;
        return relu ? Vector256.ConditionalSelect(Vector256.LessThan(value, default), default, value) : value;
    }

    // Four positions of eight filters, whose planes are `plane` apart.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(
        Vector256<float> y0, Vector256<float> y1, Vector256<float> y2, Vector256<float> y3, float* target, nint plane)
    {
        if (!Avx.IsSupported)
        {
            for (var f = 0; f < Winograd.Lanes; f++) Vector128.Create(y0[f], y1[f], y2[f], y3[f]).Store(target + f * plane);
            return;
        }

        Vector256<float> low01 = Avx.UnpackLow(y0, y1), low23 = Avx.UnpackLow(y2, y3), high01 = Avx.UnpackHigh(y0, y1),
        high23 = Avx.UnpackHigh(y2, y3);
        Vector256<float> f04 = Avx.Shuffle(low01, low23, 0b01_00_01_00), f15 = Avx.Shuffle(low01, low23, 0b11_10_11_10);
        Vector256<float> f26 = Avx.Shuffle(high01, high23, 0b01_00_01_00), f37 = Avx.Shuffle(high01, high23, 0b11_10_11_10);
        f04.GetLower().Store(target);
        f15.GetLower().Store(target + plane);
        f26.GetLower().Store(target + 2 * plane);
        f37.GetLower().Store(target + 3 * plane);
        f04.GetUpper().Store(target + 4 * plane);
        f15.GetUpper().Store(target + 5 * plane);
        f26.GetUpper().Store(target + 6 * plane);
        f37.GetUpper().Store(target + 7 * plane);
    }

    private static int RoundUp(int count, int multiple) => (count + multiple - 1) / multiple * multiple;
}
