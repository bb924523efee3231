using System.Numerics;
using Engine.Dsp;
using Engine.Dsp.Fft;
using Engine.Tests.Support;

namespace Engine.Tests.Dsp;

public class FftContractTests
{
    // A codelet's worth, every kind of pass, Bluestein for complex, even and odd real lengths.
    private static readonly int[] s_lengths = [1, 2, 7, 60, 64, 441, 1000, 1009, 2018, 2048];

    public static TheoryData<int> Lengths => [.. s_lengths];

    [Theory]
    [InlineData(0)]
    [InlineData(-4)]
    public void Plan_LengthBelowOne_Throws(int length)
    {
        Assert.Contains($"length is {length};", Assert.Throws<ArgumentOutOfRangeException>(() => new FftPlan<float>(length))
            .Message);
        Assert.Contains($"length is {length};", Assert.Throws<ArgumentOutOfRangeException>(() => new RealFft<float>(length))
            .Message);
    }

    [Theory]
    [InlineData(8, 7)]
    [InlineData(12, 12)]
    [InlineData(8, 16)]
    public void Fft_WrongSizes_Throws(int input, int output)
    {
        var plan = new FftPlan<double>(8);
        var (x, y) = (new Complex<double>[input], new Complex<double>[output]);
        foreach (var error in new[]
        {
            Assert.Throws<ArgumentException>(() => plan.Forward(x, y)),
            Assert.Throws<ArgumentException>(() => plan.Inverse(x, y)),
        })
        {
            Assert.Equal($"Fft: input has {input} and output {output} values; both must be the same multiple of 8.",
                error.Message);
        }
    }

    [Theory]
    [InlineData(8, 8)]
    [InlineData(12, 5)]
    [InlineData(16, 5)]
    public void RealFft_WrongSizes_Throws(int real, int complex)
    {
        var plan = new RealFft<double>(8);
        var (x, y) = (new double[real], new Complex<double>[complex]);
        foreach (var error in new[]
        {
            Assert.Throws<ArgumentException>(() => plan.Forward(x, y)),
            Assert.Throws<ArgumentException>(() => plan.Inverse(y, x)),
        })
        {
            Assert.Equal($"RealFft: {real} real and {complex} complex values; they must be count × 8 and count × 5.",
                error.Message);
        }
    }

    [Fact]
    public void Fft_NoSignals_DoesNothing()
    {
        new FftPlan<float>(8).Forward([], []);
        new RealFft<float>(9).Forward([], []);
        new RealFft<float>(9).Inverse([], []);
    }

    [Theory, MemberData(nameof(Lengths))]
    public void Fft_SeveralSignals_GivesTheBitsOfOne(int n)
    {
        const int Count = 5;
        var x = Random(n * Count, n);
        var bins = n / 2 + 1;
        var (together, apart) = (new Complex<float>[bins * Count], new Complex<float>[bins * Count]);
        var plan = new RealFft<float>(n);
        plan.Forward(x, together);
        for (var i = 0; i < Count; i++) plan.Forward(x.AsSpan(i * n, n), apart.AsSpan(i * bins, bins));
        Assert.Equal(apart, together);
    }

    [Theory, MemberData(nameof(Lengths))]
    public void Fft_InsideALargerBuffer_LeavesTheRestAlone(int n)
    {
        const int Guard = 32;
        var x = Random(n, n);
        var bins = n / 2 + 1;
        var spectrum = new Complex<float>[bins + 2 * Guard];
        Array.Fill(spectrum, new(7, 7));
        var plan = new RealFft<float>(n);
        plan.Forward(x, spectrum.AsSpan(Guard, bins));
        var back = new float[n + 2 * Guard];
        Array.Fill(back, 7);
        plan.Inverse(spectrum.AsSpan(Guard, bins), back.AsSpan(Guard, n));
        var complex = new Complex<float>[n + 2 * Guard];
        Array.Fill(complex, new(7, 7));
        new FftPlan<float>(n).Forward(complex.AsSpan(Guard, n), complex.AsSpan(Guard, n));
        for (var i = 0; i < Guard; i++)
        {
            Assert.Equal((7, 7), (spectrum[i].Real, spectrum[^(i + 1)].Imaginary));
            Assert.Equal((7, 7), (complex[i].Real, complex[^(i + 1)].Imaginary));
            Assert.Equal((7, 7), (back[i], back[^(i + 1)]));
        }
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity)]
    public void Fft_OneBadSample_ReachesEveryBin(float bad)
    {
        foreach (var n in s_lengths)
        {
            var x = Random(2 * n, n);
            x[n / 2] = bad;
            var bins = n / 2 + 1;
            var spectrum = new Complex<float>[2 * bins];
            var plan = new RealFft<float>(n);
            plan.Forward(x, spectrum);
            Assert.All(spectrum[..bins], v => Assert.False(float.IsFinite(v.Real) && float.IsFinite(v.Imaginary)));
            Assert.All(spectrum[bins..], v => Assert.True(float.IsFinite(v.Real) && float.IsFinite(v.Imaginary)));

            plan.Inverse(spectrum.AsSpan(0, bins), x.AsSpan(0, n));
            Assert.All(x[..n], v => Assert.False(float.IsFinite(v)));

            var complex = new Complex<float>[n];
            complex[n - 1] = new(0, bad);
            new FftPlan<float>(n).Forward(complex, complex);
            Assert.All(complex, v => Assert.False(float.IsFinite(v.Real) && float.IsFinite(v.Imaginary)));
        }
    }

    [Fact]
    public void RealFft_ImaginaryPartsOfTheEdges_AreIgnored()
    {
        foreach (var n in new[] { 1, 2, 6, 9, 64 })
        {
            var spectrum = new Complex<double>[n / 2 + 1];
            new RealFft<double>(n).Forward(Array.ConvertAll(Random(n, n), v => (double)v), spectrum);
            var (clean, dirty) = (new double[n], new double[n]);
            new RealFft<double>(n).Inverse(spectrum, clean);
            spectrum[0] = new(spectrum[0].Real, 3);
            if (n % 2 == 0) spectrum[^1] = new(spectrum[^1].Real, -5);
            new RealFft<double>(n).Inverse(spectrum, dirty);
            Assert.Equal(clean, dirty);
        }
    }

    [Theory, MemberData(nameof(Lengths))]
    public void Fft_AfterTheFirstCall_AllocatesNothing(int n)
    {
        Measure<float>(n);
        Measure<double>(n);

        static void Measure<T>(int n)
            where T : unmanaged, IBinaryFloatingPointIeee754<T>
        {
            var plan = new FftPlan<T>(n);
            var real = new RealFft<T>(n);
            var (x, y) = (new Complex<T>[3 * n], new Complex<T>[3 * n]);
            var (signal, spectrum) = (new T[3 * n], new Complex<T>[3 * (n / 2 + 1)]);
            var before = 0L;
            for (var round = 0; round < 70; round++)
            {
                // The first rounds load types, and compile loops again that turn out to be long.
                if (round == 60) before = GC.GetAllocatedBytesForCurrentThread();
                plan.Forward(x, y);
                plan.Inverse(y, y);
                real.Forward(signal, spectrum);
                real.Inverse(spectrum, signal);
            }

            Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        }
    }

    [Fact]
    public void RealFft_LargeBatch_IsThatOfItsSignalsOnAnyThreads()
    {
        const int length = 500, count = 600;
        var plan = new RealFft<float>(length);
        var signals = Support.Signals.Noise(length * count, 4);
        var expected = new Complex<float>[plan.Bins * count];
        for (var i = 0; i < count; i++)
            plan.Forward(signals.AsSpan(i * length, length), expected.AsSpan(i * plan.Bins, plan.Bins));
        var back = new float[length * count];
        for (var i = 0; i < count; i++)
            plan.Inverse(expected.AsSpan(i * plan.Bins, plan.Bins), back.AsSpan(i * length, length));
        ThreadCheck.SameBits(() =>
        {
            var (spectra, result) = (new Complex<float>[expected.Length], new float[back.Length]);
            plan.Forward(signals, spectra);
            plan.Inverse(spectra, result);
            Assert.Equal(expected, spectra);
            Assert.Equal(back, result);
            return result;
        });
    }

    [Fact]
    public void Plan_SharedByThreads_GivesEachTheSameBits()
    {
        foreach (var n in new[] { 441, 1009, 2048 })
        {
            var plan = new RealFft<float>(n);
            var x = Random(n, n);
            var expected = new Complex<float>[n / 2 + 1];
            plan.Forward(x, expected);
            Parallel.For(0, 64, _ =>
            {
                var actual = new Complex<float>[n / 2 + 1];
                plan.Forward(x, actual);
                Assert.Equal(expected, actual);
            });
        }
    }

    private static float[] Random(int count, int seed)
    {
        var random = new Random(seed);
        var x = new float[count];
        foreach (ref var v in x.AsSpan()) v = random.NextSingle() - 0.5f;
        return x;
    }
}
