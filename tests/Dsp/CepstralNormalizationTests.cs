using Engine.Dsp;
using Engine.Tests.Support;

namespace Engine.Tests.Dsp;

public class CepstralNormalizationTests
{
    [Theory]
    [InlineData(50, 1, false)]
    [InlineData(50, 7, false)]
    [InlineData(50, 7, true)]
    [InlineData(50, 49, true)]
    [InlineData(50, 301, true)]
    [InlineData(1, 301, true)]
    [InlineData(0, 301, true)]
    public void Speechpy_MatchesDefinition(int frames, int window, bool variance)
    {
        var features = Features(frames);
        Close.Assert(Speechpy(features, window, variance), CepstralNormalization.Speechpy(features, window, variance).Data, 1e-5,
            1e-5);
    }

    // What speechpy's padding, means and deviations amount to, window by window.
    private static float[] Speechpy(Frames<float> features, int window, bool variance)
    {
        var half = window / 2;
        var result = new double[features.Data.Length];
        for (var i = 0; i < result.Length; i++) result[i] = features.Data[i];
        var centred = (double[])result.Clone();
        for (var t = 0; t < features.Count; t++)
            for (var f = 0; f < features.Bins; f++) centred[t * features.Bins + f] -= Window(result, t, f).Average();
        if (!variance) return Array.ConvertAll(centred, x => (float)x);
        for (var t = 0; t < features.Count; t++)
        {
            for (var f = 0; f < features.Bins; f++)
            {
                var values = Window(centred, t, f);
                var mean = values.Average();
                result[t * features.Bins + f] =
                    centred[t * features.Bins + f] / (Math.Sqrt(values.Average(v => (v - mean) * (v - mean))) + Math.Pow(2, -30));
            }
        }

        return Array.ConvertAll(result, x => (float)x);

        double[] Window(double[] from, int t, int f) =>
            [.. Enumerable.Range(t - half, window).Select(i => from[Mirror(i, features.Count) * features.Bins + f])];
    }

    // …2 1 0 | 0 1 2 … n-1 | n-1 …, as often as needed.
    private static int Mirror(int i, int n)
    {
        while (i < 0 || i >= n) i = i < 0 ? -1 - i : 2 * n - 1 - i;
        return i;
    }

    // Windows by Kaldi's rules, by hand, for 6 frames.
    [Theory]
    [InlineData(3, true, 1, new[] { 0, 0, 1, 2, 3, 3 }, new[] { 3, 3, 4, 5, 6, 6 })]
    [InlineData(4, true, 1, new[] { 0, 0, 0, 1, 2, 2 }, new[] { 4, 4, 4, 5, 6, 6 })]
    [InlineData(3, false, 1, new[] { 0, 0, 0, 0, 1, 2 }, new[] { 1, 2, 3, 4, 5, 6 })]
    [InlineData(3, false, 3, new[] { 0, 0, 0, 0, 1, 2 }, new[] { 3, 3, 3, 4, 5, 6 })]
    [InlineData(600, false, 100, new[] { 0, 0, 0, 0, 0, 0 }, new[] { 6, 6, 6, 6, 6, 6 })]
    [InlineData(600, true, 100, new[] { 0, 0, 0, 0, 0, 0 }, new[] { 6, 6, 6, 6, 6, 6 })]
    public void Kaldi_UsesItsWindows(int window, bool center, int minWindow, int[] start, int[] end)
    {
        var features = Features(6);
        var plain = CepstralNormalization.Kaldi(features, window, center, minWindow: minWindow);
        var scaled = CepstralNormalization.Kaldi(features, window, center, variance: true, minWindow);
        for (var t = 0; t < 6; t++)
        {
            for (var f = 0; f < features.Bins; f++)
            {
                var values = Enumerable.Range(start[t], end[t] - start[t]).Select(i => (double)features[i][f]).ToArray();
                var mean = values.Average();
                var deviation = Math.Sqrt(Math.Max(1e-10, values.Average(v => (v - mean) * (v - mean))));
                Close.Assert([features[t][f] - mean], [(double)plain[t][f]], 1e-6);
                Close.Assert([values.Length == 1 ? 0 : (features[t][f] - mean) / deviation], [(double)scaled[t][f]], 1e-5, 1e-5);
            }
        }
    }

    [Fact]
    public void BothProfiles_ConstantFeatures_GiveZero()
    {
        var features = new Frames<float>(20, 2);
        Array.Fill(features.Data, 0.1f);
        Assert.All(CepstralNormalization.Speechpy(features, 5, variance: true).Data, x => Assert.InRange(x, -1e-5, 1e-5));
        Assert.All(CepstralNormalization.Kaldi(features, 5, variance: true).Data, x => Assert.InRange(x, -1e-5, 1e-5));
    }

    [Fact]
    public void CepstralNormalization_WrongArguments_NamesThem()
    {
        var features = Features(3);
        Assert.Contains("window is 4; it must be odd",
            Assert.Throws<ArgumentOutOfRangeException>(() => CepstralNormalization.Speechpy(features, 4)).Message);
        Assert.Contains("window is 0", Assert.Throws<ArgumentOutOfRangeException>(() => CepstralNormalization.Kaldi(features, 0))
            .Message);
        Assert.Contains("minWindow is 0",
            Assert.Throws<ArgumentOutOfRangeException>(() => CepstralNormalization.Kaldi(features, minWindow: 0)).Message);
    }

    private static Frames<float> Features(int frames) =>
        new(frames, 3, Array.ConvertAll(Signals.Noise(3 * frames), x => 5 + 10 * x));
}
