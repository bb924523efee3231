using System.Numerics;
using Engine.Dsp;
using Engine.Dsp.Fft;

namespace Engine.Tensors.Gpu;

/// <summary>How <c>spectral.cl</c> transforms frames of one size, and its constants: worked out once for each size.</summary>
internal sealed class SpectralPlan
{
    private const int GroupItems = 256;

    // What CUDA grants a kernel without asking; OpenCL devices may have less.
    private const int LocalLimit = 48 * 1024;

    /// <summary>Plans transforms of <paramref name="fftSize"/> real samples on a device with so much local memory.</summary>
    public SpectralPlan(int fftSize, int localBytes)
    {
        FftSize = fftSize;
        Transform = int.IsEvenInteger(fftSize) ? fftSize / 2 : fftSize;
        // A point takes two floats in each of two buffers.
        var largest = Math.Min(localBytes, LocalLimit) / (4 * sizeof(float));
        var radices = Radices(Transform);
        FitsLocal = radices is not null && Transform <= largest;
        Points = Transform;
        if (!FitsLocal)
        {
            var least = BitOperations.IsPow2(Transform) ? Transform : 2 * Transform - 1;
            Points = (int)BitOperations.RoundUpToPowerOf2((uint)least);
            FitsLocal = Points <= largest;
            radices = Radices(Points);
        }

        IsConvolution = Points != Transform;
        Tables = MakeTables();
        if (!FitsLocal) return;
        var items = (int)Math.Clamp(BitOperations.RoundUpToPowerOf2((uint)Points / 4 + 1) / 2, 1, GroupItems);
        Frames = GroupItems / items;
        while (Frames > 1 && Points * Frames > largest) Frames /= 2;
        Items = items * Frames;
        Family = new KernelFamily(
            "spectral", ["frames"], ("FFT", fftSize), ("TRANSFORM", Transform), ("POINTS", Points), ("RADICES", Pack(radices!)),
            ("ITEMS", items), ("FRAMES", Frames));
    }

    /// <summary>Real samples of a frame.</summary>
    public int FftSize { get; }

    /// <summary>Complex points that they become.</summary>
    public int Transform { get; }

    /// <summary>Points of the passes: as many, or for a convolution a power of two from twice as many on.</summary>
    public int Points { get; }

    /// <summary>Whether the transform is a convolution with a chirp.</summary>
    public bool IsConvolution { get; }

    /// <summary>
    /// Whether the passes stay in local memory: else they are kernels of <c>spectral_large.cl</c>, by powers of two.
    /// </summary>
    public bool FitsLocal { get; }

    /// <summary>Frames of a work group.</summary>
    public int Frames { get; }

    /// <summary>Work items of a group.</summary>
    public int Items { get; }

    /// <summary>The kernel for this size, if <see cref="FitsLocal"/>.</summary>
    public KernelFamily? Family { get; }

    /// <summary>Roots of unity, turns of the bins, chirp and its spectrum, one after the other.</summary>
    public float[] Tables { get; }

    /// <summary>Where the turns begin.</summary>
    public int Turns => 2 * Points;

    /// <summary>Where the chirp begins.</summary>
    public int Chirp => Turns + 2 * (FftSize / 2 + 1);

    /// <summary>Where the chirp's spectrum begins.</summary>
    public int ChirpSpectrum => Chirp + 2 * Transform;

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

    private static int Pack(List<int> radices)
    {
        var packed = 0;
        for (var i = 0; i < radices.Count; i++) packed |= radices[i] << 4 * i;
        return packed;
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

        return [.. tables.SelectMany(point => (float[])[(float)point.Re, (float)point.Im])];
    }
}
