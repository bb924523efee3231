using System.Numerics;

namespace Engine.Dsp.Fft;

/// <summary>
/// The transform of sixteen real series of N samples side by side, for convolutions. A series is a polynomial x(t) modulo tᴺ + 1,
/// and its spectrum is its values at the N/2 roots of t^(N/2) = i; those at the other roots are their conjugates. Products of
/// such spectra are convolutions that wrap around with a minus sign. Modulo t^(N/2) - i, a real series is the complex series z[n]
/// = x[n] + i·x[n + N/2], without arithmetic; each pass then splits a polynomial modulo t^(r·m) - u^r into r polynomials modulo
/// t^m - u·exp(2πi·j/r) (Bernstein, "Multidigit multiplication for mathematicians", 2001, calls it the twisted-free split). So
/// there is no step between complex and real transforms, no bin is a special case, and each block needs one set of factors
/// instead of each element. All passes except the one that writes or reads the spectra work in place; spectra stay in the order
/// in which the splitting leaves them, since products need no other. No series affects another. Immutable and safe to share
/// between threads.
/// </summary>
public sealed unsafe class SeriesFft
{
    /// <summary>Series of a batch.</summary>
    public const int Lanes = 16;

    // Floats of one complex value in all lanes: sixteen real parts, sixteen imaginary parts.
    internal const int Slot = 2 * Lanes;

    private static readonly SeriesFft?[] s_plans = new SeriesFft?[BitOperations.Log2(Guard.MostPoints) + 1];

    private readonly SeriesPass[] _split;
    private readonly SeriesPass[] _join;

    private SeriesFft(int length)
    {
        Length = length;
        var radices = MixedRadix<float>.PowersOfTwo(BitOperations.Log2((uint)Points));
        (_split, _join) = (new SeriesPass[radices.Count], new SeriesPass[radices.Count]);
        // Block b is a polynomial modulo t^part - exp(2πi·numerators[b]/denominator).
        int[] numerators = [1];
        var (part, denominator) = (Points, 4);
        for (var i = 0; i < radices.Count; i++)
        {
            var (radix, turn) = (radices[i], denominator);
            part /= radix;
            denominator *= radix;
            var factors = new Table<float>(2 * (radix - 1) * numerators.Length);
            for (var k = 0; k < factors.Length / 2; k++)
            {
                var power = (long)(k % (radix - 1) + 1) * numerators[k / (radix - 1)];
                (factors.Span[2 * k], factors.Span[2 * k + 1]) = Twiddles.Root<float>(power, denominator);
            }

            var maker = new SeriesPassMaker(radix, Points, part, factors);
            (_split[i], _join[i]) = Widths.Filled<float, (SeriesPass, SeriesPass), SeriesPassMaker>(Lanes, maker);
            numerators = [.. numerators.SelectMany(n => Enumerable.Range(0, radix).Select(j => n + j * turn))];
        }
    }

    /// <summary>N, samples of a series.</summary>
    public int Length { get; }

    /// <summary>N/2, complex values of a spectrum.</summary>
    public int Points => Length / 2;

    /// <summary>Floats of a batch, N · 16.</summary>
    public int BatchLength => Length * Lanes;

    /// <summary>The transform of <paramref name="length"/> samples.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="length"/> is not a power of two from 4 to 2²⁴.</exception>
    public static SeriesFft Of(int length)
    {
        Guard.Check(
            length is >= 4 and <= Guard.MostPoints && BitOperations.IsPow2(length),
            $"SeriesFft: length is {length}; it must be a power of two from 4 to {Guard.MostPoints}.");
        return s_plans[BitOperations.Log2((uint)length)] ??= new SeriesFft(length);
    }

    /// <summary>
    /// Where sample n of a batch's first series lies in its buffer: the second half of the samples is imaginary parts.
    /// </summary>
    public int Place(int sample) => sample < Points ? sample * Slot : (sample - Points) * Slot + Lanes;

    /// <summary>Transforms a batch, which is overwritten.</summary>
    /// <param name="batch">Sixteen series, each sample at its <see cref="Place"/>.</param>
    /// <param name="spectra">The results: real parts of the first point, side by side, at the start.</param>
    /// <param name="plane">Floats from real to imaginary parts.</param>
    /// <param name="pitch">Floats between points.</param>
    /// <exception cref="ArgumentException">The sizes do not fit.</exception>
    public void Forward(Span<float> batch, Span<float> spectra, int plane, int pitch)
    {
        CheckSizes(batch.Length, spectra.Length, plane, pitch);
        fixed (float* z = batch, to = spectra)
        {
            // The butterflies run in reverse, with conjugated factors, because the parts are exchanged.
            for (var i = 0; i < _split.Length - 1; i++) _split[i].Run(z + Lanes, z);
            _split[^1].Write(z + Lanes, z, to + plane, to, (nuint)pitch);
        }

        GC.KeepAlive(this);
    }

    /// <summary>The inverse of <see cref="Forward"/> except for a factor: gives N/2 times the samples.</summary>
    /// <exception cref="ArgumentException">The sizes do not fit.</exception>
    public void Inverse(ReadOnlySpan<float> spectra, int plane, int pitch, Span<float> batch)
    {
        CheckSizes(batch.Length, spectra.Length, plane, pitch);
        fixed (float* z = batch, from = spectra)
        {
            _join[^1].Read(from, from + plane, (nuint)pitch, z, z + Lanes);
            for (var i = _join.Length - 2; i >= 0; i--) _join[i].Run(z, z + Lanes);
        }

        GC.KeepAlive(this);
    }

    private void CheckSizes(int batch, int spectra, int plane, int pitch)
    {
        if (batch != BatchLength || plane < Lanes || pitch < Lanes || spectra < (Points - 1L) * pitch + plane + Lanes)
        {
            throw new ArgumentException(
                $"SeriesFft: the batch has {batch} values; it must have {BatchLength}. "
                + $"The spectra have {spectra}, {plane} between parts and {pitch} between points; "
                + $"{Points} points of {Lanes} series must fit.");
        }
    }
}
