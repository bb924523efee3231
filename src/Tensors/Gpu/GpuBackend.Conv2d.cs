using Engine.Tensors.Gpu.Kernels;

namespace Engine.Tensors.Gpu;

internal sealed partial class GpuBackend
{
    private static readonly GpuTile[] s_correlationTiles =
        [GpuTile.Large, GpuTile.Medium, GpuTile.Small, GpuTile.Wide32, GpuTile.Wide16, GpuTile.Wide8];
    private static readonly GpuTile[] s_weightGradientTiles = [GpuTile.Large, GpuTile.Medium, GpuTile.Small, GpuTile.Flat16];

    /// <inheritdoc/>
    public void Conv2d(in Conv2dGeometry geometry, Tensor input, Tensor weight, Tensor? bias, bool relu, Tensor output)
    {
        var (g, o) = (geometry, geometry.Options);
        if (output.Count == 0) return;
        using var lease = new StorageLease(input, weight, bias, output);
        if (IsDepthwise(g))
        {
            Depthwise(g, input, weight, bias, relu, output);
            return;
        }

        var (taps, plane, positions) = (g.KernelHeight * g.KernelWidth, g.Height * g.Width, g.OutputHeight * g.OutputWidth);
        Correlate(
            g.GroupFilters, g.Batch, g.GroupChannels, o.Groups,
            new()
            {
                Positions = g.OutputHeight,
                Step = o.StrideHeight,
                First = -o.PadTop,
                Taps = g.KernelHeight,
                TapStep = o.DilationHeight,
                WeightStep = g.KernelWidth,
                TargetStep = g.OutputWidth,
            },
            new()
            {
                Positions = g.OutputWidth,
                Step = o.StrideWidth,
                First = -o.PadLeft,
                Taps = g.KernelWidth,
                TapStep = o.DilationWidth,
                WeightStep = 1,
                TargetStep = 1,
            },
            new()
            {
                Data = Floats(weight),
                Group = g.GroupFilters * g.GroupChannels * taps,
                Row = g.GroupChannels * taps,
                Plane = taps,
            },
            new()
            {
                Data = Floats(input),
                Image = g.Channels * plane,
                Group = g.GroupChannels * plane,
                Height = g.Height,
                Width = g.Width,
            },
            new()
            {
                Data = Floats(output),
                Bias = Floats(bias),
                Image = g.Filters * positions,
                Plane = positions,
                ByFour = IsByFour(output, positions) ? 1 : 0,
                Cut = relu ? 1 : 0,
            },
            IsPadded(g));
    }

    /// <inheritdoc/>
    public void Conv2dInputGradient(in Conv2dGeometry geometry, Tensor gradOutput, Tensor weight, Tensor gradInput)
    {
        var (g, o) = (geometry, geometry.Options);
        if (gradInput.Count == 0) return;
        using var lease = new StorageLease(gradOutput, weight, gradInput);
        if (IsDepthwise(g))
        {
            DepthwiseInputGradient(g, gradOutput, weight, gradInput);
            return;
        }

        var (taps, plane, positions) = (g.KernelHeight * g.KernelWidth, g.Height * g.Width, g.OutputHeight * g.OutputWidth);
        var isWhole = o.StrideHeight == 1 && o.StrideWidth == 1;
        foreach (var y in ConvPhase.Of(g.Height, g.KernelHeight, o.StrideHeight, o.PadTop, o.DilationHeight))
        {
            foreach (var x in ConvPhase.Of(g.Width, g.KernelWidth, o.StrideWidth, o.PadLeft, o.DilationWidth))
            {
                Correlate(
                    g.GroupChannels, g.Batch, g.GroupFilters, o.Groups,
                    Axis(y, y.TapStep * g.KernelWidth, o.StrideHeight * g.Width), Axis(x, x.TapStep, o.StrideWidth),
                    new()
                    {
                        Data = Floats(weight),
                        First = y.FirstTap * g.KernelWidth + x.FirstTap,
                        Group = g.GroupFilters * g.GroupChannels * taps,
                        Row = taps,
                        Plane = g.GroupChannels * taps,
                    },
                    new()
                    {
                        Data = Floats(gradOutput),
                        Image = g.Filters * positions,
                        Group = g.GroupFilters * positions,
                        Height = g.OutputHeight,
                        Width = g.OutputWidth,
                    },
                    new()
                    {
                        Data = Floats(gradInput),
                        First = y.First * g.Width + x.First,
                        Image = g.Channels * plane,
                        Plane = plane,
                        ByFour = isWhole && IsByFour(gradInput, plane) ? 1 : 0,
                    },
                    isChecked: true);
            }
        }

        static ConvAxis Axis(in ConvPhase phase, int weightStep, int targetStep) => new()
        {
            Positions = phase.Count,
            Step = 1,
            First = phase.Output,
            Taps = phase.Taps,
            TapStep = -phase.OutputStep,
            WeightStep = weightStep,
            TargetStep = targetStep,
        };
    }

    /// <inheritdoc/>
    public void Conv2dWeightGradient(
        in Conv2dGeometry geometry, Tensor input, Tensor gradOutput, Tensor gradWeight, Tensor? gradBias)
    {
        var (g, o) = (geometry, geometry.Options);
        using var lease = new StorageLease(input, gradOutput, gradWeight, gradBias);
        if (IsDepthwise(g))
        {
            DepthwiseWeightGradient(g, input, gradOutput, gradWeight, gradBias);
            return;
        }

        var (plane, positions) = (g.Height * g.Width, g.OutputHeight * g.OutputWidth);
        var taps = g.GroupChannels * g.KernelHeight * g.KernelWidth;
        var (m, n, k) = (g.GroupFilters, taps + (gradBias is null ? 0 : 1), g.Batch * positions);
        if (m == 0 || n == 0) return;
        var (tile, depth) = GpuTile.Choose(s_weightGradientTiles, m, n, k, o.Groups);
        var splits = Splits(k, depth);
        tile = OnDevice(tile);
        using var partial = Scratch(splits, g.Filters, n);
        var grid = new GpuGrid(tile.RowsOf(m) * tile.ColumnsOf(n), splits, Math.Min(o.Groups, LargestGridSide));
        WeightGradient(tile, IsPadded(g), grid, new()
        {
            M = m,
            N = n,
            K = k,
            Groups = o.Groups,
            Depth = depth,
            Ones = n - taps,
            Taps = new(g.KernelHeight * g.KernelWidth),
            TapsX = new(g.KernelWidth),
            Positions = new(positions),
            PositionsX = new(g.OutputWidth),
            Y = new() { Step = o.StrideHeight, First = -o.PadTop, TapStep = o.DilationHeight },
            X = new() { Step = o.StrideWidth, First = -o.PadLeft, TapStep = o.DilationWidth },
            Source = new()
            {
                Data = Floats(input),
                Image = g.Channels * plane,
                Group = g.GroupChannels * plane,
                Height = g.Height,
                Width = g.Width,
            },
            Grad = Floats(gradOutput),
            GradImage = g.Filters * positions,
            Partial = partial.View<float>(),
        });
        Launch(new GpuGrid(SplitK.GroupsOf(g.Filters * n)), new FinishWeightGradient
        {
            Splits = splits,
            Count = g.Filters * n,
            N = n,
            Taps = taps,
            Partial = partial.View<float>(),
            GradWeight = Floats(gradWeight),
            GradBias = Floats(gradBias),
        });
    }

    // Whether a tap can fall beyond the input; zeros below and to the right of what the taps reach do not count.
    private static bool IsPadded(in Conv2dGeometry g) =>
        g.Options.PadTop > 0 || g.Options.PadLeft > 0 ||
        (g.OutputHeight - 1L) * g.Options.StrideHeight + (g.KernelHeight - 1L) * g.Options.DilationHeight >= g.Height ||
        (g.OutputWidth - 1L) * g.Options.StrideWidth + (g.KernelWidth - 1L) * g.Options.DilationWidth >= g.Width;

    private void Correlate(
        int rows, int images, int planes, int groups, in ConvAxis y, in ConvAxis x, in CorrelationWeight weight,
        in ConvSource source, in CorrelationTarget target, bool isChecked)
    {
        var (taps, positions) = (y.Taps * x.Taps, y.Positions * x.Positions);
        var (m, n, k) = (rows, images * positions, planes * taps);
        var tile = OnDevice(GpuTile.Choose(s_correlationTiles, m, n, k, groups, maySplit: false).Tile);
        var grid = new GpuGrid(tile.RowsOf(m) * tile.ColumnsOf(n), 1, Math.Min(groups, LargestGridSide));
        var correlation = new Correlation
        {
            M = m,
            N = n,
            K = k,
            Groups = groups,
            Taps = new(taps),
            TapsX = new(x.Taps),
            Positions = new(positions),
            PositionsX = new(x.Positions),
            Y = y,
            X = x,
            Weight = weight,
            Source = source,
            Target = target,
        };
        if (tile == GpuTile.Large) Correlate<LargeTile>(isChecked, grid, correlation);
        else if (tile == GpuTile.Medium) Correlate<MediumTile>(isChecked, grid, correlation);
        else if (tile == GpuTile.Small) Correlate<SmallTile>(isChecked, grid, correlation);
        else if (tile == GpuTile.Wide32) Correlate<Wide32Tile>(isChecked, grid, correlation);
        else if (tile == GpuTile.Wide16) Correlate<Wide16Tile>(isChecked, grid, correlation);
        else Correlate<Wide8Tile>(isChecked, grid, correlation);
    }

    private void Correlate<TTile>(bool isChecked, in GpuGrid grid, in Correlation correlation)
        where TTile : struct, ICorrelationTile
    {
        if (isChecked) Launch(grid, new Correlate<TTile, Yes> { Correlation = correlation });
        else Launch(grid, new Correlate<TTile, No> { Correlation = correlation });
    }

    private void WeightGradient(GpuTile tile, bool isChecked, in GpuGrid grid, in WeightGradient gradient)
    {
        if (tile == GpuTile.Large) WeightGradient<LargeTile>(isChecked, grid, gradient);
        else if (tile == GpuTile.Medium) WeightGradient<MediumTile>(isChecked, grid, gradient);
        else if (tile == GpuTile.Small) WeightGradient<SmallTile>(isChecked, grid, gradient);
        else WeightGradient<Flat16Tile>(isChecked, grid, gradient);
    }

    private void WeightGradient<TTile>(bool isChecked, in GpuGrid grid, in WeightGradient gradient)
        where TTile : struct, IWeightGradientTile
    {
        if (isChecked) Launch(grid, new ConvWeightGradient<TTile, Yes> { Gradient = gradient });
        else Launch(grid, new ConvWeightGradient<TTile, No> { Gradient = gradient });
    }
}
