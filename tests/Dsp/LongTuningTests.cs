using Engine.Dsp;

namespace Engine.Tests.Dsp;

public class LongTuningTests
{
    // Heights that are all alike, of two kinds, within one class of upper bits, and of many sizes; odd and even numbers of peaks.
    [Theory]
    [InlineData(0, 1)]
    [InlineData(0, 2)]
    [InlineData(1, 7)]
    [InlineData(1, 8)]
    [InlineData(2, 20)]
    [InlineData(2, 21)]
    [InlineData(3, 20)]
    [InlineData(3, 41)]
    public void Estimate_BeyondTheLimit_EqualsThatOfAllPeaks(int kind, int frames)
    {
        var tracker = new PitchTracker(22050, 512, threshold: 0);
        for (var seed = 0; seed < 20; seed++)
        {
            var random = new Random(1000 * kind + seed);
            var spectra = Enumerable.Range(0, frames).Select(_ => Spectrum(random)).ToArray();
            var whole = new TuningEstimator(tracker);
            foreach (var spectrum in spectra) whole.Add(spectrum);
            foreach (var limit in (int[])[0, whole.Heights.Length / 2, whole.Heights.Length])
            {
                var tuning = new LongTuning(tracker, limit);
                foreach (var spectrum in spectra) tuning.Add(spectrum);
                tuning.StartDetail();
                Assert.Equal(whole.Heights.Length > limit, tuning.NeedsDetail);
                if (tuning.NeedsDetail) Array.ForEach(spectra, spectrum => tuning.AddDetail(spectrum));
                Assert.Equal(whole.Estimate(), tuning.Estimate());
            }
        }

        float[] Spectrum(Random random)
        {
            var spectrum = new float[257];
            for (var k = 3; k < spectrum.Length - 2; k += 2 + random.Next(3))
            {
                spectrum[k] = kind switch
                {
                    0 => 1,
                    1 => random.Next(2) == 0 ? 1 : 1000,
                    2 => 1 + random.Next(100) * 1e-5f,
                    _ => MathF.Exp(10 * random.NextSingle()),
                };
                spectrum[k + 1] = kind < 2 ? spectrum[k] * 0.2f : spectrum[k] * random.NextSingle();
            }

            return spectrum;
        }
    }

    [Fact]
    public void Estimate_NoPeak_IsZero()
    {
        var tuning = new LongTuning(new PitchTracker(22050, 512), 0);
        tuning.Add(new float[257]);
        tuning.StartDetail();
        if (tuning.NeedsDetail) tuning.AddDetail(new float[257]);
        Assert.Equal(0, tuning.Estimate());
    }
}
