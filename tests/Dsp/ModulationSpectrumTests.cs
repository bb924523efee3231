using Engine.Dsp;
using Engine.Tests.Support;

namespace Engine.Tests.Dsp;

public class ModulationSpectrumTests
{
    private static FrameReader<float> Reader(int count, int block, Func<int, int, double> value) => new(count, 2, block,
        (first, frames) =>
        {
            for (var i = 0; i < frames.Length; i++) frames[i] = (float)value(first + i / 2, i % 2);
        });

    [Fact]
    public void Of_Tremolo_HasItsVarianceInItsOctave()
    {
        // At 40 frames a second, 3 Hz lies in the octave from 2 to 4 Hz; a sine of amplitude 6 has the variance 18.
        var spectrum = new ModulationSpectrum(40, 400);
        var variance = spectrum.Of(Reader(1000, 64, (t, b) => b == 0 ? 50 + 6 * Math.Sin(2 * Math.PI * 3 * t / 40) : 7));
        Assert.Equal(18, variance[2], 1e-3);
        Assert.All(new[] { 0, 1, 3, 4 }, o => Assert.InRange(variance[o], 0, 1e-3));
        Assert.All(variance[5..], v => Assert.Equal(0, v, 1e-12));
    }

    [Fact]
    public void Of_OtherBlocks_GivesTheSameBits()
    {
        var spectrum = new ModulationSpectrum(40, 100);
        double Value(int t, int b) => Math.Sin(t * t * 0.001 + b);
        var expected = spectrum.Of(Reader(1000, 1000, Value));
        foreach (var block in new[] { 1, 7, 99, 100, 101 }) Assert.Equal(expected, spectrum.Of(Reader(1000, block, Value)));
    }

    // Half-overlapping segments: of 250 frames those from 0, 50, 100 and 150.
    [Fact]
    public void Of_SeveralSegments_IsTheirMean()
    {
        var spectrum = new ModulationSpectrum(40, 100);
        double Value(int t, int b) => Math.Sin(t * t * 0.001 + b);
        var parts = new[] { 0, 50, 100, 150 }.Select(s => spectrum.Of(Reader(100, 100, (t, b) => Value(s + t, b)))).ToArray();
        var mean = Enumerable.Range(0, parts[0].Length).Select(i => parts.Average(p => p[i])).ToArray();
        Close.Assert(mean, spectrum.Of(Reader(250, 30, Value)), 0, 1e-12);
        Close.Assert(mean, spectrum.Of(Reader(299, 30, Value)), 0, 1e-12);
    }

    [Fact]
    public void Create_BadParameters_NamesThem()
    {
        Assert.Contains("frames is 3", Error(() => new(40, 3)));
        Assert.Contains("frameRate is 0", Error(() => new(0, 100)));
        Assert.Contains("octaves 17", Error(() => new(40, 100, octaves: 17)));
        Assert.Contains("end at 64 Hz; the 40 frames a second show up to 20 Hz", Error(() => new(40, 400, 2)));
        Assert.Contains("no frequency of 20 frames lies between 0.5 and 1 Hz", Error(() => new(40, 20)));
        Assert.Contains("a segment has 100 frames; the recording has 99",
            Assert.Throws<ArgumentException>(() => new ModulationSpectrum(40, 100).Of(Reader(99, 9, (_, _) => 0))).Message);

        static string Error(Func<ModulationSpectrum> create) => Assert.Throws<ArgumentOutOfRangeException>(create).Message;
    }
}
