using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Engine.Tensors.Cpu.Kernels;

/// <summary>
/// The transform behind <see cref="ConvFft"/>, of sixteen real series of N samples side by side. A series is a polynomial
/// x(t) modulo tᴺ + 1, and its spectrum the values at the N/2 roots of t^(N/2) = i; those at the other roots are their
/// conjugates. Products of such spectra are convolutions that wrap around with a minus sign, and what wraps is thrown away
/// anyway. Modulo t^(N/2) - i a real series is the complex series z[n] = x[n] + i·x[n + N/2], without arithmetic; each
/// pass then splits a polynomial modulo t^4m - r⁴ into four modulo t^m - r·iʲ (Bernstein, "Multidigit multiplication for
/// mathematicians", 2001, calls it the twisted-free split). So there is no step from complex to real transforms, no bin
/// that is a case of its own, and one set of factors for each block instead of one for each element. Spectra stay in the
/// order in which the splitting leaves them: products do not ask for another.
/// </summary>
internal sealed unsafe class SeriesFft
{
    /// <summary>Series of a batch.</summary>
    public const int Lanes = 16;

    /// <summary>Floats of one complex value of all lanes: sixteen real parts, sixteen imaginary parts.</summary>
    public const int Slot = 2 * Lanes;

    /// <summary>Shortest and longest N.</summary>
    public const int MinLength = 64, MaxLength = 4096;

    private static readonly SeriesFft?[] s_plans = new SeriesFft?[13];

    // For each pass and block r, r² and r³, real and imaginary part; a leading pass of two has r alone.
    private readonly float[] _factors;
    private readonly bool _leadingTwo;

    private SeriesFft(int length)
    {
        Length = length;
        _leadingTwo = System.Numerics.BitOperations.Log2((uint)Points) % 2 == 1;
        var factors = new List<float>();
        // Each block's modulus t^m - e^(2πi·turn).
        double[] turns = [0.25];
        if (_leadingTwo)
        {
            Add(0.125);
            turns = [0.125, 0.625];
        }

        while (turns.Length < Points)
        {
            foreach (var turn in turns)
            {
                for (var power = 1; power <= 3; power++) Add(turn / 4 * power);
            }

            turns = [.. turns.SelectMany(turn => (double[])[turn / 4, (turn + 1) / 4, (turn + 2) / 4, (turn + 3) / 4])];
        }

        _factors = GC.AllocateUninitializedArray<float>(factors.Count, pinned: true);
        factors.CopyTo(_factors);

        void Add(double turn)
        {
            var (sine, cosine) = Math.SinCos(2 * Math.PI * turn);
            factors.Add((float)cosine);
            factors.Add((float)sine);
        }
    }

    /// <summary>N, samples of a series.</summary>
    public int Length { get; }

    /// <summary>N/2, complex values of a spectrum.</summary>
    public int Points => Length / 2;

    /// <summary>The transform of <paramref name="length"/> samples, a power of two.</summary>
    public static SeriesFft Of(int length) => s_plans[System.Numerics.BitOperations.Log2((uint)length)] ??= new SeriesFft(length);

    /// <summary>
    /// Where sample n of a batch lies in its buffer of N · 16 floats: the second half of the samples are imaginary parts.
    /// </summary>
    public int Place(int sample) => sample < Points ? sample * Slot : (sample - Points) * Slot + Lanes;

    /// <summary>
    /// Transforms a batch, in place but for the last pass, whose results go to <paramref name="spectra"/>, the imaginary parts
    /// multiplied by <paramref name="sign"/>.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Forward(float* batch, SeriesSpectra spectra, int series, float sign)
    {
        fixed (float* start = _factors)
        {
            var factors = start;
            var size = Points;
            if (_leadingTwo)
            {
                var half = size / 2 * Slot;
                var r = new Factor(factors);
                factors += 2;
                for (var z = batch; z < batch + half; z += Slot)
                {
                    var (a, b) = (new Values(z), r * new Values(z + half));
                    (a + b).Store(z);
                    (a - b).Store(z + half);
                }

                size /= 2;
            }

            for (; size > 4; size /= 4)
            {
                var quarter = size / 4 * Slot;
                for (var block = batch; block < batch + Points * Slot; block += size * Slot, factors += 6)
                {
                    Factor r1 = new(factors), r2 = new(factors + 2), r3 = new(factors + 4);
                    for (var z = block; z < block + quarter; z += Slot)
                    {
                        Values a = new(z), b = r1 * new Values(z + quarter), c = r2 * new Values(z + 2 * quarter), d = r3 * new Values(z + 3 * quarter);
                        Values even = a + c, odd = b + d, evenLess = a - c, oddLess = b - d;
                        (even + odd).Store(z);
                        (evenLess.PlusI(oddLess)).Store(z + quarter);
                        (even - odd).Store(z + 2 * quarter);
                        (evenLess.MinusI(oddLess)).Store(z + 3 * quarter);
                    }
                }
            }

            var target = spectra.At(0) + series;
            var (step, imaginary) = ((nint)spectra.Step, (nint)spectra.Plane);
            var signs = Vector512.Create(sign);
            for (var z = batch; z < batch + Points * Slot; z += 4 * Slot, factors += 6, target += 4 * step)
            {
                Values a = new(z), b = new Factor(factors) * new Values(z + Slot), c = new Factor(factors + 2) * new Values(z + 2 * Slot), d = new Factor(factors + 4) * new Values(z + 3 * Slot);
                Values even = a + c, odd = b + d, evenLess = a - c, oddLess = b - d;
                (even + odd).Store(target, imaginary, signs);
                (evenLess.PlusI(oddLess)).Store(target + step, imaginary, signs);
                (even - odd).Store(target + 2 * step, imaginary, signs);
                (evenLess.MinusI(oddLess)).Store(target + 3 * step, imaginary, signs);
            }
        }
    }

    /// <summary>Transforms a batch of spectra back, into N/2 times the samples, after multiplying their imaginary parts by <paramref name="sign"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Inverse(SeriesSpectra spectra, int series, float* batch, float sign)
    {
        fixed (float* start = _factors)
        {
            var factors = start + _factors.Length - 6 * (Points / 4);
            var source = spectra.At(0) + series;
            var (step, imaginary) = ((nint)spectra.Step, (nint)spectra.Plane);
            var signs = Vector512.Create(sign);
            var block = factors;
            for (var z = batch; z < batch + Points * Slot; z += 4 * Slot, block += 6, source += 4 * step)
            {
                Values a = new(source, imaginary, signs), b = new(source + step, imaginary, signs);
                Values c = new(source + 2 * step, imaginary, signs), d = new(source + 3 * step, imaginary, signs);
                Values even = a + c, odd = b + d, evenLess = a - c, oddLess = b - d;
                (even + odd).Store(z);
                (new Factor(block).Conjugate() * (evenLess.MinusI(oddLess))).Store(z + Slot);
                (new Factor(block + 2).Conjugate() * (even - odd)).Store(z + 2 * Slot);
                (new Factor(block + 4).Conjugate() * (evenLess.PlusI(oddLess))).Store(z + 3 * Slot);
            }

            var size = 16;
            for (; size <= Points; size *= 4)
            {
                var quarter = size / 4 * Slot;
                factors -= 6 * (Points / size);
                block = factors;
                for (var first = batch; first < batch + Points * Slot; first += size * Slot, block += 6)
                {
                    Factor r1 = new Factor(block).Conjugate(), r2 = new Factor(block + 2).Conjugate(), r3 = new Factor(block + 4).Conjugate();
                    for (var z = first; z < first + quarter; z += Slot)
                    {
                        Values a = new(z), b = new(z + quarter), c = new(z + 2 * quarter), d = new(z + 3 * quarter);
                        Values even = a + c, odd = b + d, evenLess = a - c, oddLess = b - d;
                        (even + odd).Store(z);
                        (r1 * (evenLess.MinusI(oddLess))).Store(z + quarter);
                        (r2 * (even - odd)).Store(z + 2 * quarter);
                        (r3 * (evenLess.PlusI(oddLess))).Store(z + 3 * quarter);
                    }
                }
            }

            if (!_leadingTwo) return;
            var half = Points / 2 * Slot;
            var r = new Factor(start).Conjugate();
            for (var z = batch; z < batch + half; z += Slot)
            {
                Values a = new(z), b = new(z + half);
                (a + b).Store(z);
                (r * (a - b)).Store(z + half);
            }
        }
    }

    // The same complex value of sixteen series.
    private readonly struct Values
    {
        private readonly Vector512<float> _real, _imaginary;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Values(Vector512<float> real, Vector512<float> imaginary) => (_real, _imaginary) = (real, imaginary);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Values(float* slot)
            : this(Vector512.Load(slot), Vector512.Load(slot + Lanes))
        {
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Values(float* real, nint imaginary, Vector512<float> sign)
            : this(Vector512.Load(real), Vector512.Load(real + imaginary) * sign)
        {
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Values operator +(Values a, Values b) => new(a._real + b._real, a._imaginary + b._imaginary);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Values operator -(Values a, Values b) => new(a._real - b._real, a._imaginary - b._imaginary);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Values operator *(Factor f, Values a) => new(
            VectorMath.SubtractProduct(f.Real * a._real, f.Imaginary, a._imaginary),
            Vector512.FusedMultiplyAdd(f.Real, a._imaginary, f.Imaginary * a._real));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Values PlusI(Values b) => new(_real - b._imaginary, _imaginary + b._real);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Values MinusI(Values b) => new(_real + b._imaginary, _imaginary - b._real);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Store(float* slot)
        {
            _real.Store(slot);
            _imaginary.Store(slot + Lanes);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Store(float* real, nint imaginary, Vector512<float> sign)
        {
            _real.Store(real);
            (_imaginary * sign).Store(real + imaginary);
        }
    }

    // A factor in all lanes.
    private readonly struct Factor
    {
        public readonly Vector512<float> Real, Imaginary;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Factor(float* factor) => (Real, Imaginary) = (Vector512.Create(factor[0]), Vector512.Create(factor[1]));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private Factor(Vector512<float> real, Vector512<float> imaginary) => (Real, Imaginary) = (real, imaginary);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Factor Conjugate() => new(Real, -Imaginary);
    }
}

/// <summary>Spectra of many series: for each point a plane of real parts and one of imaginary parts.</summary>
/// <param name="Data">Point 0.</param>
/// <param name="Plane">Floats of a plane, a multiple of sixteen.</param>
internal readonly unsafe record struct SeriesSpectra(nint Data, int Plane)
{
    /// <summary>Floats between points; an odd number of cache lines, so that a column of them does not fall into few sets.</summary>
    public int Step => 2 * Plane + SeriesFft.Lanes;

    /// <summary>Room for so many series; each point ends with sixteen floats that a vector may read past the last series.</summary>
    public static SeriesSpectra Of(int series) => new(0, (series + SeriesFft.Lanes - 1) / SeriesFft.Lanes * SeriesFft.Lanes);

    /// <summary>Floats of all points.</summary>
    public long Size(int points) => (long)points * Step;

    public float* At(int point) => (float*)Data + (long)point * Step;
}
