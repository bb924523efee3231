using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Engine.Dsp;

/// <summary>The mean and the variance (of a population: divided by n, as <c>numpy.var</c>) of a series.</summary>
/// <param name="Mean">The mean.</param>
/// <param name="Variance">The mean squared deviation from it.</param>
internal readonly record struct Moments(double Mean, double Variance)
{
    /// <summary>Computes both in double precision, in two passes; NaN for no values.</summary>
    public static Moments Of(ReadOnlySpan<float> values)
    {
        var mean = SumOfPowers(values, 0).Sum / values.Length;
        var (sum, squares) = SumOfPowers(values, mean);
        // The first sum corrects the rounding of the mean (Chan, Golub and LeVeque, 1983).
        return new(mean, (squares - sum * sum / values.Length) / values.Length);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static (double Sum, double Squares) SumOfPowers(ReadOnlySpan<float> values, double center)
    {
        var vectors = MemoryMarshal.Cast<float, Vector<float>>(values);
        var (sumLow, sumHigh, squaresLow, squaresHigh) = (Vector<double>.Zero, Vector<double>.Zero, Vector<double>.Zero, Vector<double>.Zero);
        var shift = new Vector<double>(center);
        foreach (var vector in vectors)
        {
            Vector.Widen(vector, out var low, out var high);
            low -= shift;
            high -= shift;
            sumLow += low;
            sumHigh += high;
            squaresLow += low * low;
            squaresHigh += high * high;
        }

        var (sum, squares) = (Vector.Sum(sumLow + sumHigh), Vector.Sum(squaresLow + squaresHigh));
        foreach (var value in values[(vectors.Length * Vector<float>.Count)..])
        {
            var deviation = value - center;
            sum += deviation;
            squares += deviation * deviation;
        }

        return (sum, squares);
    }
}
