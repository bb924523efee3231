namespace Engine.Tensors.Cpu.Kernels;

/// <summary>
/// The forward pass and input gradient of 3 × 3 convolutions with stride and dilation 1, by <see cref="Winograd"/>: 36 products
/// for the 16 outputs of a tile, where the direct sum takes 144. A task transforms a block of tiles of one group, [36, channels,
/// tiles], multiplies each of the 36 matrices by the transformed weights [36, filters, channels], and transforms the products
/// back, some filters at a time; all of this stays in the second-level cache, and the blocks depend on the shape alone. Results
/// are overwritten. A non-finite value reaches every output that depends on it, and may reach others of the same tiles.
/// </summary>
internal sealed unsafe class ConvWinograd
{
    // Floats of the transformed inputs of a block, 512 KiB.
    private const int BlockFloats = 128 * 1024;

    // Two vectors, as wide as a tile of the product.
    private const int MinTiles = 2 * Winograd.Lanes;
    private const int MaxTiles = 96;

    // Enough to balance the load.
    private const int Tasks = 16;

    // Filters of a part, and parts, where one block is all.
    private const int PartFilters = 32, MaxParts = 4;

    // The products of this many filters are transformed back at a time.
    private const int FilterBlock = 64;

    [ThreadStatic]
    private static AlignedBuffer? s_scratch;

    private readonly WinogradGrid _grid;
    private readonly int _batch, _groups, _channels, _filters, _paddedFilters, _tiles;

    private ConvWinograd(int batch, int groups, int channels, int filters, WinogradGrid grid)
    {
        (_batch, _groups, _channels, _filters, _grid) = (batch, groups, channels, filters, grid);
        _paddedFilters = RoundUp(filters, WinogradTile.Rows);
        var tiles = Math.Clamp(BlockFloats / Winograd.Points / Math.Max(1, channels), MinTiles, MaxTiles) / MinTiles * MinTiles;
        _tiles = Math.Min(tiles, RoundUp(Math.Max(1, batch * grid.PerImage / Tasks), Winograd.Lanes));
    }

    /// <summary>Whether a pooling can be done with the transform back: its windows lie in single tiles.</summary>
    public static bool Serves(ConvPool pool) => pool.Height is 1 or 2 or 4 && pool.Width is 1 or 2 or 4;

    /// <summary>output = bias + weight ∗ input and the maxima of windows of it, as <see cref="Conv2d.Forward"/>.</summary>
    public static void Forward(
        Conv2dGeometry g, ConvPool pool, float* input, WeightSource weight, float* bias, bool relu, float* output)
    {
        var images = new WinogradImages((nint)input, g.Channels, g.Height, g.Width, g.Options.PadTop, g.Options.PadLeft);
        new ConvWinograd(g.Batch, g.Options.Groups, g.GroupChannels, g.GroupFilters,
            new WinogradGrid(g.OutputHeight, g.OutputWidth))
            .Run(images, weight, (g.GroupChannels * 9, 9, false), pool, bias, relu, output);
    }

    /// <summary>
    /// gradInput from gradOutput, as <see cref="Conv2d.InputGradient"/>: the mirrored kernel over the padded gradient.
    /// </summary>
    public static void InputGradient(Conv2dGeometry g, float* gradOutput, float* weight, float* gradInput)
    {
        var images = new WinogradImages((nint)gradOutput, g.Filters, g.OutputHeight, g.OutputWidth, 2 - g.Options.PadTop,
            2 - g.Options.PadLeft);
        new ConvWinograd(g.Batch, g.Options.Groups, g.GroupFilters, g.GroupChannels, new WinogradGrid(g.Height, g.Width))
            .Run(images, new WeightSource(weight), (9, g.GroupChannels * 9, true), ConvPool.None, null, false, gradInput);
    }

    private void Run(
        WinogradImages images, WeightSource weight, (int Filter, int Channel, bool Mirrored) layout, ConvPool pool, float* bias,
        bool relu, float* output)
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

        // A block alone has its filters divided: each part transforms the inputs, which is little beside so many products.
        var parts = _groups * blocks == 1 ? Math.Clamp(_filters / PartFilters, 1, MaxParts) : 1;
        WorkerPool.Run(_groups * blocks * parts, task =>
        {
            (task, var part) = (task / parts, task % parts);
            var (group, first) = (task / blocks, task % blocks * _tiles);
            var filters = new Range(Part(part, parts), Part(part + 1, parts));
            Block(images, group, first, Math.Min(_tiles, total - first), filters, (float*)points + group * size,
                pool, bias is null ? null : bias + group * _filters, relu, output);
        });
    }

    // The first filter of a part, in whole tiles.
    private int Part(int part, int parts) =>
        part == parts ? _filters : part * (_paddedFilters / WinogradTile.Rows) / parts * WinogradTile.Rows;

    // One channel's column of the 36 matrices [filters, channels], stored in panels of eight filters.
    private void TransformWeights(float* weight, (int Filter, int Channel, bool Mirrored) layout, int channel, float* points)
    {
        var kernels = stackalloc double[9 * Winograd.KernelLanes];
        for (var filter = 0; filter < _paddedFilters; filter += Winograd.KernelLanes)
        {
            for (var lane = 0; lane < Winograd.KernelLanes; lane++)
            {
                var source = weight + (long)(filter + lane) * layout.Filter + (long)channel * layout.Channel;
                for (var i = 0; i < 9; i++)
                {
                    kernels[i * Winograd.KernelLanes + lane] =
                        filter + lane >= _filters ? 0 : source[layout.Mirrored ? 8 - i : i];
                }
            }

            Winograd.Kernel(kernels, points + (long)filter * _channels + channel * WinogradTile.Rows,
                (nint)_channels * _paddedFilters);
        }
    }

    private void Block(
        WinogradImages images, int group, int first, int count, Range part, float* weights, ConvPool pool, float* bias, bool relu,
        float* output)
    {
        var vectors = (count + Winograd.Lanes - 1) / Winograd.Lanes;
        var inputs = new WinogradPoints(0, _channels);
        var products = new WinogradPoints(0, Math.Min(FilterBlock, _paddedFilters));
        var scratch = (s_scratch ??= new AlignedBuffer()).Reserve(
            inputs.Length(vectors) + products.Length(vectors) + WinogradImages.ScratchSize);
        inputs = inputs with { Data = (nint)scratch };
        products = products with { Data = (nint)(scratch + inputs.Length(vectors)) };
        var work = scratch + inputs.Length(vectors) + products.Length(vectors);
        images.TransformInputs(_grid, first, count, group * _channels, _channels, inputs, work);
        var places = stackalloc WinogradOutputs.Place[vectors * Winograd.Lanes / _grid.Run];
        var outputs = new WinogradOutputs(_grid, (nint)output, _groups * _filters, pool);
        outputs.Find(first, count, places);
        for (var filter = part.Start.Value; filter < part.End.Value; filter += FilterBlock)
        {
            var filters = Math.Min(FilterBlock, part.End.Value - filter);
            Multiply(weights + (long)filter * _channels, RoundUp(filters, WinogradTile.Rows), inputs, products, vectors);
            for (var f = 0; f < filters; f++)
            {
                outputs.Transform(products, f, places, count, group * _filters + filter + f, bias is null ? 0 : bias[filter + f],
                    relu, work);
            }
        }
    }

    // products[vectors, filters, 36] = weights[36, filters, channels] · inputs[vectors, channels, 36].
    private void Multiply(float* weights, int filters, WinogradPoints inputs, WinogradPoints products, int vectors)
    {
        for (int vector = 0, wide; vector < vectors; vector += wide)
        {
            wide = Math.Min(2, vectors - vector);
            for (var point = 0; point < Winograd.Points; point++)
            {
                var panels = weights + (long)point * _paddedFilters * _channels;
                var b = inputs.At(vector, 0) + point * WinogradPoints.Point;
                for (var row = 0; row < filters; row += WinogradTile.Rows)
                {
                    var c = products.At(vector, row) + point * WinogradPoints.Point;
                    var a = new WinogradTile.Left(panels + (long)row * _channels, 1, WinogradTile.Rows, 0);
                    WinogradTile.Run(wide, a, new(b, inputs.Vector, WinogradPoints.Channel), 1, _channels,
                        new(c, products.Vector, WinogradPoints.Channel), false);
                }
            }
        }
    }

    private static int RoundUp(int count, int multiple) => (count + multiple - 1) / multiple * multiple;
}
