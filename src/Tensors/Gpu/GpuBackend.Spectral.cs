using System.Collections.Concurrent;

namespace Engine.Tensors.Gpu;

internal sealed partial class GpuBackend
{
    // Complex points of a chunk of frames that are too large for local memory: 64 MiB in each of two buffers.
    private const int ChunkPoints = 8 * 1024 * 1024;

    // Values of a row that a group takes at least.
    private const int DecibelChunk = 8 * 1024;

    private static readonly KernelFamily s_spectralLarge = new("spectral_large", ["frames"]);
    private static readonly KernelFamily s_decibels = new("decibels");

    private readonly ConcurrentDictionary<int, (SpectralPlan Plan, GpuScratch Tables)> _spectralPlans = new();

    /// <inheritdoc/>
    public void Spectrogram(in SpectrogramGeometry geometry, Tensor samples, Tensor window, Tensor result)
    {
        var size = geometry.Options.FftSize;
        if (!_spectralPlans.TryGetValue(size, out var known))
        {
            var plan = new SpectralPlan(size, Info.LocalBytes);
            known = (plan, Upload(plan.Tables));
            if (!plan.FitsLocal)
            {
                // Their tables would be megabytes kept for ever.
                SpectrogramInSteps(plan, known.Tables, geometry, samples, window, result);
                known.Tables.Dispose();
                return;
            }

            _spectralPlans.TryAdd(size, known);
        }

        var frames = geometry.Signals * geometry.Frames;
        Launch(
            known.Plan.Family!, "spectrogram", new GpuGrid((frames - 1) / known.Plan.Frames + 1, known.Plan.Items),
            frames, geometry.Frames, geometry.Samples, geometry.Options.Hop, geometry.Lead, geometry.Reflects,
            geometry.WindowLength, geometry.WindowStart,
            (int)geometry.Options.Values, samples, window, known.Tables, result);
    }

    /// <inheritdoc/>
    public void Decibels(in DecibelOptions options, Tensor x, Tensor? counts, Tensor result)
    {
        var (rows, n) = (x.Shape[0], x.Shape[1]);
        var chunk = Math.Max(DecibelChunk, (n - 1) / Items + 1);
        var chunks = (n - 1) / chunk + 1;
        var grid = new GpuGrid(checked(rows * chunks), Items);
        using var peaks = Scratch(rows, chunks);
        if (options.NeedsPeak) Launch(s_decibels, "chunk_peaks", grid, n, chunk, chunks, options.Amplitude, x, counts, peaks);
        Launch(
            s_decibels, "decibels", grid, n, chunk, chunks, options.Amplitude, options.Floor, (float)options.Factor,
            (float)options.Offset,
            options.Reference is null, options.TopDecibels ?? -1, x, options.NeedsPeak ? peaks.Tensor : null, result);
    }

    private void SpectrogramInSteps(
        SpectralPlan plan, Tensor tables, in SpectrogramGeometry geometry, Tensor samples, Tensor window, Tensor result)
    {
        var (points, transform, bins) = (plan.Points, plan.Transform, geometry.Bins);
        var (frames, even) = (geometry.Signals * geometry.Frames, plan.FftSize % 2 == 0);
        var chunk = Math.Clamp(ChunkPoints / points, 1, frames);
        using var a = Scratch(2 * points, chunk);
        using var b = Scratch(2 * points, chunk);
        using var turns = TensorScope.Release(tables.Alias(new Shape(), plan.Turns));
        using var chirp = plan.IsConvolution ? TensorScope.Release(tables.Alias(new Shape(), plan.Chirp)) : null;
        using var spectrum = plan.IsConvolution ? TensorScope.Release(tables.Alias(new Shape(), plan.ChirpSpectrum)) : null;
        for (var first = 0; first < frames; first += chunk)
        {
            var now = Math.Min(chunk, frames - first);
            var count = now * points;
            Map(
                s_spectralLarge, "load_frames", count, count, first, geometry.Frames, geometry.Samples, geometry.Options.Hop,
                geometry.Lead, geometry.Reflects,
                geometry.WindowLength, geometry.WindowStart, even, transform, points, samples, window, chirp, a);
            var (x, y) = Passes(a, b);
            if (plan.IsConvolution)
            {
                // The transform back is one forth between two conjugations.
                Map(s_spectralLarge, "multiply_points", count, count, points, points, false, x, spectrum);
                (x, _) = Passes(x, y);
                Map(s_spectralLarge, "multiply_points", count, count, points, transform, true, x, chirp);
            }

            Map(s_spectralLarge, "store_bins", now * bins, now * bins, first, bins, even, transform, points,
                (int)geometry.Options.Values, x, turns, result);

            (Tensor From, Tensor To) Passes(Tensor from, Tensor to)
            {
                for (var s = 1; s < points;)
                {
                    var radix = s == 1 && int.Log2(points) % 2 == 1 ? 2 : 4;
                    Map(s_spectralLarge, radix == 2 ? "radix2_pass" : "radix4_pass", count / radix, count / radix, points, s,
                        from, tables, to);
                    s *= radix;
                    (from, to) = (to, from);
                }

                return (from, to);
            }
        }
    }

    // Outside every scope.
    private GpuScratch Upload(float[] values)
    {
        var scratch = Scratch(values.Length);
        Upload(System.Runtime.InteropServices.MemoryMarshal.AsBytes(values.AsSpan()), scratch.Tensor);
        return scratch;
    }
}
