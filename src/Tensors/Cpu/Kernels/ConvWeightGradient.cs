using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Engine.Tensors.Cpu.Kernels;

/// <summary>
/// The gradients of a convolution's weight [K, C/groups, KH, KW] and bias [K]: gradWeight[k, tap] = Σ over images and positions
/// of gradOutput[k, position] · input[position + tap]. Both are copied block by block into the layout of
/// <see cref="ConvWindow"/>, where each tap is a constant offset between them, and multiplied by <see cref="ConvWeightTile"/>.
/// The sum is cut into chunks whose number depends on the shape alone; each is summed by one task, and the chunks are added in
/// order, so the bits do not depend on the threads. Results are overwritten.
/// </summary>
internal static unsafe class ConvWeightGradient
{
    private const int MaxChunks = 16;

    // At most 64 MiB of partial gradients.
    private const int PartialFloats = 16 * 1024 * 1024;

    // Positions that one pass of tiles covers: their gradients and windows should come from the second-level cache.
    private const int Positions = 2048;

    // Small images are taken together while they fit in that cache: what a tile adds up at its end should be long sums.
    private const int GroupFloats = 128 * 1024;

    [ThreadStatic]
    private static AlignedBuffer? s_scratch;

    /// <summary>Computes gradWeight and, unless null, gradBias.</summary>
    public static void Run(Conv2dGeometry g, float* input, float* gradOutput, float* gradWeight, float* gradBias)
    {
        var window = Conv2d.ForwardWindow(g);
        var kernel = g.GroupChannels * g.KernelHeight * g.KernelWidth;
        var depth = window.Taps.Length;
        var size = g.GroupFilters * (depth + 1);
        var items = g.Batch * window.Blocks;
        var chunks = Math.Clamp(PartialFloats / (size * g.Options.Groups), 1, Math.Clamp(items, 1, MaxChunks));
        var together = Together(g, window);
        using var memory = new Scratch((long)chunks * g.Options.Groups * size);
        var partials = memory.Floats;
        WorkerPool.Run(chunks * g.Options.Groups, task =>
        {
            var (chunk, group) = (task / g.Options.Groups, task % g.Options.Groups);
            var partial = partials + (long)task * size;
            new Span<float>(partial, size).Clear();
            var end = (int)((long)(chunk + 1) * items / chunks);
            for (int item = (int)((long)chunk * items / chunks), count; item < end; item += count)
            {
                count = Math.Min(together, end - item);
                Accumulate(g, window, item, count, group, input, gradOutput, partial);
            }
        });
        for (var group = 0; group < g.Options.Groups; group++)
        {
            var weights = gradWeight + (long)group * g.GroupFilters * kernel;
            var bias = gradBias is null ? null : gradBias + group * g.GroupFilters;
            for (var chunk = 0; chunk < chunks; chunk++)
            {
                var partial = partials + (long)(chunk * g.Options.Groups + group) * size;
                Add(partial, weights, g.GroupFilters * depth, chunk == 0);
                if (bias is not null) Add(partial + g.GroupFilters * depth, bias, g.GroupFilters, chunk == 0);
            }

            Spread(weights, g.GroupFilters, window.Taps, kernel);
        }
    }

    // How many images a task multiplies at once. Blocks of one image may differ in size.
    private static int Together(Conv2dGeometry g, ConvWindow window)
    {
        if (window.Blocks > 1) return 1;
        var (_, rows, _, columns) = window.Block(0);
        var length = WholeSteps((rows - 1) * window.Pitch + WholeSteps(columns));
        var fitting = GroupFloats / (WindowSize(window) + (long)g.GroupFilters * length);
        return (int)Math.Clamp(fitting, 1, Math.Max(1, Positions / length));
    }

    // `count` items from `item` on; more than one only if each is a whole image.
    private static void Accumulate(
        Conv2dGeometry g, ConvWindow window, int item, int count, int group, float* input, float* gradOutput, float* partial)
    {
        var (row, rows, column, columns) = window.Block(item % window.Blocks);
        var plane = g.OutputHeight * g.OutputWidth;
        var across = WholeSteps(columns);
        var length = WholeSteps((rows - 1) * window.Pitch + across);
        var images = new ConvWeightTile.Images(count, (nint)g.GroupFilters * length, (nint)WindowSize(window));
        var scratch = (s_scratch ??= new AlignedBuffer()).Reserve(count * (images.Window + images.Gradient));
        var gradients = scratch + count * images.Window;
        var depth = window.Taps.Length;
        for (var i = 0; i < count; i++)
        {
            var (image, block) = ((item + i) / window.Blocks, (item + i) % window.Blocks);
            window.Pack(input + ((long)image * g.Channels + group * g.GroupChannels) * g.Height * g.Width, block,
                scratch + i * images.Window);
            for (var filter = 0; filter < g.GroupFilters; filter++)
            {
                var from = gradOutput + ((long)image * g.Filters + group * g.GroupFilters + filter) * plane;
                var target = gradients + i * images.Gradient + (long)filter * length;
                PackGradient(
                    from + (long)row * g.OutputWidth + column, plane, g.OutputWidth, rows, columns, window.Pitch, length, target);
                partial[(long)g.GroupFilters * depth + filter] += Sum(target, length);
            }
        }

        // There are only zeros between rows, so rows much shorter than the pitch are multiplied one by one.
        var (stretch, pitch) = 2 * across <= window.Pitch ? (across, window.Pitch) : (length, length);
        for (var first = 0; first < length; first += pitch)
        {
            for (var start = 0; start < stretch; start += Positions)
                Multiply(window, g.GroupFilters, gradients + first + start, length, scratch + first + start,
                    Math.Min(Positions, stretch - start), images, partial);
        }
    }

    private static void Multiply(
        ConvWindow window, int filters, float* gradients, int stride, float* source, int count,
        ConvWeightTile.Images images, float* partial)
    {
        var depth = window.Taps.Length;
        var (tileFilters, tileTaps) = (ConvWeightTile.Filters, ConvWeightTile.Taps);
        var sums = stackalloc float[tileFilters * tileTaps];
        var rows = stackalloc float*[tileFilters];
        var taps = stackalloc float*[tileTaps];
        for (var tap = 0; tap < depth; tap += tileTaps)
        {
            // Beyond the last filter or tap, the last one is computed again and dropped.
            for (var t = 0; t < tileTaps; t++) taps[t] = source + window.Offsets[Math.Min(tap + t, depth - 1)];
            for (var filter = 0; filter < filters; filter += tileFilters)
            {
                for (var f = 0; f < tileFilters; f++) rows[f] = gradients + (long)Math.Min(filter + f, filters - 1) * stride;
                ConvWeightTile.Run(rows, taps, count, images, sums);
                for (var f = 0; f < Math.Min(tileFilters, filters - filter); f++)
                {
                    for (var t = 0; t < Math.Min(tileTaps, depth - tap); t++)
                        partial[(long)(filter + f) * depth + tap + t] += sums[f * tileTaps + t];
                }
            }
        }
    }

    // Whole vectors, so that what follows is aligned, too.
    private static long WindowSize(ConvWindow window) => (window.Size + 15) / 16 * 16;

    private static int WholeSteps(int count) => (count + ConvWeightTile.Step - 1) / ConvWeightTile.Step * ConvWeightTile.Step;

    // Rows at the window's pitch, with zeros between and after them.
    private static void PackGradient(
        float* source, int plane, int width, int rows, int columns, int pitch, int length, float* target)
    {
        for (var row = 0; row < rows; row++, source += width, target += pitch, length -= pitch)
        {
            if (Sse.IsSupported)
            {
                // The next filter's row.
                for (var i = 0; i < columns; i += 16) Sse.Prefetch1(source + plane + i);
            }

            new Span<float>(source, columns).CopyTo(new Span<float>(target, columns));
            new Span<float>(target + columns, Math.Min(pitch, length) - columns).Clear();
        }

        if (length > 0) new Span<float>(target, length).Clear();
    }

    // Moves each filter's gradients, stored side by side, to their places in the kernel, with zeros elsewhere.
    private static void Spread(float* weights, int filters, int[] taps, int kernel)
    {
        if (taps.Length == kernel) return;
        for (var filter = filters - 1; filter >= 0; filter--)
        {
            var from = weights + (long)filter * taps.Length;
            var to = weights + (long)filter * kernel;
            for (int place = kernel - 1, tap = taps.Length - 1; place >= 0; place--)
                to[place] = tap >= 0 && taps[tap] == place ? from[tap--] : 0;
        }
    }

    private static float Sum(float* values, int count)
    {
        var (a, b) = (Vector256<float>.Zero, Vector256<float>.Zero);
        for (var i = 0; i < count; i += ConvWeightTile.Step)
        {
            a += Vector256.Load(values + i);
            b += Vector256.Load(values + i + 8);
        }

        return Vector256.Sum(a + b);
    }

    private static void Add(float* source, float* target, int count, bool overwrite)
    {
        if (overwrite) new Span<float>(source, count).CopyTo(new Span<float>(target, count));
        else Elementwise.AddScaled(source, 1, target, count);
    }
}
