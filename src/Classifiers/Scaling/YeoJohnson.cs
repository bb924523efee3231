using Engine.Classifiers.Numerics;

namespace Engine.Classifiers.Scaling;

/// <summary>
/// The power transform of Yeo and Johnson ("A new family of power transformations to improve normality or symmetry", 2000):
/// ((1 + x)^λ - 1) / λ of x from 0, and -((1 - x)^(2 - λ) - 1) / (2 - λ) below, with logarithms where the exponent is 0.
/// </summary>
internal static class YeoJohnson
{
    // Values up to 20 times the largest magnitude learned from must neither overflow nor underflow, and neither may the variance
    // of what was learned from: half a double's range of exponents, less the digits (as scipy bounds λ since 1.12).
    private const double Margin = 20;
    private const int MostSteps = 200;
    private const double Tolerance = 1e-14;

    private static readonly double s_lowest = (Math.Log(2.2250738585072014e-308) - Math.Log(double.BitIncrement(1) - 1)) / 2;
    private static readonly double s_highest = (Math.Log(double.MaxValue) + Math.Log(double.BitIncrement(1) - 1)) / 2;

    /// <summary>The transform of a value; infinite where it overflows.</summary>
    public static double Transform(double x, double lambda)
    {
        var t = Exponentials.Log1p(Math.Abs(x));
        return x >= 0 ? t * Exponentials.Mean(lambda * t) : -t * Exponentials.Mean((2 - lambda) * t);
    }

    /// <summary>The value that <see cref="Transform"/> maps to y; not finite if there is none.</summary>
    public static double Inverse(double y, double lambda)
    {
        var power = y >= 0 ? lambda : 2 - lambda;
        var t = power == 0 ? Math.Abs(y) : Math.Log(1 + Math.Abs(y) * power) / power;
        return Math.CopySign(Exponentials.Expm1(t), y);
    }

    /// <summary>
    /// The λ of greatest likelihood if the transformed column is normally distributed; 1 for a constant column.
    /// </summary>
    public static double Fit(ReadOnlySpan<double> column)
    {
        if (StandardScaler.IsConstant(column)) return 1;
        double low = 0, high = 0;
        foreach (var x in column) (low, high) = (Math.Min(low, x), Math.Max(high, x));

        // The transform of -x with 2 - λ is minus that of x with λ.
        var mirrored = high <= 0;
        if (mirrored) (low, high) = (0, -low);
        var most = Math.Max(-low, high);

        // In units of the largest logarithm T: τ = ln(1 + |x|) / T with the sign of x, and ν = λT. Everything below is then near
        // 1, however small or large the column.
        var unit = Exponentials.Log1p(most);
        var logs = new double[column.Length];
        for (var i = 0; i < logs.Length; i++)
        {
            var x = mirrored ? -column[i] : column[i];
            logs[i] = Math.CopySign(Exponentials.Log1p(Math.Abs(x)) / unit, x);
        }

        var widest = double.IsFinite(Margin * most) ? Exponentials.Log1p(Margin * most) : Math.Log(Margin) + Math.Log(most);
        var (from, to) = (s_lowest / widest, s_highest / widest);
        if (low < 0) (from, to) = (Math.Max(2 - to, from), Math.Min(2 - from, to));

        // Both ends of a column this wide overflow for any power but 1, which leaves it as it is.
        if (from > to) return 1;
        var lambda = Root(new Likelihood(logs, 2 * unit), from * unit, to * unit, 2 * unit) / unit;
        return mirrored ? 2 - lambda : lambda;
    }

    // The likelihood is concave in λ (Marchand, Muzellec, Beguier, du Terrail and Andreux, "SecureFedYJ", 2022), so its slope
    // has one root, which false position (the Illinois method) and bisection enclose in turn.
    private static double Root(Likelihood likelihood, double from, double to, double scale)
    {
        var (left, right) = (likelihood.Slope(from), likelihood.Slope(to));
        if (!(left > 0)) return from;
        if (!(right < 0)) return to;
        for (var step = 0; step < MostSteps && to - from > Tolerance * Math.Max(scale, Math.Abs(from)); step++)
        {
            var middle = step % 3 == 2 ? (from + to) / 2 : from + (to - from) * (left / (left - right));
            var slope = likelihood.Slope(middle);
            if (slope == 0) return middle;
            if (slope > 0) (from, left, right) = (middle, slope, right / 2);
            else (to, right, left) = (middle, slope, left / 2);
        }

        return (from + to) / 2;
    }

    /// <summary>The log likelihood of a column's power ν, whose signed logarithms are τ.</summary>
    private sealed class Likelihood
    {
        private readonly double[] _logs;
        private readonly double _mirror, _sum, _low, _high;
        private readonly double[] _bent, _slopes;

        /// <param name="logs">The signed logarithms; some are positive.</param>
        /// <param name="mirror">Negative values have the power <paramref name="mirror"/> - ν.</param>
        public Likelihood(double[] logs, double mirror)
        {
            (_logs, _mirror, _bent, _slopes) = (logs, mirror, new double[logs.Length], new double[logs.Length]);
            (_low, _high) = (logs[0], logs[0]);
            foreach (var t in logs) (_sum, _low, _high) = (_sum + t, Math.Min(_low, t), Math.Max(_high, t));
        }

        /// <summary>The slope at ν: Σ τ - n/2 · (ln variance)'.</summary>
        public double Slope(double power)
        {
            // Values of one sign may all be close together, or be pressed together by the curve. Relative to one of them, τ₀, the
            // transform is e^(ντ₀) times that of τ - τ₀, and a constant, which the variance does not have.
            var origin = _low < 0 ? 0 : power >= 0 ? _high : _low;
            double mean = 0;
            for (var i = 0; i < _logs.Length; i++)
            {
                var t = _logs[i] - origin;
                var isMirrored = _logs[i] < 0;
                var (length, exponent) = isMirrored ? (-t, _mirror - power) : (t, power);
                var bent = length * Exponentials.Mean(exponent * length);
                _bent[i] = isMirrored ? -bent : bent;
                _slopes[i] = length * length * Exponentials.MeanSlope(exponent * length);
                mean += _bent[i];
            }

            mean /= _logs.Length;
            double squares = 0, change = 0;
            for (var i = 0; i < _logs.Length; i++)
            {
                squares += (_bent[i] - mean) * (_bent[i] - mean);
                change += (_bent[i] - mean) * _slopes[i];
            }

            return _sum - _logs.Length * (origin + change / squares);
        }
    }
}
