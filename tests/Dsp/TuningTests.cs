using Engine.Dsp;
using Engine.Tests.Support;

namespace Engine.Tests.Dsp;

public class TuningTests
{
    [Theory]
    [InlineData("music")]
    [InlineData("noise")]
    [InlineData("chirp")]
    [InlineData("silence")]
    public void Tuning_EqualsLibrosa(string signal)
    {
        var expected = Vectors.Load("dsp_features_" + signal)["tuning"].ToSingles()[0];
        Assert.Equal(expected, (float)TuningEstimator.Estimate(Spectra.Magnitude(Vectors.Signal(signal)), Spectra.Rate));
        Assert.Equal(expected, (float)TuningEstimator.Estimate(Vectors.Signal(signal), Spectra.Rate));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0.25)]
    [InlineData(-0.4)]
    public void Tuning_DetunedChord_IsFoundWithinTheResolution(double tuning)
    {
        var signal = new float[Spectra.Rate];
        foreach (var semitone in (int[])[0, 4, 7, 12, 19])
        {
            var tone = Spectra.Tone(440 * Math.Pow(2, (semitone + tuning) / 12));
            for (var i = 0; i < signal.Length; i++) signal[i] += tone[i] / 5;
        }

        // Interpolating a Hann peak's magnitudes by a parabola is biased by up to 0.05 bins, at 440 Hz 2 cents.
        Assert.Equal(tuning, TuningEstimator.Estimate(Spectra.Magnitude(signal), Spectra.Rate), 0.04);
    }

    [Fact]
    public void Tuning_MergedParts_EqualTheWhole()
    {
        var magnitude = Spectra.Magnitude(Vectors.Signal("music"));
        TuningEstimator first = new(Spectra.Rate, 2048), second = new(Spectra.Rate, 2048);
        for (var t = 0; t < magnitude.Count; t++) (t % 3 == 0 ? first : second).Add(magnitude[t]);
        second.Merge(first);
        Assert.Equal(TuningEstimator.Estimate(magnitude, Spectra.Rate), second.Estimate());
    }

    [Fact]
    public void FromPitches_KnownDeviations_ReturnsTheFullestBin()
    {
        float[] pitches = [440f * MathF.Pow(2, 0.305f / 12), 220f * MathF.Pow(2, 0.307f / 12), 100, 0, -5];
        Assert.Equal(0.3, TuningEstimator.FromPitches(pitches), 1e-9);
        Assert.Equal(0, TuningEstimator.FromPitches([]));
        Assert.Equal(0, TuningEstimator.FromPitches([0, -1]));
    }

    [Fact]
    public void Tracker_ParabolaOnThePowerScale_FindsItsVertex()
    {
        var tracker = new PitchTracker(1000, 100, minFrequency: 10, maxFrequency: 500);
        var frame = new float[51];
        (frame[20], frame[21], frame[22]) = (1, 3, 2);
        frame[40] = 0.29f;
        float[] frequencies = new float[tracker.MaxPeaks], heights = new float[tracker.MaxPeaks];
        // The peak at bin 40 lies below a tenth of the maximum; 1, 3, 2 has its vertex a sixth of a bin up.
        Assert.Equal(1, tracker.Track(frame, frequencies, heights));
        Assert.Equal((21 + 1 / 6.0) * 10, frequencies[0], 1e-3);
        Assert.Equal(3 + 0.5 * 0.5 / 6, heights[0], 1e-6);
    }

    [Theory]
    [InlineData(2048)]
    [InlineData(63)]
    public void Tracker_RandomFrames_MatchesNaiveSearch(int fftSize)
    {
        var tracker = new PitchTracker(7000, fftSize, 0, 10000, 0.2);
        var random = new Random(fftSize);
        var bins = FftFrequencies.Create(7000, fftSize);
        var frame = new float[fftSize / 2 + 1];
        float[] frequencies = new float[tracker.MaxPeaks], heights = new float[tracker.MaxPeaks];
        for (var trial = 0; trial < 50; trial++)
        {
            // Few levels, so that neighbours tie.
            foreach (ref var x in frame.AsSpan()) x = random.Next(8);
            var floor = 0.2f * frame.Max();
            var expected = new List<int>();
            for (var k = 1; k < frame.Length; k++)
            {
                if (bins[k] >= 3500 || frame[k] <= floor) continue;
                if (frame[k] > frame[k - 1] && (k == frame.Length - 1 || frame[k] >= frame[k + 1])) expected.Add(k);
            }

            var count = tracker.Track(frame, frequencies, heights);
            // Of two equal bins the first is the peak, and its vertex lies half a bin up.
            Assert.Equal(expected, frequencies.Take(count).Select(f => (int)Math.Round(f * fftSize / 7000.0 - 0.01)));
        }
    }

    [Fact]
    public void Median_EveryLength_MatchesSorting()
    {
        var random = new Random(3);
        for (var length = 1; length < 200; length++)
        {
            var values = Enumerable.Range(0, length).Select(_ => random.Next(length) / 8f).ToArray();
            var sorted = values.Order().ToArray();
            Assert.Equal((sorted[(length - 1) / 2] + sorted[length / 2]) / 2, Quantiles.Median(values));
        }
    }

    [Fact]
    public void Tuning_BadParameter_NamesTheValue()
    {
        Assert.Contains("minFrequency is 500",
            Assert.Throws<ArgumentOutOfRangeException>(() => new PitchTracker(22050, 2048, 500, 400)).Message);
        Assert.Contains("threshold 1",
            Assert.Throws<ArgumentOutOfRangeException>(() => new PitchTracker(22050, 2048, threshold: 1)).Message);
        Assert.Contains("resolution 0",
            Assert.Throws<ArgumentOutOfRangeException>(() => TuningEstimator.FromPitches([440], resolution: 0)).Message);
        Assert.Contains("binsPerOctave is 0",
            Assert.Throws<ArgumentOutOfRangeException>(() => TuningEstimator.FromPitches([440], 0)).Message);
        var tracker = new PitchTracker(22050, 2048);
        Assert.Contains("heights 3",
            Assert.Throws<ArgumentException>(() => tracker.Track(new float[1025], new float[500], new float[3])).Message);
        Assert.Equal(0, new PitchTracker(200, 64).MaxPeaks);
    }
}
