using System.Numerics;

namespace Engine.Dsp.Fft;

/// <summary>
/// A complex discrete Fourier transform of one length, planned once and reused:
/// <c>X[k] = Σ x[n]·exp(-2πi·kn/N)</c>; the inverse divides by N. Immutable and safe to share between threads.
/// </summary>
/// <typeparam name="T">float or double.</typeparam>
public sealed class FftPlan<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly Complex<T>[] _twiddles;

    /// <summary>Plans transforms of <paramref name="length"/> points.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="length"/> is below 1.</exception>
    public FftPlan(int length)
    {
        if (length < 1)
        {
            throw new ArgumentOutOfRangeException(nameof(length), $"Fft: length is {length}; it must be at least 1.");
        }

        Length = length;
        _twiddles = new Complex<T>[length];
        for (var k = 0; k < length; k++)
        {
            var (sin, cos) = Math.SinCos(-2 * Math.PI * k / length);
            _twiddles[k] = new(T.CreateChecked(cos), T.CreateChecked(sin));
        }
    }

    /// <summary>The number of points N.</summary>
    public int Length { get; }

    /// <summary>Transforms one or more signals: both spans hold a multiple of N values; they may be the same span.</summary>
    public void Forward(ReadOnlySpan<Complex<T>> input, Span<Complex<T>> output)
    {
        CheckSizes(input.Length, output.Length);
        var copy = input.ToArray();
        for (var start = 0; start < input.Length; start += Length)
            Transform(copy.AsSpan(start, Length), 1, output.Slice(start, Length));
    }

    /// <summary>The inverse of <see cref="Forward"/>, scaled by 1/N; one or more signals, in place allowed.</summary>
    public void Inverse(ReadOnlySpan<Complex<T>> input, Span<Complex<T>> output)
    {
        CheckSizes(input.Length, output.Length);
        var conjugate = new Complex<T>[input.Length];
        for (var i = 0; i < conjugate.Length; i++) conjugate[i] = input[i].Conjugate;
        Forward(conjugate, output);
        var scale = T.One / T.CreateChecked(Length);
        for (var i = 0; i < output.Length; i++) output[i] = output[i].Conjugate * scale;
    }

    private void CheckSizes(int input, int output)
    {
        if (input != output || input % Length != 0)
        {
            throw new ArgumentException($"Fft: input has {input} and output {output} values; both must be the same multiple of {Length}.");
        }
    }

    // Recursive mixed radix, decimation in time.
    private void Transform(ReadOnlySpan<Complex<T>> x, int stride, Span<Complex<T>> y)
    {
        var n = y.Length;
        if (n == 1)
        {
            y[0] = x[0];
            return;
        }

        var radix = 2;
        while (n % radix != 0) radix++;
        var m = n / radix;
        var parts = new Complex<T>[n];
        for (var r = 0; r < radix; r++) Transform(x[(r * stride)..], stride * radix, parts.AsSpan(r * m, m));
        for (var k = 0; k < n; k++)
        {
            var sum = parts[k % m];
            for (var r = 1; r < radix; r++) sum += parts[r * m + k % m] * _twiddles[(int)((long)r * k % n * stride)];
            y[k] = sum;
        }
    }
}
