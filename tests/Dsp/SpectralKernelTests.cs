using Engine.Dsp;
using Engine.Tests.Support;

namespace Engine.Tests.Dsp;

/// <summary>
/// The vector kernels at every length up to several vectors; run again with fewer instructions by another class.
/// </summary>
[EveryInstructionSet]
public class SpectralKernelTests
{
    private const int Longest = 256;
    private const double Ulp = 1.0 / (1 << 24);

    [Fact]
    public void Spectrum_EveryLength_RoundsAsTheFormula()
    {
        for (var n = 0; n <= Longest; n++)
        {
            var (real, imaginary) = (Signals.Noise(n, n), Signals.Noise(n, n + 1000));
            var spectrum = new Complex<float>[n];
            for (var i = 0; i < n; i++) spectrum[i] = new(real[i], imaginary[i]);
            var (power, magnitude) = (new float[n + 1], new float[n + 1]);
            (power[n], magnitude[n]) = (7, 7);
            Spectrum.Power(spectrum, power.AsSpan(0, n));
            Spectrum.Magnitude(spectrum, magnitude.AsSpan(0, n));
            for (var i = 0; i < n; i++)
            {
                var expected = real[i] * real[i] + imaginary[i] * imaginary[i];
                Assert.Equal(expected, power[i]);
                Assert.Equal(MathF.Sqrt(expected), magnitude[i]);
            }

            Assert.Equal((7, 7), (power[n], magnitude[n]));
        }
    }

    [Fact]
    public void Spectrum_DifferentLengths_NamesThem() =>
        Assert.Contains("3 bins but the output 2",
            Assert.Throws<ArgumentException>(() => Spectrum.Power(new Complex<float>[3], new float[2])).Message);

    [Fact]
    public void MultiplyAndAdd_EveryLength_RoundAsTheFormula()
    {
        for (var n = 0; n <= Longest; n++)
        {
            var (a, b, c) = (Signals.Noise(n, 1), Signals.Noise(n, 2), Signals.Noise(n + 1, 3));
            var (product, sum, scaled) = ((float[])c.Clone(), (float[])c.Clone(), (float[])c.Clone());
            VectorMath.Multiply(a, b, product);
            VectorMath.AddProduct(a, b, sum);
            VectorMath.AddScaled(a, 0.3f, scaled);
            for (var i = 0; i < n; i++)
            {
                Assert.Equal(a[i] * b[i], product[i]);
                Assert.Equal(c[i] + a[i] * b[i], sum[i]);
                Assert.Equal(c[i] + a[i] * 0.3f, scaled[i]);
            }

            Assert.Equal((c[n], c[n], c[n]), (product[n], sum[n], scaled[n]));
        }
    }

    [Fact]
    public void Dot_EveryLength_MatchesDouble()
    {
        for (var n = 0; n <= Longest; n++)
        {
            var (a, b) = (Signals.Noise(n, 1), Signals.Noise(n, 2));
            double expected = 0, magnitude = 0;
            for (var i = 0; i < n; i++)
            {
                expected += (double)a[i] * b[i];
                magnitude += Math.Abs((double)a[i] * b[i]);
            }

            Assert.InRange(VectorMath.Dot<float>(a, b) - expected, -4 * Ulp * Math.Sqrt(n) * magnitude,
                4 * Ulp * Math.Sqrt(n) * magnitude);
            var (wideA, wideB) = (Array.ConvertAll(a, x => (double)x), Array.ConvertAll(b, x => (double)x));
            Assert.InRange(VectorMath.Dot<double>(wideA, wideB) - expected, -1e-14 * magnitude, 1e-14 * magnitude);
        }
    }

    [Fact]
    public void Max_EveryLengthAndPlace_FindsIt()
    {
        for (var n = 1; n <= 80; n++)
        {
            for (var place = 0; place < n; place++)
            {
                var values = new float[n];
                Array.Fill(values, -5);
                if (n > 1) values[(place + 1) % n] = float.NaN;
                values[place] = -3;
                Assert.Equal(-3, VectorMath.Max(values));
            }
        }

        Assert.Equal(float.NegativeInfinity, VectorMath.Max([]));
        Assert.Equal(float.NegativeInfinity, VectorMath.Max([float.NaN]));
    }

    // One filter of every width at every place: narrow ones are widened with zeros, at the edges inwards.
    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(8)]
    [InlineData(33)]
    public void FilterBank_EveryBand_IsTheDenseProduct(int bins)
    {
        var dense = new Frames<float>(bins * (bins + 1) / 2 + 1, bins);
        var band = 0;
        for (var start = 0; start < bins; start++)
            for (var end = start + 1; end <= bins; end++, band++)
                for (var k = start; k < end; k++) dense[band][k] = 1 + k;
        var spectrum = Array.ConvertAll(Signals.Noise(bins), x => 1 + Math.Abs(x));
        var bank = new FilterBank<float>(dense);
        Assert.Equal(dense.Data, bank.ToDense().Data);
        var actual = new float[bank.Count];
        bank.Apply(spectrum, actual);
        var expected = new float[bank.Count];
        for (var b = 0; b < expected.Length; b++)
            for (var k = 0; k < bins; k++) expected[b] += dense[b][k] * spectrum[k];
        Close.Assert(expected, actual, 0, 16 * Ulp);
    }

    // Half an ulp for each of the float constants and operations, the logarithm's own two, all on at most 300 dB.
    [Fact]
    public void Decibels_EveryLength_MatchDoubleAndIgnorePlace()
    {
        var noise = Array.ConvertAll(Signals.Noise(Longest), x => MathF.Exp(30 * x));
        var whole = new float[noise.Length];
        Decibels.FromPower(noise, whole, topDb: null);
        for (var n = 0; n <= noise.Length; n++)
        {
            var part = new float[n];
            Decibels.FromPower(noise.AsSpan(noise.Length - n), part, topDb: null);
            Assert.Equal(whole[^n..], part);
        }

        Close.Assert(Array.ConvertAll(noise, x => 10 * Math.Log10(Math.Max(1e-10f, x))), Array.ConvertAll(whole, x => (double)x),
            1e-6, 4e-7);
    }

    [Fact]
    public void Dct_EveryLength_MatchesDefinition()
    {
        for (var n = 1; n <= 70; n++)
        {
            var input = Signals.Noise(n, n);
            var (output, back) = (new float[n], new float[n]);
            var dct = new Dct<float>(n);
            dct.Forward(input, output);
            dct.Inverse(output, back);
            var expected = new double[n];
            for (var k = 0; k < n; k++)
                for (var i = 0; i < n; i++)
                    expected[k] += Math.Sqrt((k == 0 ? 1.0 : 2.0) / n) * input[i] * Math.Cos(Math.PI * k * (2 * i + 1) / (2 * n));
            Close.AssertL2(expected, Array.ConvertAll(output, x => (double)x), 24 * Ulp, $"dct {n}");
            Close.Assert(input, back, 48 * Ulp, what: $"inverse dct {n}");
        }
    }

    [Fact]
    public void MelSpectrogram_OfMusic_MatchesLibrosa() =>
        FeatureReference.Assert("music", "mel_128", new MelSpectrogram(new(), new()).Compute(Vectors.Signal("music")),
            relative: 1e-4, ofMaximum: 1e-6);
}
