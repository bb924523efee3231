using Engine.Dsp;
using Engine.Tests.Support;
using FsCheck;
using FsCheck.Fluent;

namespace Engine.Tests.Dsp;

public class DctTests
{
    public static TheoryData<int> Lengths =>
        [1, 2, 3, 4, 5, 7, 8, 13, 16, 60, 64, 97, 100, 128, 256, 441, 1000, 1009, 1024, 2048, 2205, 4096];

    [Theory]
    [MemberData(nameof(Lengths))]
    public void Forward_Double_MatchesScipy(int n)
    {
        var output = new double[n];
        new Dct<double>(n).Forward(Input(n), output);
        Close.AssertL2(Vectors.Load("dsp_fft")[$"dct2_ortho_{n}"].ToDoubles(), output, 1e-14, $"dct {n}");
    }

    [Theory]
    [MemberData(nameof(Lengths))]
    public void Forward_Single_MatchesScipy(int n)
    {
        var input = Array.ConvertAll(Input(n), x => (float)x);
        var output = new float[n];
        new Dct<float>(n).Forward(input, output);

        // The reference input is double: half an ulp for rounding it, then that of an FFT.
        var budget = Math.ScaleB(1, -24) * (1 + 3 * Math.Log2(Math.Max(2, n)));
        Close.AssertL2(Vectors.Load("dsp_fft")[$"dct2_ortho_{n}"].ToDoubles(), Array.ConvertAll(output, x => (double)x), budget,
            $"dct {n}");
    }

    [Fact]
    public void Inverse_OfForward_GivesTheInputBack() =>
        Prop.ForAll(Gen.Choose(1, 700).ToArbitrary(), Gen.Choose(0, 3).ToArbitrary(), (n, rows) =>
        {
            var input = Signals.Noise(n * rows, n);
            var dct = new Dct<float>(n);
            var (there, back) = (new float[n * rows], new float[n * rows]);
            dct.Forward(input, there);
            dct.Inverse(there, back);
            Close.Assert(input, back, 1e-5, what: $"dct {n}");
        }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(20, 13)]
    [InlineData(128, 20)]
    [InlineData(1000, 3)]
    [InlineData(1000, 400)]
    [InlineData(1001, 700)]
    public void Forward_SomeCoefficients_AreTheFirstOfAll(int n, int kept)
    {
        var input = Array.ConvertAll(Signals.Noise(2 * n), x => (double)x);
        var (all, some) = (new double[2 * n], new double[2 * kept]);
        new Dct<double>(n).Forward(input, all);
        var dct = new Dct<double>(n, kept);
        dct.Forward(input, some);
        Close.Assert([.. all[..kept], .. all[n..(n + kept)]], some, 1e-12);

        // The inverse takes the others as zero.
        Array.Clear(all, kept, n - kept);
        Array.Clear(all, n + kept, n - kept);
        var (expected, actual) = (new double[2 * n], new double[2 * n]);
        new Dct<double>(n).Inverse(all, expected);
        dct.Inverse(some, actual);
        Close.Assert(expected, actual, 1e-12);
    }

    [Fact]
    public void Dct_WrongArguments_NamesThem()
    {
        Assert.Contains("length is 0", Assert.Throws<ArgumentOutOfRangeException>(() => new Dct<float>(0)).Message);
        Assert.Contains("coefficients is 9; it must be between 1 and the length 8",
            Assert.Throws<ArgumentOutOfRangeException>(() => new Dct<float>(8, 9)).Message);
        Assert.Contains("8 points and 7 coefficients",
            Assert.Throws<ArgumentException>(() => new Dct<float>(8).Forward(new float[8], new float[7])).Message);
    }

    private static double[] Input(int n) =>
        Array.ConvertAll((Complex<double>[])Vectors.Load("dsp_fft")[$"x_{n}"].Data, z => z.Real);
}
