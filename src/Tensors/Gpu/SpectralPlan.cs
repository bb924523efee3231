using System.Numerics;
using System.Runtime.InteropServices;
using Engine.Dsp;
using Engine.Dsp.Fft;
using Engine.Tensors.Gpu.Kernels;

namespace Engine.Tensors.Gpu;

/// <summary>How frames of one size are transformed, and the tables for it: worked out once for each size.</summary>
internal sealed class SpectralPlan
{
    private const int GroupItems = 256;

    // A point takes two floats in each of two buffers.
    private const int PointBytes = 4 * sizeof(float);

    /// <summary>Plans transforms of <paramref name="fftSize"/> real samples on a device with so much shared memory.</summary>
    public SpectralPlan(int fftSize, int sharedBytes)
    {
        FftSize = fftSize;
        Transform = IsPaired ? fftSize / 2 : fftSize;
        var largest = LargestShared(sharedBytes);
        var radices = Radices(Transform);
        FitsShared = radices is not null && Transform <= largest;
        Points = Transform;
        if (!FitsShared)
        {
            var least = BitOperations.IsPow2(Transform) ? Transform : 2 * Transform - 1;
            Points = (int)BitOperations.RoundUpToPowerOf2((uint)least);
            FitsShared = Points <= largest;
            radices = Radices(Points);
        }

        IsConvolution = Points != Transform;
        Steps = FitsShared ? MakeSteps(radices!) : [];
        Tables = MakeTables();
        if (!FitsShared) return;
        FrameItems = (int)Math.Clamp(BitOperations.RoundUpToPowerOf2((uint)Points / 4 + 1) / 2, 1, GroupItems);
    }

    /// <summary>Real samples of a frame.</summary>
    public int FftSize { get; }

    /// <summary>Whether a complex point is two samples, and not one.</summary>
    public bool IsPaired => int.IsEvenInteger(FftSize);

    /// <summary>Complex points that they become.</summary>
    public int Transform { get; }

    /// <summary>Points of the passes: as many, or for a convolution a power of two from twice as many on.</summary>
    public int Points { get; }

    /// <summary>Whether the transform is a convolution with a chirp.</summary>
    public bool IsConvolution { get; }

    /// <summary>
    /// Whether the passes stay in shared memory (<see cref="Spectrogram{TMemory}"/>): else they are kernels of their own
    /// (<see cref="Radix4Pass"/>), by powers of two.
    /// </summary>
    public bool FitsShared { get; }

    /// <summary>Work items of a frame, a power of two, if <see cref="FitsShared"/>.</summary>
    public int FrameItems { get; }

    /// <summary>Frames of a group.</summary>
    public int GroupFrames => GroupItems / FrameItems;

    /// <summary>Shared memory that a group needs.</summary>
    public int SharedBytes => PointBytes * Points * GroupFrames;

    /// <summary>The steps of the transform, if <see cref="FitsShared"/>.</summary>
    public SpectralStep[] Steps { get; }

    /// <summary>The steps, roots of unity, turns of the bins, chirp and its spectrum, one after the other.</summary>
    public float[] Tables { get; }

    /// <summary>Where the roots begin, counted in complex numbers: a step takes the room of two.</summary>
    public int Roots => 2 * Steps.Length;

    /// <summary>Where the turns begin.</summary>
    public int Turns => Roots + Points;

    /// <summary>Where the chirp begins.</summary>
    public int Chirp => Turns + FftSize / 2 + 1;

    /// <summary>Where the chirp's spectrum begins.</summary>
    public int ChirpSpectrum => Chirp + Transform;

    // The most points of a frame. Smaller ones share a group only with as many as fit into 32 KiB, without which there is no way.
    private static int LargestShared(int sharedBytes) => sharedBytes switch
    {
        >= 48 * 1024 => 48 * 1024 / PointBytes,
        >= 32 * 1024 => 32 * 1024 / PointBytes,
        _ => 0,
    };

    // The radix of each pass: fours first, since they need the fewest passes; null if there are other prime factors.
    private static List<int>? Radices(int points)
    {
        var radices = new List<int>();
        foreach (var radix in (ReadOnlySpan<int>)[4, 2, 3, 5, 7])
        {
            for (; points % radix == 0; points /= radix) radices.Add(radix);
        }

        return points == 1 ? radices : null;
    }

    private SpectralStep[] MakeSteps(List<int> radices)
    {
        var steps = new List<SpectralStep>();
        AddPasses();
        if (IsConvolution)
        {
            steps.Add(new(SpectralStep.Spectrum, Points, 1));
            AddPasses();
            steps.Add(new(SpectralStep.Chirp, Transform, 1));
        }

        return [.. steps];

        void AddPasses()
        {
            var columns = 1;
            foreach (var radix in radices)
            {
                steps.Add(new(radix, Points / radix, columns));
                columns *= radix;
            }
        }
    }

    private float[] MakeTables()
    {
        var tables = new List<(double Re, double Im)>();
        for (var k = 0; k < Points; k++) tables.Add(Twiddles.Root(k, Points));
        for (var k = 0; k <= FftSize / 2; k++) tables.Add(Twiddles.Root(k, FftSize));
        if (IsConvolution)
        {
            // The chirp's conjugate, wrapped around and divided by the points: its spectrum multiplies another to convolve.
            var kernel = new Complex<double>[Points];
            for (var k = 0; k < Transform; k++)
            {
                var (re, im) = Twiddles.Chirp(k, Transform);
                tables.Add((re, im));
                kernel[k] = kernel[(Points - k) % Points] = new(re / Points, -im / Points);
            }

            new FftPlan<double>(Points).Forward(kernel, kernel);
            tables.AddRange(kernel.Select(point => (point.Real, point.Imaginary)));
        }

        return [.. MemoryMarshal.Cast<SpectralStep, float>(Steps),
            .. tables.SelectMany(point => (float[])[(float)point.Re, (float)point.Im])];
    }
}
