namespace Engine.Tensors.Gpu;

internal sealed partial class GpuBackend
{
    private static readonly GpuTile[] s_correlationTiles =
        [GpuTile.Large, GpuTile.Medium, GpuTile.Small, GpuTile.Wide32, GpuTile.Wide16, GpuTile.Wide8];
    private static readonly GpuTile[] s_weightGradientTiles = [GpuTile.Large, GpuTile.Medium, GpuTile.Small, GpuTile.Flat16];

    // For each tile without and with checks of where a tap falls.
    private static readonly Dictionary<GpuTile, KernelFamily[]> s_convolutions = s_correlationTiles.Union(s_weightGradientTiles)
        .ToDictionary(tile => tile,
            tile => new[] { 0, 1 }.Select(check => new KernelFamily("conv2d", ["tile"], [.. tile.Defines, ("CHECKED", check)]))
                .ToArray());

    /// <inheritdoc/>
    public void Conv2d(in Conv2dGeometry geometry, Tensor input, Tensor weight, Tensor? bias, bool relu, Tensor output)
    {
        var (g, o) = (geometry, geometry.Options);
        if (output.Count == 0) return;
        var (taps, plane, positions) = (g.KernelHeight * g.KernelWidth, g.Height * g.Width, g.OutputHeight * g.OutputWidth);
        Correlate(
            new(g.GroupFilters, g.Batch, g.GroupChannels, o.Groups),
            new(g.GroupFilters * g.GroupChannels * taps, g.GroupChannels * taps, taps),
            new(g.Channels * plane, g.GroupChannels * plane, g.Height, g.Width),
            new(g.Filters * positions, positions, IsByFour(output, positions)),
            new(g.OutputHeight, o.StrideHeight, -o.PadTop, g.KernelHeight, o.DilationHeight, g.KernelWidth, g.OutputWidth),
            new(g.OutputWidth, o.StrideWidth, -o.PadLeft, g.KernelWidth, o.DilationWidth, 1, 1),
            IsPadded(g), weight, 0, input, output, 0, bias, relu);
    }

    /// <inheritdoc/>
    public void Conv2dInputGradient(in Conv2dGeometry geometry, Tensor gradOutput, Tensor weight, Tensor gradInput)
    {
        var (g, o) = (geometry, geometry.Options);
        if (gradInput.Count == 0) return;
        var (taps, plane, positions) = (g.KernelHeight * g.KernelWidth, g.Height * g.Width, g.OutputHeight * g.OutputWidth);
        var isWhole = o.StrideHeight == 1 && o.StrideWidth == 1;
        foreach (var y in ConvPhase.Of(g.Height, g.KernelHeight, o.StrideHeight, o.PadTop, o.DilationHeight))
        {
            foreach (var x in ConvPhase.Of(g.Width, g.KernelWidth, o.StrideWidth, o.PadLeft, o.DilationWidth))
            {
                Correlate(
                    new(g.GroupChannels, g.Batch, g.GroupFilters, o.Groups),
                    new(g.GroupFilters * g.GroupChannels * taps, taps, g.GroupChannels * taps),
                    new(g.Filters * positions, g.GroupFilters * positions, g.OutputHeight, g.OutputWidth),
                    new(g.Channels * plane, plane, isWhole && IsByFour(gradInput, plane)),
                    new(y.Count, 1, y.Output, y.Taps, -y.OutputStep, y.TapStep * g.KernelWidth, o.StrideHeight * g.Width),
                    new(x.Count, 1, x.Output, x.Taps, -x.OutputStep, x.TapStep, o.StrideWidth),
                    true, weight, y.FirstTap * g.KernelWidth + x.FirstTap, gradOutput, gradInput, y.First * g.Width + x.First,
                    null, false);
            }
        }
    }

    /// <inheritdoc/>
    public void Conv2dWeightGradient(
        in Conv2dGeometry geometry, Tensor input, Tensor gradOutput, Tensor gradWeight, Tensor? gradBias)
    {
        var (g, o) = (geometry, geometry.Options);
        var (plane, positions) = (g.Height * g.Width, g.OutputHeight * g.OutputWidth);
        var taps = g.GroupChannels * g.KernelHeight * g.KernelWidth;
        var (m, n, k) = (g.GroupFilters, taps + (gradBias is null ? 0 : 1), g.Batch * positions);
        if (m == 0 || n == 0) return;
        var (tile, depth) = GpuTile.Choose(s_weightGradientTiles, m, n, k, o.Groups);
        var splits = Splits(k, depth);
        using var partial = Scratch(splits, g.Filters, n);
        var (d, e, p, q) = (new GpuDivisor(g.KernelHeight * g.KernelWidth), new GpuDivisor(g.KernelWidth),
            new GpuDivisor(positions), new GpuDivisor(g.OutputWidth));
        Launch(
            s_convolutions[tile][IsPadded(g) ? 1 : 0], "weight_gradient",
            new GpuGrid(tile.RowsOf(m) * tile.ColumnsOf(n), splits, Math.Min(o.Groups, LargestGridSide), tile.Items),
            m, n, k, o.Groups, depth, n - taps,
            d.Value, d.Magic, d.Shift, e.Value, e.Magic, e.Shift, p.Value, p.Magic, p.Shift, q.Value, q.Magic, q.Shift,
            gradOutput, g.Filters * positions, input, g.Channels * plane, g.GroupChannels * plane, g.Height, g.Width,
            o.StrideHeight, -o.PadTop, o.DilationHeight, o.StrideWidth, -o.PadLeft, o.DilationWidth, partial);
        Launch(
            s_splitK, "finish_weight_gradient", new GpuGrid((g.Filters * n + 31) / 32, 256),
            splits, g.Filters * n, n, taps, partial, gradWeight, gradBias);
    }

    // Whether a tap can fall beyond the input; zeros below and to the right of what the taps reach do not count.
    private static bool IsPadded(in Conv2dGeometry g) =>
        g.Options.PadTop > 0 || g.Options.PadLeft > 0 ||
        (g.OutputHeight - 1L) * g.Options.StrideHeight + (g.KernelHeight - 1L) * g.Options.DilationHeight >= g.Height ||
        (g.OutputWidth - 1L) * g.Options.StrideWidth + (g.KernelWidth - 1L) * g.Options.DilationWidth >= g.Width;

    private void Correlate(
        in CorrelationSizes sizes, in CorrelationWeight w, in CorrelationSource s, in CorrelationTarget t, in CorrelationAxis y,
        in CorrelationAxis x,
        bool check, Tensor weight, int firstWeight, Tensor source, Tensor target, int firstTarget, Tensor? bias, bool cut)
    {
        var (taps, positions) = (y.Taps * x.Taps, y.Positions * x.Positions);
        var (m, n, k) = (sizes.Rows, sizes.Images * positions, sizes.Planes * taps);
        var tile = GpuTile.Choose(s_correlationTiles, m, n, k, sizes.Groups, maySplit: false).Tile;
        var (d, e, p, q) = (new GpuDivisor(taps), new GpuDivisor(x.Taps), new GpuDivisor(positions), new GpuDivisor(x.Positions));
        Launch(
            s_convolutions[tile][check ? 1 : 0], "correlate",
            new GpuGrid(tile.RowsOf(m) * tile.ColumnsOf(n), 1, Math.Min(sizes.Groups, LargestGridSide), tile.Items),
            m, n, k, sizes.Groups, d.Value, d.Magic, d.Shift, e.Value, e.Magic, e.Shift, p.Value, p.Magic, p.Shift, q.Value,
            q.Magic, q.Shift,
            weight, firstWeight, w.Group, w.Row, w.Plane, y.WeightStep, x.WeightStep, source, s.Image, s.Group, s.Height, s.Width,
            y.Step, y.First, y.TapStep, x.Step, x.First, x.TapStep,
            target, firstTarget, t.Image, t.Plane, y.TargetStep, x.TargetStep, t.IsByFour, bias, cut);
    }

    // What correlate in conv2d.cl calls them: elements between groups, rows, planes and images of an operand.
    private readonly record struct CorrelationSizes(int Rows, int Images, int Planes, int Groups);

    private readonly record struct CorrelationWeight(int Group, int Row, int Plane);

    private readonly record struct CorrelationSource(int Image, int Group, int Height, int Width);

    private readonly record struct CorrelationTarget(int Image, int Plane, bool IsByFour);

    // Position i and tap j of an axis read source i·Step + First + j·TapStep; WeightStep and TargetStep are elements between taps
    // and positions.
    private readonly record struct CorrelationAxis(
        int Positions, int Step, int First, int Taps, int TapStep, int WeightStep, int TargetStep);
}
