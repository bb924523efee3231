using System.Numerics;
using Engine.Dsp;
using Engine.Dsp.Fft;
using Engine.Tests.Support;

namespace Engine.Tests.Dsp;

[EveryInstructionSet]
public class FftTests
{
    private const double DoubleBudget = 1e-14;

    public static TheoryData<int> VectorLengths =>
        [1, 2, 3, 4, 5, 7, 8, 13, 16, 60, 64, 97, 100, 128, 256, 441, 1000, 1009, 1024, 2048, 2205, 4096];

    // u = 2^-24; one u for a single point, whose rounding to float is all the error it can have.
    private static double FloatBudget(int n) => Math.Pow(2, -24) * Math.Max(1, 3 * Math.Log2(n));

    [Theory, MemberData(nameof(VectorLengths))]
    public void Fft_VectorLengths_MatchSciPy(int n)
    {
        var x = (Complex<double>[])Vectors.Load("dsp_fft")[$"x_{n}"].Data;
        var expected = (Complex<double>[])Vectors.Load("dsp_fft")[$"fft_{n}"].Data;
        Match<double>(x, expected, DoubleBudget);
        Match<float>(x, expected, FloatBudget(n));

        static void Match<T>(Complex<double>[] x, Complex<double>[] expected, double budget)
            where T : unmanaged, IBinaryFloatingPointIeee754<T>
        {
            var plan = new FftPlan<T>(x.Length);
            var actual = Array.ConvertAll(x, Narrow<T>);
            plan.Forward(actual, actual);
            Close.AssertL2(Flat(expected), Flat(actual), budget, $"fft {typeof(T).Name} {x.Length}");
            plan.Inverse(Array.ConvertAll(expected, Narrow<T>), actual);
            Close.AssertL2(Flat(x), Flat(actual), budget, $"ifft {typeof(T).Name} {x.Length}");
        }
    }

    [Theory, MemberData(nameof(VectorLengths))]
    public void RealFft_VectorLengths_MatchSciPy(int n)
    {
        var x = Array.ConvertAll((Complex<double>[])Vectors.Load("dsp_fft")[$"x_{n}"].Data, v => v.Real);
        var expected = (Complex<double>[])Vectors.Load("dsp_fft")[$"rfft_{n}"].Data;
        Match<double>(x, expected, DoubleBudget);
        Match<float>(x, expected, FloatBudget(n));

        static void Match<T>(double[] x, Complex<double>[] expected, double budget)
            where T : unmanaged, IBinaryFloatingPointIeee754<T>
        {
            var plan = new RealFft<T>(x.Length);
            var actual = new Complex<T>[plan.Bins];
            plan.Forward(Array.ConvertAll(x, T.CreateChecked), actual);
            Close.AssertL2(Flat(expected), Flat(actual), budget, $"rfft {typeof(T).Name} {x.Length}");
            var back = new T[x.Length];
            plan.Inverse(Array.ConvertAll(expected, Narrow<T>), back);
            Close.AssertL2(x, Flat(back.AsSpan()), budget, $"irfft {typeof(T).Name} {x.Length}");
        }
    }

    [Fact]
    public void Fft_EveryLengthTo256_MatchesReference()
    {
        for (var n = 1; n <= 256; n++)
        {
            Check<double>(n, DoubleBudget, 3);
            Check<float>(n, FloatBudget(n), 3);
        }
    }

    [Theory]
    [InlineData(512, 2)]
    [InlineData(1323, 2)]
    [InlineData(2 * 1009, 1)]
    [InlineData(3 * 5 * 7 * 11, 1)]
    [InlineData(2187, 1)]
    [InlineData(2401, 1)]
    [InlineData(3125, 1)]
    public void Fft_LongerLengths_MatchReference(int n, int count)
    {
        Check<double>(n, DoubleBudget, count);
        Check<float>(n, FloatBudget(n), count);
    }

    [Theory]
    [InlineData(1 << 17)]
    [InlineData(3 * 5 * 7 * 512)]
    [InlineData(65537)]
    public void RealFft_LongSine_IsOneLine(int n)
    {
        var x = new double[n];
        for (var i = 0; i < n; i++) x[i] = Math.Sin(2 * Math.PI * ((long)i * 321 % n) / n);
        var spectrum = new Complex<double>[n / 2 + 1];
        new RealFft<double>(n).Forward(x, spectrum);
        var expected = new Complex<double>[n / 2 + 1];
        expected[321] = new(0, -n / 2.0);
        Close.AssertL2(Flat(expected), Flat(spectrum), DoubleBudget, $"sine of {n}");
    }

    // Complex and real, forward and inverse, several signals a call, in place and not.
    private static void Check<T>(int n, double budget, int count)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var random = new Random(n);
        var x = new Complex<T>[n * count];
        foreach (ref var v in x.AsSpan())
            v = new(T.CreateChecked(random.NextDouble() - 0.5), T.CreateChecked(random.NextDouble() - 0.5));
        var real = Array.ConvertAll(x, v => v.Real);
        var bins = n / 2 + 1;

        var forward = new Complex<T>[x.Length];
        var inverse = new Complex<T>[x.Length];
        var inPlace = (Complex<T>[])x.Clone();
        var realForward = new Complex<T>[bins * count];
        var realInverse = new T[x.Length];
        var plan = new FftPlan<T>(n);
        var realPlan = new RealFft<T>(n);
        plan.Forward(x, forward);
        plan.Inverse(x, inverse);
        plan.Forward(inPlace, inPlace);
        realPlan.Forward(real, realForward);
        realPlan.Inverse(realForward, realInverse);
        Assert.Equal(forward, inPlace);
        plan.Inverse(x.AsSpan(), inPlace);
        Assert.Equal(inverse, inPlace);

        for (var i = 0; i < count; i++)
        {
            var part = Array.ConvertAll(x[(i * n)..((i + 1) * n)], Widen);
            var spectrum = Reference.Fourier(part);
            var what = $"{typeof(T).Name} {n}";
            Close.AssertL2(Flat(spectrum), Flat(forward.AsSpan(i * n, n)), budget, "fft " + what);
            Close.AssertL2(Flat(Reference.InverseFourier(part)), Flat(inverse.AsSpan(i * n, n)), budget, "ifft " + what);

            var realPart = Array.ConvertAll(part, v => new Complex<double>(v.Real, 0));
            var half = Reference.Fourier(realPart)[..bins];
            Close.AssertL2(Flat(half), Flat(realForward.AsSpan(i * bins, bins)), budget, "rfft " + what);
            Close.AssertL2(Array.ConvertAll(part, v => v.Real), Flat(realInverse.AsSpan(i * n, n)), budget, "irfft " + what);
        }
    }

    private static Complex<double> Widen<T>(Complex<T> v)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
            new(double.CreateChecked(v.Real), double.CreateChecked(v.Imaginary));

    private static Complex<T> Narrow<T>(Complex<double> v)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => new(T.CreateChecked(v.Real), T.CreateChecked(v.Imaginary));

    private static double[] Flat<T>(ReadOnlySpan<Complex<T>> values)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var flat = new double[2 * values.Length];
        for (var i = 0; i < values.Length; i++) (flat[2 * i], flat[2 * i + 1]) = Widen(values[i]);
        return flat;
    }

    private static double[] Flat<T>(Complex<T>[] values)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => Flat<T>(values.AsSpan());

    private static double[] Flat<T>(Span<Complex<T>> values)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => Flat((ReadOnlySpan<Complex<T>>)values);

    private static double[] Flat<T>(Span<T> values)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => Array.ConvertAll(values.ToArray(), double.CreateChecked);
}
