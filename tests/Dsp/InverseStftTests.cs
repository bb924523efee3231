using Engine.Dsp;
using Engine.Tests.Support;
using FsCheck;
using FsCheck.Fluent;

namespace Engine.Tests.Dsp;

public class InverseStftTests
{
    public static TheoryData<string> Signals => FeatureReference.Signals;

    [Theory]
    [MemberData(nameof(Signals))]
    public void Inverse_OfForward_MatchesLibrosa(string signal)
    {
        var stft = new Stft(new());
        var y = Vectors.Signal(signal);
        FeatureReference.Assert(signal, "istft_2048_512", stft.Inverse(stft.Forward(y), y.Length), step: 7, ofMaximum: 1e-5);
    }

    // Hops up to a quarter of the window keep the summed squares away from zero up to both ends of the signal.
    [Fact]
    public void Inverse_OfCentredForward_GivesTheSignalBack()
    {
        var cases =
            from fftSize in Gen.Choose(4, 700)
            from window in Gen.Choose(4, fftSize)
            from hop in Gen.Choose(1, window / 4)
            from kind in Gen.Elements(WindowKind.Hann, WindowKind.Hamming, WindowKind.Blackman, WindowKind.Rectangular)
            from samples in Gen.Choose(1, 3000)
            select (samples, Options: new StftOptions
            {
                FftSize = fftSize,
                WindowLength = window,
                HopLength = hop,
                Window = kind
            });
        Prop.ForAll(cases.ToArbitrary(), c =>
        {
            var signal = Support.Signals.Noise(c.samples);
            var stft = new Stft(c.Options);
            Close.Assert(signal, stft.Inverse(stft.Forward(signal), signal.Length), 1e-5, what: c.ToString());
        }).QuickCheckThrowOnFailure();
    }

    // A spectrogram of nothing in particular: the estimate's definition, sample by sample, in double precision.
    [Fact]
    public void Inverse_AnySpectrogram_IsWeightedOverlapAdd() =>
        Prop.ForAll(StftTests.Cases.ToArbitrary(), Gen.Choose(0, 400).ToArbitrary(), (c, length) =>
        {
            var stft = new Stft(c.Options);
            var spectrum = stft.Forward(Support.Signals.Noise(c.Samples));
            var expected = Definition(c.Options, spectrum, length);
            var actual = stft.Inverse(spectrum, length);
            Assert.Equal(length, actual.Length);

            // Near the window's zeros the quotient magnifies rounding without bound, so its numerator is compared. The bound is
            // that
            // of adding up in any order (Higham, Accuracy and Stability of Numerical Algorithms, section 4.2), once for the
            // products and once for the squares, and some roundings in each transform of values below 1.
            for (var i = 0; i < length; i++)
            {
                var s = expected[i];
                var numerator = s.Weight > 1.17549435e-38 ? actual[i] * s.Weight : actual[i];
                Close.Assert([s.Sum], [numerator], Math.ScaleB((2 * s.Terms + 4) * s.Magnitude + 8 * s.Window, -24),
                    what: $"{c}, sample {i}");
            }
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Inverse_WithoutLength_CoversTheFrames()
    {
        var spectrum = new Frames<Complex<float>>(5, 33);
        Assert.Equal(4 * 16, new Stft(new() { FftSize = 64, HopLength = 16 }).Inverse(spectrum).Length);
        Assert.Equal(4 * 16 + 64, new Stft(new() { FftSize = 64, HopLength = 16, Center = false }).Inverse(spectrum).Length);
        Assert.Empty(new Stft(new() { FftSize = 64 }).Inverse(new Frames<Complex<float>>(0, 33)));
    }

    [Fact]
    public void Inverse_LongerThanTheFrames_EndsInZeros()
    {
        var stft = new Stft(new() { FftSize = 64, HopLength = 16 });
        var signal = Support.Signals.Noise(160);
        var longer = stft.Inverse(stft.Forward(signal), 500);
        Assert.All(longer[(160 + 32)..], x => Assert.Equal(0, x));
    }

    [Fact]
    public void Inverse_WrongArguments_NamesThem()
    {
        var stft = new Stft(new() { FftSize = 64 });
        Assert.Contains("32 bins; fftSize 64 needs 33", Assert.Throws<ArgumentException>(() => stft.Inverse(new(1, 32))).Message);
        Assert.Contains("length is -1", Assert.Throws<ArgumentOutOfRangeException>(() => stft.Inverse(new(1, 33), -1)).Message);
    }

    // What each sample is the sum of; it is to be divided by the weight.
    private static OverlapAdded[] Definition(StftOptions options, Frames<Complex<float>> spectrum, int length)
    {
        var n = options.FftSize;
        var lead = options.Center ? n / 2 : 0;
        var window = Windows.Create(options.Window, options.WindowLength ?? n);
        var offset = (n - window.Length) / 2;
        var samples = new OverlapAdded[length];
        for (var t = 0; t < spectrum.Count; t++)
        {
            for (var i = 0; i < window.Length; i++)
            {
                var sample = t * options.Hop - lead + offset + i;
                if (sample < 0 || sample >= length) continue;
                double value = spectrum[t][0].Real;
                for (var k = 1; k < spectrum.Bins; k++)
                {
                    var (sin, cos) = Math.SinCos(2 * Math.PI * ((long)k * (offset + i) % n) / n);
                    var z = spectrum[t][k];
                    value += 2 * k == n ? z.Real * cos : 2 * (z.Real * cos - z.Imaginary * sin);
                }

                double w = (float)window[i];
                ref var s = ref samples[sample];
                var product = w * value / n;
                s = new(s.Sum + product, s.Magnitude + Math.Abs(product), s.Window + w, s.Weight + w * w, s.Terms + 1);
            }
        }

        return samples;
    }

    /// <summary>Sums over the frames at a sample: the products, their magnitudes, the window, its square, and 1.</summary>
    private readonly record struct OverlapAdded(double Sum, double Magnitude, double Window, double Weight, int Terms);
}
