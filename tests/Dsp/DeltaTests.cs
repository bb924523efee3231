using Engine.Dsp;
using Engine.Tests.Support;

namespace Engine.Tests.Dsp;

public class DeltaTests
{
    public static TheoryData<string> Signals => FeatureReference.Signals;

    [Theory]
    [MemberData(nameof(Signals))]
    public void Compute_OfMfcc_MatchesLibrosa(string signal)
    {
        var mfcc = new Mfcc(new()).Compute(Vectors.Signal(signal));
        FeatureReference.Assert(signal, "delta_9", new Delta(9, 1).Compute(mfcc), absolute: 5e-3, relative: 1e-4);
        FeatureReference.Assert(signal, "delta2_9", new Delta(9, 2).Compute(mfcc), absolute: 5e-3, relative: 1e-4);
    }

    // A polynomial of the order's degree has a constant derivative of that order, which every window finds, at the ends too.
    [Theory]
    [InlineData(3, 1)]
    [InlineData(3, 2)]
    [InlineData(5, 1)]
    [InlineData(5, 3)]
    [InlineData(7, 4)]
    [InlineData(21, 2)]
    public void Compute_OfPolynomial_IsItsDerivative(int width, int order)
    {
        var features = new Frames<float>(40, 3);
        double expected = 1;
        for (var d = 2; d <= order; d++) expected *= d;
        for (var t = 0; t < features.Count; t++)
            for (var f = 0; f < features.Bins; f++) features[t][f] = (float)((f + 1) * Math.Pow(t / 40.0, order)) - f;
        var delta = new Delta(width, order).Compute(features);
        var scale = expected / Math.Pow(40, order);
        for (var t = 0; t < delta.Count; t++)
            for (var f = 0; f < delta.Bins; f++) Assert.InRange(delta[t][f] / scale, f + 1 - 5e-2, f + 1 + 5e-2);
    }

    // The fit by normal equations, in double precision.
    [Theory]
    [InlineData(3, 1)]
    [InlineData(9, 1)]
    [InlineData(9, 2)]
    [InlineData(11, 3)]
    [InlineData(9, 8)]
    public void Compute_OfNoise_IsTheLeastSquaresFit(int width, int order)
    {
        var features = new Frames<float>(width + 6, 2, Support.Signals.Noise(2 * (width + 6)));
        var delta = new Delta(width, order).Compute(features);
        for (var t = 0; t < delta.Count; t++)
        {
            var start = Math.Clamp(t - width / 2, 0, delta.Count - width);
            for (var f = 0; f < 2; f++)
            {
                var expected = LeadingCoefficient([.. Enumerable.Range(start, width).Select(i => (double)features[i][f])], order);
                for (var d = 2; d <= order; d++) expected *= d;
                Close.Assert([expected], [(double)delta[t][f]], 1e-4, 1e-4, $"frame {t}");
            }
        }
    }

    [Fact]
    public void Delta_WrongArguments_NamesThem()
    {
        Assert.Contains("width is 4", Assert.Throws<ArgumentOutOfRangeException>(() => new Delta(4)).Message);
        Assert.Contains("width is 1", Assert.Throws<ArgumentOutOfRangeException>(() => new Delta(1)).Message);
        Assert.Contains("order is 0", Assert.Throws<ArgumentOutOfRangeException>(() => new Delta(9, 0)).Message);
        Assert.Contains("order is 9; it must be at least 1 and below the width 9",
            Assert.Throws<ArgumentOutOfRangeException>(() => new Delta(9, 9)).Message);
        Assert.Contains("width is 9, but there are only 8 frames",
            Assert.Throws<ArgumentException>(() => new Delta().Compute(new(8, 1))).Message);
    }

    private static double LeadingCoefficient(double[] y, int degree)
    {
        var n = degree + 1;
        var a = new double[n, n + 1];
        for (var i = 0; i < y.Length; i++)
        {
            var x = i - y.Length / 2;
            for (var r = 0; r < n; r++)
            {
                for (var c = 0; c < n; c++) a[r, c] += Math.Pow(x, r + c);
                a[r, n] += Math.Pow(x, r) * y[i];
            }
        }

        // Gaussian elimination; the last unknown is the coefficient of the highest power.
        for (var p = 0; p < n; p++)
            for (var r = p + 1; r < n; r++)
                for (var c = n; c >= p; c--) a[r, c] -= a[r, p] / a[p, p] * a[p, c];
        return a[n - 1, n] / a[n - 1, n - 1];
    }
}
