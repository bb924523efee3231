using System.Runtime.InteropServices;
using Engine.Dsp;
using Engine.Tests.Support;
using FsCheck;
using FsCheck.Fluent;

namespace Engine.Tests.Dsp;

public class StftTests
{
    public static TheoryData<string> Signals => FeatureReference.Signals;

    [Theory]
    [MemberData(nameof(Signals))]
    public void Forward_Defaults_MatchesLibrosa(string signal) =>
        FeatureReference.Assert(signal, "stft_2048_512", new Stft(new()).Forward(Vectors.Signal(signal)), frameStep: 4,
            ofMaximum: 1e-5);

    [Theory]
    [MemberData(nameof(Signals))]
    public void Forward_Reflect_MatchesLibrosa(string signal)
    {
        var stft = new Stft(new() { FftSize = 512, HopLength = 256, PadMode = PadMode.Reflect });
        FeatureReference.Assert(signal, "stft_512_256_reflect", stft.Forward(Vectors.Signal(signal)), frameStep: 8,
            ofMaximum: 1e-5);
    }

    [Theory]
    [MemberData(nameof(Signals))]
    public void Forward_ShortWindowUncentred_MatchesLibrosa(string signal)
    {
        var stft = new Stft(new() { FftSize = 400, HopLength = 160, WindowLength = 320, Center = false });
        FeatureReference.Assert(signal, "stft_400_160_w320_nocenter", stft.Forward(Vectors.Signal(signal)), frameStep: 8,
            ofMaximum: 1e-5);
    }

    [Fact]
    public void Stft_OfLongSignal_IsThatOfItsFramesOnAnyThreads()
    {
        var signal = Support.Signals.Noise(150_000, 3);
        var stft = new Stft(new() { FftSize = 1024, HopLength = 256 });
        var frames = new List<Complex<float>[]>();
        foreach (var bins in stft.Enumerate(signal)) frames.Add(bins.ToArray());
        Complex<float>[] expected = [.. frames.SelectMany(f => f)];
        ThreadCheck.SameBits(() =>
        {
            Assert.Equal(expected, stft.Forward(signal).Data);
            float[] power = stft.Power(signal).Data, magnitude = stft.Magnitude(signal).Data;
            for (var t = 0; t < frames.Count; t++)
            {
                var (squares, roots) = (new float[stft.Bins], new float[stft.Bins]);
                Spectrum.Power(frames[t], squares);
                Spectrum.Magnitude(frames[t], roots);
                Assert.Equal(squares, power.AsSpan(t * stft.Bins, stft.Bins));
                Assert.Equal(roots, magnitude.AsSpan(t * stft.Bins, stft.Bins));
            }

            return [.. power, .. magnitude];
        });
    }

    [Fact]
    public void Forward_AnyOptions_MatchesDefinition() =>
        Prop.ForAll(Cases.ToArbitrary(), c =>
        {
            var signal = Support.Signals.Noise(c.Samples, c.Samples);
            var expected = ReferenceStft.Forward(signal, c.Options);
            var actual = new Stft(c.Options).Forward(signal);
            Assert.Equal((expected.Length, c.Options.FftSize / 2 + 1), (actual.Count, actual.Bins));
            var wide = expected.SelectMany(f => f).SelectMany(z => new[] { z.Real, z.Imaginary }).ToArray();
            var values = Array.ConvertAll(MemoryMarshal.Cast<Complex<float>, float>(actual.Data).ToArray(), x => (double)x);

            // Sums of at most 64 products below 1: well within 64 ulp.
            Close.Assert(wide, values, 64 * Math.ScaleB(1, -24) * Math.Sqrt(c.Options.FftSize), what: c.ToString());
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void PowerAndMagnitude_AnyOptions_AreThoseOfForward() =>
        Prop.ForAll(Cases.ToArbitrary(), c =>
        {
            var stft = new Stft(c.Options);
            var signal = Support.Signals.Noise(c.Samples);
            var spectrum = stft.Forward(signal);
            Assert.Equal(Array.ConvertAll(spectrum.Data, z => z.Power), stft.Power(signal).Data);
            Assert.Equal(Array.ConvertAll(spectrum.Data, z => z.Magnitude), stft.Magnitude(signal).Data);
            Assert.Equal(stft.Power(signal).Data, Spectrum.Power(spectrum).Data);
            Assert.Equal(stft.Magnitude(signal).Data, Spectrum.Magnitude(spectrum).Data);
        }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(0, 2048, true, 1)]
    [InlineData(0, 2047, true, 0)]
    [InlineData(1, 2048, true, 1)]
    [InlineData(512, 2048, true, 2)]
    [InlineData(2047, 2048, false, 0)]
    [InlineData(2048, 2048, false, 1)]
    [InlineData(2559, 2048, false, 1)]
    [InlineData(2560, 2048, false, 2)]
    public void FrameCount_ShortSignals_FollowsPadding(int samples, int fftSize, bool center, int expected)
    {
        var stft = new Stft(new() { FftSize = fftSize, HopLength = 512, Center = center });
        Assert.Equal(expected, stft.FrameCount(samples));
        Assert.Equal(expected, stft.Forward(new float[samples]).Count);
    }

    [Fact]
    public void Forward_NaNSample_SpoilsOnlyFramesThatCoverIt()
    {
        var stft = new Stft(new() { FftSize = 64, HopLength = 16, Center = false });
        var signal = Support.Signals.Noise(400);
        var clean = stft.Power(signal);
        signal[100] = float.NaN;
        var spoiled = stft.Power(signal);
        for (var t = 0; t < clean.Count; t++)
        {
            var covered = t * 16 <= 100 && 100 < t * 16 + 64;
            if (covered) Assert.All(spoiled[t].ToArray(), x => Assert.True(float.IsNaN(x)));
            else Assert.Equal(clean[t].ToArray(), spoiled[t].ToArray());
        }
    }

    [Fact]
    public void Forward_ReflectTooShort_NamesLengths()
    {
        var stft = new Stft(new() { PadMode = PadMode.Reflect });
        var message = Assert.Throws<ArgumentException>(() => stft.Forward(new float[1024])).Message;
        Assert.Contains("1024 samples (fftSize 2048)", message);
        Assert.Contains("at least 1025, but it has 1024", message);
        Assert.Equal(3, stft.Forward(new float[1025]).Count);
    }

    [Fact]
    public void Stft_WrongOptions_NamesThem()
    {
        Throws("hopLength is 0", new() { HopLength = 0 });
        Throws("fftSize is -1", new() { FftSize = -1, HopLength = 1 });
        Throws("windowLength is 0", new() { WindowLength = 0 });
        Throws("windowLength is 600; it must not exceed fftSize 512", new() { FftSize = 512, WindowLength = 600 });
        Throws("unknown padMode 7", new() { PadMode = (PadMode)7 });

        static void Throws(string expected, StftOptions options) =>
            Assert.Contains(expected, Assert.Throws<ArgumentOutOfRangeException>(() => new Stft(options)).Message);
    }

    [Fact]
    public void Power_WrongOutput_NamesSizes()
    {
        var message = Assert.Throws<ArgumentException>(() => new Stft(new()).Power(new float[1000], new Frames<float>(1, 1025)))
            .Message;
        Assert.Contains("[2, 1025]", message);
        Assert.Contains("[1, 1025]", message);
    }

    internal sealed record Case(int Samples, StftOptions Options);

    // Any options that a signal of this length allows.
    internal static Gen<Case> Cases =>
        from fftSize in Gen.Choose(1, 64)
        from window in Gen.Choose(1, fftSize)
        from hop in Gen.Choose(1, 80)
        from center in Gen.Elements(true, false)
        from reflect in Gen.Elements(true, false)
        from kind in Gen.Elements(Enum.GetValues<WindowKind>())
        from samples in Gen.Choose(0, 300)
        select new Case(samples, new StftOptions
        {
            FftSize = fftSize,
            WindowLength = window,
            HopLength = hop,
            Center = center,
            Window = kind,
            PadMode = reflect && samples > fftSize / 2 ? PadMode.Reflect : PadMode.Constant,
        });
}
