using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Engine.Tensors.Cpu.Kernels;

/// <summary>
/// The complex transform of N points of eight frames side by side, in double precision: lane l of a vector belongs to frame l,
/// so nothing in a frame touches another. A power of two takes Stockham passes of radix 4, and one of radix 2 if need be; any
/// other length is a convolution of such a length (Bluestein, "A linear filtering approach to the computation of the discrete
/// Fourier transform", 1970). A point is two vectors, real and imaginary part.
/// </summary>
internal sealed unsafe class FrameFft
{
    /// <summary>Frames of a batch.</summary>
    public const int Lanes = 8;

    private readonly double[] _roots;
    private readonly double[] _chirp = [];
    private readonly double[] _chirpSpectrum = [];

    /// <summary>Plans transforms of <paramref name="length"/> points.</summary>
    public FrameFft(int length)
    {
        Length = length;
        Points = PaddedPoints(length);
        _roots = FourierTables.Roots(Points, Points);
        if (Points == length) return;
        _chirp = FourierTables.Chirp(length);
        _chirpSpectrum = ChirpSpectrum();
    }

    /// <summary>N.</summary>
    public int Length { get; }

    /// <summary>Points that a buffer has room for: N, or the next power of two that a convolution of N points fits into.</summary>
    public int Points { get; }

    /// <summary>
    /// The spectrum of the conjugate chirp, wrapped around, divided by <see cref="Points"/>: what a spectrum is multiplied with to
    /// be convolved. Empty for a power of two.
    /// </summary>
    public ReadOnlySpan<double> ConvolutionSpectrum => _chirpSpectrum;

    /// <summary>N for a power of two, else the smallest power of two from 2N - 1 on.</summary>
    public static int PaddedPoints(int length) => BitOperations.IsPow2(length) ? length : (int)BitOperations.RoundUpToPowerOf2((uint)(2 * length - 1));

    /// <summary>
    /// Transforms <paramref name="data"/>, N points of which are set. Both buffers are overwritten; the result is in the one
    /// returned, in natural order.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public Vector512<double>* Forward(Vector512<double>* data, Vector512<double>* work)
    {
        if (Points == Length) return Passes(data, work);
        new Span<Vector512<double>>(data + 2 * Length, 2 * (Points - Length)).Clear();
        for (var n = 0; n < Length; n++) Multiply(data + 2 * n, _chirp[2 * n], _chirp[2 * n + 1], 1);
        var spectrum = Passes(data, work);
        // The transform back is one forth between two conjugations.
        for (var n = 0; n < Points; n++) Multiply(spectrum + 2 * n, _chirpSpectrum[2 * n], _chirpSpectrum[2 * n + 1], -1);
        var result = Passes(spectrum, spectrum == data ? work : data);
        for (var n = 0; n < Length; n++)
        {
            result[2 * n + 1] = -result[2 * n + 1];
            Multiply(result + 2 * n, _chirp[2 * n], _chirp[2 * n + 1], 1);
        }

        return result;
    }

    // y[q + s(r·p + j)] = w^(j·p·s)·Σ_k x[q + s·p + k·P/r]·exp(-2πi·jk/r), with s columns done so far.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private Vector512<double>* Passes(Vector512<double>* x, Vector512<double>* y)
    {
        fixed (double* roots = _roots)
        {
            var s = 1;
            if (BitOperations.Log2((uint)Points) % 2 == 1)
            {
                var half = Points / 2;
                for (var p = 0; p < half; p++)
                {
                    Vector512<double>* a = x + 2 * p, b = x + 2 * (p + half), to = y + 4 * p;
                    (to[0], to[1]) = (a[0] + b[0], a[1] + b[1]);
                    Turn(a[0] - b[0], a[1] - b[1], roots + 2 * p, to + 2);
                }

                s = 2;
                Exchange(ref x, ref y);
            }

            for (; s < Points; s *= 4)
            {
                nint quarter = Points / 4;
                for (nint first = 0; first < quarter; first += s)
                {
                    double* w1 = roots + 2 * first, w2 = roots + 4 * first, w3 = roots + 6 * first;
                    for (nint q = 0; q < s; q++)
                    {
                        var from = x + 2 * (first + q);
                        Vector512<double>* a = from, b = from + 2 * quarter, c = from + 4 * quarter, d = from + 6 * quarter;
                        Vector512<double> evenReal = a[0] + c[0], evenImaginary = a[1] + c[1], lessReal = a[0] - c[0], lessImaginary = a[1] - c[1];
                        Vector512<double> oddReal = b[0] + d[0], oddImaginary = b[1] + d[1], turnedReal = b[1] - d[1], turnedImaginary = d[0] - b[0];
                        var to = y + 2 * (4 * first + q);
                        (to[0], to[1]) = (evenReal + oddReal, evenImaginary + oddImaginary);
                        Turn(lessReal + turnedReal, lessImaginary + turnedImaginary, w1, to + 2 * s);
                        Turn(evenReal - oddReal, evenImaginary - oddImaginary, w2, to + 4 * s);
                        Turn(lessReal - turnedReal, lessImaginary - turnedImaginary, w3, to + 6 * s);
                    }
                }

                Exchange(ref x, ref y);
            }
        }

        return x;
    }

    private double[] ChirpSpectrum()
    {
        var (data, work) = (new Vector512<double>[2 * Points], new Vector512<double>[2 * Points]);
        for (var n = 0; n < Length; n++)
        {
            var place = 2 * (n == 0 ? 0 : Points - n);
            data[2 * n] = data[place] = Vector512.Create(_chirp[2 * n] / Points);
            data[2 * n + 1] = data[place + 1] = Vector512.Create(-_chirp[2 * n + 1] / Points);
        }

        fixed (Vector512<double>* x = data, y = work)
        {
            var result = Passes(x, y);
            var spectrum = new double[2 * Points];
            for (var i = 0; i < spectrum.Length; i++) spectrum[i] = result[i][0];
            return spectrum;
        }
    }

    // Pointers cannot be in a tuple.
    private static void Exchange(ref Vector512<double>* x, ref Vector512<double>* y)
    {
        var held = x;
        x = y;
        y = held;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Turn(Vector512<double> real, Vector512<double> imaginary, double* root, Vector512<double>* to)
    {
        Vector512<double> cosine = Vector512.Create(root[0]), sine = Vector512.Create(root[1]);
        to[0] = real * cosine - imaginary * sine;
        to[1] = Vector512.FusedMultiplyAdd(real, sine, imaginary * cosine);
    }

    // In place, the imaginary part times sign.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Multiply(Vector512<double>* point, double real, double imaginary, double sign)
    {
        var (a, b) = (point[0], point[1]);
        point[0] = a * real - b * imaginary;
        point[1] = (a * imaginary + b * real) * sign;
    }
}
