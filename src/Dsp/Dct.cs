using System.Buffers;
using System.Numerics;
using Engine.Dsp.Fft;

namespace Engine.Dsp;

/// <summary>
/// The orthonormal discrete cosine transform of one length N, planned once and reused: DCT-II forward,
/// <c>X[k] = s[k]·Σ x[n]·cos(πk(2n+1)/2N)</c> with s[0] = √(1/N) and s[k] = √(2/N), and its inverse, the DCT-III; values as
/// <c>scipy.fft.dct(norm='ortho')</c>. Up to 32 coefficients are computed by a matrix product, more by a real FFT of N points
/// (Makhoul, "A fast cosine transform in one and two dimensions", 1980). Immutable and safe to share between threads.
/// </summary>
/// <typeparam name="T">float or double.</typeparam>
public sealed class Dct<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    // The time of both grows with the length, and that of the matrix also with the coefficients kept; it wins up to this many.
    private const int MatrixCoefficients = 32;

    private readonly T[]? _matrix;
    private readonly RealFft<T>? _fft;
    private readonly Complex<T>[] _twiddles = [];

    /// <summary>Plans transforms of <paramref name="length"/> points.</summary>
    /// <param name="length">The number of points N.</param>
    /// <param name="coefficients">How many of the first coefficients to keep; null: all N. The inverse takes the others as
    /// 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">The length is not from 1 to 2²⁴, or coefficients is not from 1 to the
    /// length.</exception>
    public Dct(int length, int? coefficients = null)
    {
        if (length is < 1 or > Guard.MostPoints)
            throw new ArgumentOutOfRangeException(nameof(length),
                $"Dct: length is {length}; it must be from 1 to {Guard.MostPoints}.");
        Length = length;
        Coefficients = coefficients ?? length;
        if (Coefficients < 1 || Coefficients > length)
        {
            throw new ArgumentOutOfRangeException(nameof(coefficients),
                $"Dct: coefficients is {coefficients}; it must be between 1 and the length {length}.");
        }

        if (Coefficients <= MatrixCoefficients)
        {
            _matrix = new T[Coefficients * length];
            for (var k = 0; k < Coefficients; k++)
            {
                for (var n = 0; n < length; n++)
                    _matrix[k * length + n] = T.CreateChecked(Scale(k) * Math.Cos(Angle((long)k * (2 * n + 1))));
            }
        }
        else
        {
            _fft = new(length);
            _twiddles = new Complex<T>[_fft.Bins];
            for (var k = 0; k < _twiddles.Length; k++)
            {
                var (sin, cos) = Math.SinCos(-Angle(k));
                _twiddles[k] = new(T.CreateChecked(cos), T.CreateChecked(sin));
            }
        }
    }

    /// <summary>The number of points N.</summary>
    public int Length { get; }

    /// <summary>The number of coefficients kept.</summary>
    public int Coefficients { get; }

    /// <summary>
    /// DCT-II of rows: <paramref name="input"/> [rows·Length] to <paramref name="output"/> [rows·Coefficients].
    /// </summary>
    /// <exception cref="ArgumentException">The sizes do not match.</exception>
    public void Forward(ReadOnlySpan<T> input, Span<T> output)
    {
        var rows = Rows(input.Length, output.Length);
        if (_matrix is null)
        {
            ForwardByFft(input, output, rows);
            return;
        }

        for (var row = 0; row < rows; row++)
        {
            var x = input.Slice(row * Length, Length);
            for (var k = 0; k < Coefficients; k++)
                output[row * Coefficients + k] = VectorMath.Dot(x, _matrix.AsSpan(k * Length, Length));
        }
    }

    /// <summary>
    /// DCT-III of rows: <paramref name="input"/> [rows·Coefficients] to <paramref name="output"/> [rows·Length].
    /// </summary>
    /// <exception cref="ArgumentException">The sizes do not match.</exception>
    public void Inverse(ReadOnlySpan<T> input, Span<T> output)
    {
        var rows = Rows(output.Length, input.Length);
        if (_matrix is null)
        {
            InverseByFft(input, output, rows);
            return;
        }

        output.Clear();
        for (var row = 0; row < rows; row++)
        {
            var x = output.Slice(row * Length, Length);
            for (var k = 0; k < Coefficients; k++)
                VectorMath.AddScaled(_matrix.AsSpan(k * Length, Length), input[row * Coefficients + k], x);
        }
    }

    private double Scale(int k) => Math.Sqrt((k == 0 ? 1.0 : 2.0) / Length);

    // π·m/2N, first reduced to one turn, so that large products lose no digits.
    private double Angle(long m) => Math.PI * (m % (4L * Length)) / (2.0 * Length);

    // The even samples, then the odd ones backwards; the real and imaginary part of bin k, turned by exp(-iπk/2N), are then
    // coefficients k and (negated) N - k.
    private void ForwardByFft(ReadOnlySpan<T> input, Span<T> output, int rows)
    {
        var folded = ArrayPool<T>.Shared.Rent(Length);
        var bins = ArrayPool<Complex<T>>.Shared.Rent(_twiddles.Length);
        for (var row = 0; row < rows; row++)
        {
            var x = input.Slice(row * Length, Length);
            var y = output.Slice(row * Coefficients, Coefficients);
            for (var n = 0; n < Length; n++) folded[n % 2 == 0 ? n / 2 : Length - 1 - n / 2] = x[n];
            _fft!.Forward(folded.AsSpan(0, Length), bins.AsSpan(0, _twiddles.Length));
            var scale = T.CreateChecked(Scale(1));
            for (var k = 0; k < _twiddles.Length; k++)
            {
                var z = bins[k] * _twiddles[k] * scale;
                if (k < y.Length) y[k] = z.Real;
                if (k > 0 && Length - k < y.Length) y[Length - k] = -z.Imaginary;
            }

            y[0] = bins[0].Real * T.CreateChecked(Scale(0));
        }

        ArrayPool<T>.Shared.Return(folded);
        ArrayPool<Complex<T>>.Shared.Return(bins);
    }

    private void InverseByFft(ReadOnlySpan<T> input, Span<T> output, int rows)
    {
        var folded = ArrayPool<T>.Shared.Rent(Length);
        var bins = ArrayPool<Complex<T>>.Shared.Rent(_twiddles.Length);
        var scale = T.CreateChecked(1 / Scale(1));
        for (var row = 0; row < rows; row++)
        {
            var y = input.Slice(row * Coefficients, Coefficients);
            var x = output.Slice(row * Length, Length);
            bins[0] = new(y[0] * T.CreateChecked(1 / Scale(0)), T.Zero);
            for (var k = 1; k < _twiddles.Length; k++)
            {
                var real = k < y.Length ? y[k] : T.Zero;
                var imaginary = Length - k < y.Length ? -y[Length - k] : T.Zero;
                bins[k] = new Complex<T>(real, imaginary) * _twiddles[k].Conjugate * scale;
            }

            _fft!.Inverse(bins.AsSpan(0, _twiddles.Length), folded.AsSpan(0, Length));
            for (var n = 0; n < Length; n++) x[n] = folded[n % 2 == 0 ? n / 2 : Length - 1 - n / 2];
        }

        ArrayPool<T>.Shared.Return(folded);
        ArrayPool<Complex<T>>.Shared.Return(bins);
    }

    private int Rows(int points, int coefficients)
    {
        if (points % Length != 0 || (long)points / Length * Coefficients != coefficients)
        {
            throw new ArgumentException(
                $"Dct: {points} points and {coefficients} coefficients; they must be rows × {Length} and rows × {Coefficients}.");
        }

        return points / Length;
    }
}
