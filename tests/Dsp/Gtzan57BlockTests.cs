using Engine.Dsp;
using Engine.Dsp.Audio;
using Engine.Tests.Support;

namespace Engine.Tests.Dsp;

public class Gtzan57BlockTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(511)]
    [InlineData(512)]
    [InlineData(9000)]
    [InlineData(33 * 512)]
    [InlineData(65_001)]
    public void Extract_AnyBlocks_GivesTheBitsOfTheWhole(int samples)
    {
        var source = new FormulaSource(samples);
        var expected = WholeGtzan57.Of(source.ToArray());
        Assert.Equal(expected, new Gtzan57().Extract(source));
        foreach (var (frames, kept, peaks) in new[] { (1, 0, 0), (16, 0, 20), (16, int.MaxValue, 20), (33, 0, 100_000),
            (50, int.MaxValue, 0) })
        {
            var plan = new Gtzan57Plan(22050) { BlockFrames = frames, KeptSamples = kept, PeakLimit = peaks };
            Assert.Equal(expected, new Gtzan57(plan).Extract(source));
        }
    }

    [Theory]
    [InlineData("music")]
    [InlineData("silence")]
    [InlineData("chirp")]
    [InlineData("noise")]
    public void Extract_Recordings_AreTheBitsOfTheWhole(string name)
    {
        var signal = Vectors.Signal(name);
        var expected = WholeGtzan57.Of(signal);
        Assert.Equal(expected, new Gtzan57().Extract(signal));
        var plan = new Gtzan57Plan(22050) { BlockFrames = 20, KeptSamples = 0, PeakLimit = 50 };
        Assert.Equal(expected, new Gtzan57(plan).Extract(SampleSource.Of(signal, 22050)));
    }

    [Fact]
    public void Extract_LongerRecording_TakesMemoryForItsFramesAlone()
    {
        // Blocks of 3 s: what a minute more allocates is what is kept of a frame, and no spectrum of 8 KB.
        var gtzan57 = new Gtzan57(new Gtzan57Plan(22050) { BlockFrames = 128, KeptSamples = 0, PeakLimit = 1000 });
        var (shorter, longer) = (new FormulaSource(20 * 22050), new FormulaSource(80 * 22050));
        gtzan57.Extract(shorter);
        var more = -Allocated(shorter) + Allocated(longer);
        Assert.InRange(more, 0, 60 * 22050 / 512 * 200);
        Assert.InRange(longer.LargestRead, 1, 128 * 512 + 40 * 512 + 2048);

        long Allocated(FormulaSource source)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            gtzan57.Extract(source);
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }
    }

    [Fact]
    public void Extract_RecordingOfAnotherRate_NamesBoth()
    {
        var error = Assert.Throws<ArgumentException>(() => new Gtzan57().Extract(new FormulaSource(9000, 44100)));
        Assert.StartsWith("Gtzan57: the recording has 44100 samples per second; it must have 22050.", error.Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Extract_BadSampleInALaterBlock_NamesIt()
    {
        var signal = new float[60_000];
        signal[54_321] = float.PositiveInfinity;
        var gtzan57 = new Gtzan57(new Gtzan57Plan(22050) { BlockFrames = 16, KeptSamples = 0 });
        var error = Assert.Throws<ArgumentException>(() => gtzan57.Extract(SampleSource.Of(signal, 22050)));
        Assert.StartsWith($"Gtzan57: sample 54321 is {float.PositiveInfinity};", error.Message, StringComparison.Ordinal);
    }
}
