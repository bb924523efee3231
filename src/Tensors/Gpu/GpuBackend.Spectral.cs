using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using Engine.Tensors.Gpu.Kernels;
using ILGPU;

namespace Engine.Tensors.Gpu;

internal sealed partial class GpuBackend
{
    // Complex points of a chunk of frames that are too large for shared memory: 64 MiB in each of two buffers.
    private const int ChunkPoints = 8 * 1024 * 1024;

    // Values of a row that a group takes at least.
    private const int DecibelChunk = 8 * 1024;

    private readonly ConcurrentDictionary<int, (SpectralPlan Plan, GpuScratch Tables)> _spectralPlans = new();

    /// <inheritdoc/>
    public void Spectrogram(in SpectrogramGeometry geometry, Tensor samples, Tensor window, Tensor result)
    {
        using var lease = new StorageLease(samples, window, result);
        var size = geometry.Options.FftSize;
        if (!_spectralPlans.TryGetValue(size, out var known))
        {
            var plan = new SpectralPlan(size, Info.LocalBytes);
            known = (plan, Upload(plan.Tables));
            if (!plan.FitsShared)
            {
                // Their tables would be megabytes kept for ever.
                using (known.Tables) SpectrogramInSteps(plan, known.Tables, geometry, samples, window, result);
                return;
            }

            _spectralPlans.TryAdd(size, known);
        }

        switch (known.Plan.SharedBytes)
        {
            case <= 16 * 1024:
                SpectrogramInGroups<SpectralMemory16>(known.Plan, known.Tables, geometry, samples, window, result);
                break;
            case <= 32 * 1024:
                SpectrogramInGroups<SpectralMemory32>(known.Plan, known.Tables, geometry, samples, window, result);
                break;
            default:
                SpectrogramInGroups<SpectralMemory48>(known.Plan, known.Tables, geometry, samples, window, result);
                break;
        }
    }

    /// <inheritdoc/>
    public void Decibels(in DecibelOptions options, Tensor x, Tensor? counts, Tensor result)
    {
        using var lease = new StorageLease(x, counts, result);
        var (rows, n) = (x.Shape[0], x.Shape[1]);
        var chunk = Math.Max(DecibelChunk, (n - 1) / Items + 1);
        var chunks = (n - 1) / chunk + 1;
        var grid = new GpuGrid(checked(rows * chunks));
        var amplitude = options.Amplitude ? 1 : 0;
        using var peaks = Scratch(rows, chunks);
        if (options.NeedsPeak)
        {
            Launch(grid, new ChunkPeaks
            {
                N = n,
                Chunk = chunk,
                Chunks = chunks,
                Amplitude = amplitude,
                X = Floats(x),
                Counts = Integers(counts),
                Peaks = Floats(peaks),
            });
        }

        Launch(grid, new DecibelsOfRows
        {
            N = n,
            Chunk = chunk,
            Chunks = chunks,
            Amplitude = amplitude,
            Minimum = options.Floor,
            Factor = (float)options.Factor,
            Offset = (float)options.Offset,
            OwnReference = options.Reference is null ? 1 : 0,
            Range = options.TopDecibels ?? -1,
            X = Floats(x),
            Peaks = options.NeedsPeak ? Floats(peaks) : default,
            Result = Floats(result),
        });
    }

    private void SpectrogramInGroups<TMemory>(
        SpectralPlan plan, Tensor tables, in SpectrogramGeometry geometry, Tensor samples, Tensor window, Tensor result)
        where TMemory : struct, ISpectralMemory
    {
        var frames = geometry.Signals * geometry.Frames;
        var (roots, turns, chirp, spectrum) = Tables(plan, tables);
        Launch(new GpuGrid((int)((frames + (plan.GroupFrames - 1L)) / plan.GroupFrames)), new Spectrogram<TMemory>
        {
            Total = frames,
            Bins = geometry.Bins,
            Transform = plan.Transform,
            Points = plan.Points,
            FrameItems = plan.FrameItems,
            Source = Frames(geometry, samples, window),
            Steps = Floats(tables).SubView(0, 2L * plan.Roots).Cast<SpectralStep>(),
            Roots = roots,
            Turns = turns,
            Chirp = chirp,
            ChirpSpectrum = spectrum,
            Target = Bins(geometry, result),
        });
    }

    private void SpectrogramInSteps(
        SpectralPlan plan, Tensor tables, in SpectrogramGeometry geometry, Tensor samples, Tensor window, Tensor result)
    {
        var (points, transform, bins, frames) = (plan.Points, plan.Transform, geometry.Bins, geometry.Signals * geometry.Frames);
        var chunk = Math.Clamp(ChunkPoints / points, 1, frames);
        using var a = Scratch(2 * points, chunk);
        using var b = Scratch(2 * points, chunk);
        var (roots, turns, chirp, spectrum) = Tables(plan, tables);
        for (var first = 0; first < frames; first += chunk)
        {
            var now = Math.Min(chunk, frames - first);
            var count = now * points;
            var (x, y) = (a.View<float>().Cast<ComplexF>(), b.View<float>().Cast<ComplexF>());
            Map(count, new LoadFrames
            {
                Count = count,
                First = first,
                Transform = transform,
                Points = points,
                Source = Frames(geometry, samples, window),
                Chirp = chirp,
                X = x,
            });
            Passes();
            if (plan.IsConvolution)
            {
                // The transform back is one forth between two conjugations.
                Map(count, new MultiplyPoints<No> { Count = count, Points = points, Factors = points, X = x, Factor = spectrum });
                Passes();
                Map(count, new MultiplyPoints<Yes>
                {
                    Count = count,
                    Points = points,
                    Factors = transform,
                    X = x,
                    Factor = chirp
                });
            }

            Map(now * bins, new StoreBins
            {
                Count = now * bins,
                First = first,
                Bins = bins,
                Transform = transform,
                Points = points,
                IsPaired = plan.IsPaired ? 1 : 0,
                X = x,
                Turns = turns,
                Target = Bins(geometry, result),
            });

            void Passes()
            {
                for (var s = 1; s < points;)
                {
                    if (s == 1 && int.Log2(points) % 2 == 1)
                    {
                        Map(count / 2, new Radix2Pass { Count = count / 2, Points = points, S = s, X = x, Roots = roots, Y = y });
                        s *= 2;
                    }
                    else
                    {
                        Map(count / 4, new Radix4Pass { Count = count / 4, Points = points, S = s, X = x, Roots = roots, Y = y });
                        s *= 4;
                    }

                    (x, y) = (y, x);
                }
            }
        }
    }

    private static SpectralTables Tables(SpectralPlan plan, Tensor tables)
    {
        var all = Floats(tables).Cast<ComplexF>();
        return new(
            all.SubView(plan.Roots, plan.Points), all.SubView(plan.Turns, plan.FftSize / 2 + 1),
            plan.IsConvolution ? all.SubView(plan.Chirp, plan.Transform) : default,
            plan.IsConvolution ? all.SubView(plan.ChirpSpectrum, plan.Points) : default);
    }

    private static FrameSource Frames(in SpectrogramGeometry geometry, Tensor samples, Tensor window) => new()
    {
        Frames = geometry.Frames,
        Samples = geometry.Samples,
        Hop = geometry.Options.Hop,
        Lead = geometry.Lead,
        Reflects = geometry.Reflects ? 1 : 0,
        WindowLength = geometry.WindowLength,
        WindowStart = geometry.WindowStart,
        IsPaired = int.IsEvenInteger(geometry.Options.FftSize) ? 1 : 0,
        Signals = Floats(samples),
        Window = Floats(window),
    };

    private static BinTarget Bins(in SpectrogramGeometry geometry, Tensor result) =>
        new() { Values = (int)geometry.Options.Values, Result = Floats(result) };

    // Outside every scope.
    private GpuScratch Upload(float[] values)
    {
        var scratch = Scratch(values.Length);
        Upload(MemoryMarshal.AsBytes(values.AsSpan()), scratch.Tensor);
        return scratch;
    }

    private readonly record struct SpectralTables(
        ArrayView<ComplexF> Roots, ArrayView<ComplexF> Turns, ArrayView<ComplexF> Chirp, ArrayView<ComplexF> Spectrum);
}
