namespace Engine.Tensors.Cpu.Kernels;

/// <summary>
/// Convolutions whose groups have one channel each, [N, C, H, W] with [K, 1, KH, KW]: there is no product of matrices in them,
/// and little to compute for each number read. The usual squares are read straight from the plane
/// (<see cref="DepthwiseSquare"/>). For others a block of a plane is copied into a padded window (<see cref="DepthwiseWindow"/>)
/// and read from there by tiles without edges (<see cref="DepthwiseTile{TVector}"/>). Results are overwritten. Tasks are runs of
/// planes or blocks of them; every value is computed whole by one task.
/// </summary>
internal static unsafe class Depthwise
{
    // Cycles of a task, about; each costs some fifty to claim.
    private const long TaskCycles = 20_000;

    [ThreadStatic]
    private static AlignedBuffer? s_scratch;

    /// <summary>The thread's scratch memory.</summary>
    public static float* Reserve(long floats) => (s_scratch ??= new AlignedBuffer()).Reserve(floats);

    /// <summary>
    /// output[n, k, i, j] = bias[k] + Σ weight[k, u, v] · input[n, k / multiplier, i·s + u·d - p, j·s + v·d - p].
    /// </summary>
    public static void Forward(Conv2dGeometry g, float* input, float* weight, float* bias, bool relu, float* output)
    {
        if (g.OutputShape.Count == 0) return;
        if (DepthwiseSquare.OfInput(g) is { } square)
        {
            Forward(g, square, input, weight, bias, relu, output);
            return;
        }

        var window = ForwardWindow(g);
        var (blocks, plane, positions) = (window.Blocks, g.Height * g.Width, g.OutputHeight * g.OutputWidth);
        var (filters, kernel) = (g.GroupFilters, g.KernelHeight * g.KernelWidth);
        RowParallel.For(g.Batch * g.Channels * blocks, Grain(window.Cost * filters), (from, to) =>
        {
            var scratch = Reserve(window.ScratchSize);
            for (var i = from; i < to; i++)
            {
                var (image, channel, block) = (i / blocks / g.Channels, i / blocks % g.Channels, i % blocks);
                window.Pack(input + (long)(i / blocks) * plane, block, scratch, isPadded: blocks == 1 && i > from);
                var (row, _, column, _) = window.Block(block);
                for (var filter = channel * filters; filter < (channel + 1) * filters; filter++)
                {
                    var target = output + ((long)image * g.Filters + filter) * positions + (long)row * g.OutputWidth + column;
                    window.Run(0, block, scratch, weight + (long)filter * kernel, bias is null ? 0 : bias[filter], relu, target,
                        g.OutputWidth);
                }
            }
        });
    }

    private static void Forward(
        Conv2dGeometry g, DepthwiseSquare square, float* input, float* weight, float* bias, bool relu, float* output)
    {
        var (blocks, plane, positions) = (square.Blocks, g.Height * g.Width, g.OutputHeight * g.OutputWidth);
        var (filters, kernel) = (g.GroupFilters, g.KernelHeight * g.KernelWidth);
        RowParallel.For(g.Batch * g.Filters * blocks, Grain(square.Cost), (from, to) =>
        {
            var zeros = Reserve(square.Zeros);
            new Span<float>(zeros, square.Zeros).Clear();

            // Counted up, as small planes are so many that divisions tell.
            var (image, filter, block) = (from / blocks / g.Filters, from / blocks % g.Filters, from % blocks);
            for (var i = from; i < to; i++)
            {
                square.Run(block, input + ((long)image * g.Channels + filter / filters) * plane, weight + (long)filter * kernel,
                    bias is null ? 0 : bias[filter], relu, output + ((long)image * g.Filters + filter) * positions, zeros);
                if (++block < blocks) continue;
                block = 0;
                if (++filter < g.Filters) continue;
                (image, filter) = (image + 1, 0);
            }
        });
    }

    /// <summary>The window of the forward pass, of one input plane.</summary>
    public static DepthwiseWindow ForwardWindow(in Conv2dGeometry g)
    {
        var (taps, kernel) = (new ConvTap[g.KernelHeight * g.KernelWidth], new int[g.KernelHeight * g.KernelWidth]);
        for (var i = 0; i < taps.Length; i++)
        {
            kernel[i] = i;
            taps[i] = new ConvTap(0, i / g.KernelWidth * g.Options.DilationHeight, i % g.KernelWidth * g.Options.DilationWidth);
        }

        return new DepthwiseWindow((1, g.Height, g.Width), (g.Options.StrideHeight, g.Options.StrideWidth),
            (g.Options.PadTop, g.Options.PadLeft), [new DepthwiseTaps(taps, kernel)], (g.OutputHeight, g.OutputWidth));
    }

    /// <summary>How many items of a number of cycles make a task.</summary>
    public static int Grain(long cost) => (int)Math.Max(1, TaskCycles / Math.Max(1, cost));
}
