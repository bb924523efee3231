using Engine.Dsp.Audio;
using Engine.Tests.Support;
using FsCheck;
using FsCheck.Fluent;

namespace Engine.Tests.Dsp.Audio;

public class ResamplerTests
{
    /// <summary>Ratios with a row of taps per phase, and others, which interpolate.</summary>
    public static TheoryData<double, double> Rates => new()
    {
        { 44100, 22050 }, { 22050, 16000 }, { 48000, 22050 }, { 11025, 22050 }, { 16000, 44100 }, { 96000, 8000 },
        { 44101, 22050 }, { 22050, 44101 }, { 22050, 22051 }, { 30000, 3000 * Math.PI }, { 10000, 10000 * Math.E },
    };

    [Theory]
    [MemberData(nameof(Rates))]
    public void Resampler_PassBand_IsFlatAndWithoutDelay(double from, double to)
    {
        foreach (var share in (double[])[0.001, 0.1, 0.37, 0.5, 0.7, 0.8, 0.85, 0.9])
        {
            var frequency = share * Math.Min(from, to) / 2;
            var (gain, quadrature, rest) = Measure(from, to, frequency);
            var decibels = 20 * Math.Log10(gain);
            Assert.True(Math.Abs(decibels) <= 0.01, $"{from} -> {to} at {share} of Nyquist: {decibels} dB.");
            Assert.True(Math.Abs(quadrature) <= 1e-5, $"{from} -> {to} at {share} of Nyquist: quadrature {quadrature}.");
            Assert.True(rest <= 1e-5,
                $"{from} -> {to} at {share} of Nyquist: images and distortion at {20 * Math.Log10(rest)} dB.");
        }
    }

    [Theory]
    [MemberData(nameof(Rates))]
    public void Resampler_StopBand_IsHundredDecibelsDown(double from, double to)
    {
        if (to >= from) return; // what lies above the lower Nyquist frequency are images, which the pass band's test measures
        foreach (var share in (double[])[0, 0.01, 0.05, 0.1, 0.3, 0.6, 0.9, 0.999])
        {
            var frequency = to / 2 + share * (from - to) / 2;
            var output = Middle(from, to, frequency, out _);
            var level = Math.Sqrt(2 * output.Average(y => (double)y * y));
            Assert.True(level <= 1e-5, $"{from} -> {to}: {frequency} Hz comes through at {20 * Math.Log10(level)} dB.");
        }
    }

    [Fact]
    public void Resampler_EqualRates_ReturnsTheSameBits()
    {
        var single = Gen.Choose(int.MinValue, int.MaxValue).Select(BitConverter.Int32BitsToSingle);
        Prop.ForAll(Gen.ArrayOf(single).ToArbitrary(), Gen.Choose(1000, 768_000).ToArbitrary(), (samples, rate) =>
        {
            Assert.Equal(samples.Select(BitConverter.SingleToInt32Bits), Resampler.For(rate, rate).Apply(samples)
                .Select(BitConverter.SingleToInt32Bits));
            var signal = new AudioSignal(samples, rate);
            Assert.Same(signal, signal.Resample(rate));
        }).QuickCheckThrowOnFailure();
    }

    /// <summary>Every output, the ends included, against the sum over the impulse response in double precision.</summary>
    [Fact]
    public void Resampler_AnyRatesAndLength_MatchesTheSumInDouble()
    {
        var cases = from length in Gen.Choose(0, 3000)
                    from f in Gen.Choose(1, 4000)
                    from t in Gen.Choose(1,
            4000)
                    from seed in Gen.Choose(0, 1 << 20)
                    select (length, f, t, seed);
        Prop.ForAll(cases.Where(c => c.f != c.t && c.f < 60 * c.t && c.t < 60 * c.f).ToArbitrary(), c =>
        {
            var random = new Random(c.seed);
            var samples = new float[c.length];
            foreach (ref var sample in samples.AsSpan()) sample = 2 * random.NextSingle() - 1;
            var actual = new Resampler(c.f, c.t).Apply(samples);
            Assert.Equal((int)(((long)c.length * c.t + c.f - 1) / c.f), actual.Length);
            var scale = Math.Max(1, (double)c.f / c.t);
            for (var k = 0; k < actual.Length; k += 1 + actual.Length / 97)
            {
                double expected = 0, position = (double)k * c.f / c.t;
                for (var n = 0; n < samples.Length; n++)
                    expected += samples[n] * ResamplerFilter.Tap((position - n) / scale) / scale;
                Assert.True(Math.Abs(expected - actual[k]) <= 1e-5, $"{c}: output {k} is {actual[k]}, should be {expected}.");
            }
        }).QuickCheckThrowOnFailure();
    }

    /// <summary>
    /// SciPy's filter of that file, as <c>firwin</c> designs it, gives its numbers; ours agrees where both are flat.
    /// </summary>
    [Theory]
    [InlineData("music")]
    [InlineData("noise")]
    [InlineData("chirp")]
    [InlineData("silence")]
    public void Resampler_To16000_MatchesScipyInThePassBand(string name)
    {
        var signal = Vectors.Signal(name);
        var expected = Vectors.Load("dsp_features_" + name)["resample_16000"].ToDoubles();
        var scipy = ReferenceResample.Poly(signal, 320, 441, 14.0);
        Close.Assert(expected, Every(5, scipy), 2e-6, what: "the reference's own filter");

        // both filters applied to the pass band alone: what SciPy's filter lets through undamped ends at 0.55 of Nyquist
        var low = ReferenceResample.LowPass(signal, 0.5 * 8000 / 11025);
        var both = ReferenceResample.Poly(low, 320, 441, 14.0);
        var ours = Resampler.For(22050, 16000).Apply(low);
        Assert.Equal(both.Length, ours.Length);
        Close.Assert(both, Array.ConvertAll(ours, y => (double)y), 2e-5, what: name);
    }

    [Fact]
    public void Resampler_Constant_StaysConstant()
    {
        var ones = new float[4000];
        ones.AsSpan().Fill(1);
        foreach (var (from, to) in ((int, int)[])[(44100, 22050), (22050, 16000), (44101, 22050)])
        {
            var output = Resampler.For(from, to).Apply(ones);
            foreach (var y in output[300..^300]) Assert.InRange(y, 1 - 1e-5f, 1 + 1e-5f);
        }
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 0)]
    [InlineData(-1, 5)]
    [InlineData(double.NaN, 5)]
    [InlineData(1, double.PositiveInfinity)]
    [InlineData(1, 1001)]
    public void Resampler_BadRates_AreNamed(double from, double to)
    {
        var error = Assert.Throws<ArgumentOutOfRangeException>(() => new Resampler(from, to));
        Assert.Contains($"{from} to {to}", error.Message);
    }

    [Fact]
    public void Resampler_EmptyAndTinySignals_HaveTheirLength()
    {
        Assert.Empty(Resampler.For(44100, 22050).Apply([]));
        Assert.Single(Resampler.For(44100, 22050).Apply([1f]));
        Assert.Equal(2, Resampler.For(22050, 44100).Apply([1f]).Length);
        Assert.Single(Resampler.For(768_000, 1000).Apply([1f]));
    }

    private static double[] Every(int step, double[] values) => [.. values.Where((_, i) => i % step == 0)];

    /// <summary>The output for a sine of amplitude 1, without what the ends reach.</summary>
    private static ArraySegment<float> Middle(double from, double to, double frequency, out int first)
    {
        var resampler = new Resampler(from, to);
        var samples = new float[(int)(600 * Math.Max(1, from / to))];
        for (var n = 0; n < samples.Length; n++) samples[n] = (float)Math.Sin(2 * Math.PI * frequency / from * n + 0.3);
        var output = resampler.Apply(samples);
        first = (int)Math.Ceiling(80 * Math.Max(1, to / from));
        return new ArraySegment<float>(output, first, output.Length - 2 * first);
    }

    /// <summary>
    /// Least squares: the part in phase with the ideal output, the part a quarter period off, and the rest's peak level.
    /// </summary>
    private static (double Gain, double Quadrature, double Residue) Measure(double from, double to, double frequency)
    {
        var output = Middle(from, to, frequency, out var first);
        double ss = 0, sc = 0, cc = 0, sy = 0, cy = 0;
        for (var i = 0; i < output.Count; i++)
        {
            var (s, c) = Math.SinCos(2 * Math.PI * frequency / to * (first + i) + 0.3);
            (ss, sc, cc, sy, cy) = (ss + s * s, sc + s * c, cc + c * c, sy + s * output[i], cy + c * output[i]);
        }

        var determinant = ss * cc - sc * sc;
        var (gain, quadrature) = ((sy * cc - cy * sc) / determinant, (cy * ss - sy * sc) / determinant);
        var rest = 0.0;
        for (var i = 0; i < output.Count; i++)
        {
            var (s, c) = Math.SinCos(2 * Math.PI * frequency / to * (first + i) + 0.3);
            rest = Math.Max(rest, Math.Abs(output[i] - gain * s - quadrature * c));
        }

        return (gain, quadrature, rest);
    }
}
