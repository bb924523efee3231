namespace Engine.Tensors.Cpu.Kernels;

/// <summary>
/// The forward pass and input gradient of convolutions: images [N, C, H, W], weights [K, C/groups, KH, KW]. Both are
/// correlations: the input gradient correlates the padded output gradient with the mirrored kernel, one phase of the input at a
/// time if the stride is above 1. Results are overwritten. Tasks are blocks of one image and group, so nothing is summed across
/// threads.
/// </summary>
internal static unsafe class Conv2d
{
    /// <summary>
    /// output[n, k, i, j] = bias[k] + Σ weight[k, c, u, v] · input[n, c, i·s + u·d - p, j·s + v·d - p], or the maximum of each of
    /// <paramref name="pool"/>'s windows of this.
    /// </summary>
    public static void Forward(
        Conv2dGeometry g, ConvPool pool, float* input, WeightSource weight, float* bias, bool relu, float* output)
    {
        if (g.OutputShape.Count == 0) return;
        var (correlation, parts) = ConvPlans.Forward(g, pool);
        var (blocks, groups) = (correlation.Blocks, g.Options.Groups);
        var keeps = correlation.SeenTaps(g, out var seen);
        using var prepared = weight.Prepare(
            new WeightLayout(WeightForm.Direct, 0, groups, g.GroupFilters, g.GroupChannels, seen),
            correlation.PackedSize(groups));
        var packed = prepared.Floats;
        if (!prepared.IsReady)
        {
            correlation.PackWeights(weight.Data, groups, packed);
            if (keeps) prepared.Keep();
        }

        var plane = g.OutputHeight / pool.Height * (g.OutputWidth / pool.Width);
        WorkerPool.Run(g.Batch * groups * blocks * parts, task =>
        {
            (task, var part) = (task / parts, task % parts);
            var (image, group, block) = (task / blocks / groups, task / blocks % groups, task % blocks);
            var source = input + ((long)image * g.Channels + group * g.GroupChannels) * g.Height * g.Width;
            var target = output + ((long)image * g.Filters + group * g.GroupFilters) * plane;
            if (!pool.IsNone)
            {
                var pooled = new PooledOutput((nint)target, g.OutputWidth / pool.Width, plane, pool);
                correlation.Run(packed, group, source, block, part, parts, pooled,
                    bias is null ? null : bias + group * g.GroupFilters, relu);
                return;
            }

            var epilogue = new GemmEpilogue<float>(bias is null ? null : bias + group * g.GroupFilters, null, relu);
            var place = new ConvOutput((nint)target, g.OutputWidth, plane, 1, 1);
            correlation.Run(packed, group, source, block, part, parts, place, epilogue);
        });
    }

    /// <summary>gradInput from gradOutput.</summary>
    public static void InputGradient(Conv2dGeometry g, float* gradOutput, float* weight, float* gradInput)
    {
        var options = g.Options;
        var phases = new List<(int Row, int Column)>();
        for (var row = 0; row < Phases(options.StrideHeight, options.PadTop, g.Height); row++)
        {
            for (var column = 0; column < Phases(options.StrideWidth, options.PadLeft, g.Width); column++)
                phases.Add((row, column));
        }

        // Input positions that no tap reaches keep a zero gradient.
        if (phases.Exists(p => Taps(g, p.Row, p.Column, out _).Length == 0) || g.OutputShape.Count == 0)
            new Span<float>(gradInput, g.Batch * g.Channels * g.Height * g.Width).Clear();
        if (g.OutputShape.Count == 0) return;
        foreach (var (row, column) in phases) InputPhase(g, gradOutput, weight, gradInput, row, column);
    }

    /// <summary>
    /// The window of the forward pass: every tap of the kernel, channels outermost, in the weight's order. With a pooling, whole
    /// windows of it, and rows that none has are left out.
    /// </summary>
    internal static ConvWindow ForwardWindow(Conv2dGeometry g, int parts = 1, ConvPool? pool = null, int most = int.MaxValue)
    {
        var taps = new ConvTap[g.GroupChannels * g.KernelHeight * g.KernelWidth];
        for (var i = 0; i < taps.Length; i++)
        {
            var (channel, u, v) = (i / g.KernelWidth / g.KernelHeight, i / g.KernelWidth % g.KernelHeight, i % g.KernelWidth);
            taps[i] = new ConvTap(channel, u * g.Options.DilationHeight, v * g.Options.DilationWidth);
        }

        var rows = pool?.Height ?? 1;
        return new ConvWindow(
            (g.GroupChannels, g.Height, g.Width), (g.Options.StrideHeight, g.Options.StrideWidth),
            (g.Options.PadTop, g.Options.PadLeft), taps, (g.OutputHeight / rows * rows, g.OutputWidth), parts: parts,
            rowUnit: rows, most: most);
    }

    // The input positions whose padded row is ≡ phase (mod stride): position t·stride + phase gathers from the outputs
    // t - (u·dilation - phase) / stride of the taps u that hit the phase.
    private static void InputPhase(
        Conv2dGeometry g, float* gradOutput, float* weight, float* gradInput, int phaseRow, int phaseColumn)
    {
        var options = g.Options;
        var taps = Taps(g, phaseRow, phaseColumn, out var kernel);
        var (firstRow, rows) = Positions(options.PadTop, phaseRow, options.StrideHeight, g.Height);
        var (firstColumn, columns) = Positions(options.PadLeft, phaseColumn, options.StrideWidth, g.Width);
        if (taps.Length == 0 || rows == 0 || columns == 0) return;

        var (reachRow, reachColumn) = (taps.Max(t => t.Row), taps.Max(t => t.Column));
        var mirrored = Array.ConvertAll(taps, t => new ConvTap(t.Channel, reachRow - t.Row, reachColumn - t.Column));
        var window = new ConvWindow(
            (g.GroupFilters, g.OutputHeight, g.OutputWidth), (1, 1), (reachRow - firstRow, reachColumn - firstColumn), mirrored,
            (rows, columns));
        var kernelSize = g.KernelHeight * g.KernelWidth;
        var filterSize = g.GroupChannels * kernelSize;
        int[] offsets = [.. taps.Zip(kernel, (tap, place) => tap.Channel * filterSize + place)];
        var correlation = new Correlation(
            window, g.GroupChannels, new TapWeights(offsets, kernelSize, g.GroupFilters * filterSize, false));
        using var weights = new Scratch(correlation.PackedSize(options.Groups));
        var packed = weights.Floats;
        correlation.PackWeights(weight, options.Groups, packed);
        var (blocks, groups) = (correlation.Blocks, options.Groups);
        var (outputPlane, inputPlane) = (g.OutputHeight * g.OutputWidth, g.Height * g.Width);
        var origin = (firstRow * options.StrideHeight + phaseRow - options.PadTop) * g.Width + firstColumn * options.StrideWidth
            + phaseColumn - options.PadLeft;
        WorkerPool.Run(g.Batch * groups * blocks, task =>
        {
            var (image, group, block) = (task / blocks / groups, task / blocks % groups, task % blocks);
            var plane = ((long)image * g.Filters + group * g.GroupFilters) * outputPlane;
            var target = gradInput + ((long)image * g.Channels + group * g.GroupChannels) * inputPlane + origin;
            var output = new ConvOutput((nint)target, g.Width, inputPlane, options.StrideHeight, options.StrideWidth);
            correlation.Run(packed, group, gradOutput + plane, block, 0, 1, output, default);
        });
    }

    // How many phases contain input: with strides larger than the padded image, not all do.
    internal static int Phases(int stride, int pad, int size) => (int)Math.Min(stride, (long)pad + size);

    // The taps that hit a phase, as distances in outputs, and the place of each in the kernel.
    internal static ConvTap[] Taps(Conv2dGeometry g, int phaseRow, int phaseColumn, out int[] kernel)
    {
        var taps = new List<ConvTap>();
        var places = new List<int>();
        for (var filter = 0; filter < g.GroupFilters; filter++)
        {
            for (var i = 0; i < g.KernelHeight * g.KernelWidth; i++)
            {
                var row = i / g.KernelWidth * g.Options.DilationHeight - phaseRow;
                var column = i % g.KernelWidth * g.Options.DilationWidth - phaseColumn;
                if (row < 0 || column < 0 || row % g.Options.StrideHeight != 0 || column % g.Options.StrideWidth != 0) continue;
                taps.Add(new ConvTap(filter, row / g.Options.StrideHeight, column / g.Options.StrideWidth));
                places.Add(i);
            }
        }

        kernel = [.. places];
        return [.. taps];
    }

    // The first t with 0 ≤ t·stride + phase - pad < size, and how many there are.
    internal static (int First, int Count) Positions(int pad, int phase, int stride, int size)
    {
        var first = Math.Max(0, (pad - phase + stride - 1) / stride);
        var end = (size + pad - phase + stride - 1) / stride;
        return (first, Math.Max(0, end - first));
    }
}
