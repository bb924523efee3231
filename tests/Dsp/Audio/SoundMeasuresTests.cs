using Engine.Dsp.Audio;
using Engine.Tests.Support;

namespace Engine.Tests.Dsp.Audio;

public sealed class SoundMeasuresTests : IDisposable
{
    private const int Rate = 8000;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Clipping_InAnyLayoutAndBlocks_IsThatOfWholeRuns()
    {
        var random = new Random(3);
        float[][] channels = [.. Enumerable.Range(0, 3).Select(c => Enumerable.Range(0, 4000)
            .Select(_ => random.Next(4) switch { 0 => 0.9989f, 1 => -1f, _ => c == 1 ? -1.2f : 1f }).ToArray())];
        var expected = channels.Sum(Clipped) / 12000.0;
        Assert.InRange(expected, 0.1, 0.9);
        foreach (var block in new[] { 1, 2, 7, 1000, 4000 })
        {
            var (planar, interleaved) = (new ClippingMeter(3), new ClippingMeter(3));
            for (var from = 0; from < 4000; from += block)
            {
                var length = Math.Min(block, 4000 - from);
                planar.Add([.. channels.SelectMany(c => c[from..(from + length)])], interleaved: false);
                interleaved.Add(
                    [.. Enumerable.Range(from, length).SelectMany(i => channels.Select(c => c[i]))], interleaved: true);
            }

            Assert.Equal(expected, planar.Share);
            Assert.Equal(expected, interleaved.Share);
        }
    }

    [Fact]
    public void Clipping_PeaksAndPairs_AreNone()
    {
        var meter = new ClippingMeter(1);
        meter.Add([0, 1, 0, 1, 1, 0, -1, -1, 1, 1, 0.99f, 0.99f, 0.99f], interleaved: true);
        Assert.Equal(0, meter.Share);
    }

    [Fact]
    public void Measure_Stereo_TellsLevelPhaseAndClippingOfOneChannel()
    {
        // Left at full scale all the time, right a quarter of it, inverted.
        var samples = Enumerable.Range(0, Rate).SelectMany(_ => new[] { 1f, -0.25f }).ToArray();
        WavWriter.Write(_folder["a.wav"], samples, Rate, WavEncoding.Float32, channels: 2);
        var measures = AudioFile.Measure(_folder["a.wav"]);
        Assert.Equal((1.0, Rate, 2, 0.5), (measures.Seconds, measures.SampleRate, measures.Channels, measures.ClippedShare));
        Assert.Equal(0.375, measures.Level, 6);
        // 0.375² over (1 + 0.25²) / 2
        Assert.Equal(0.140625 / 0.53125, measures.MeanShare!.Value, 6);
        Assert.Equal((null, null), (measures.Damage, measures.Silence));
    }

    [Fact]
    public void Measure_AgreesWithOpen()
    {
        WavWriter.Write(_folder["b.wav"], [.. Signals.Noise(30_000).Select(x => 0.1f * x)], Rate);
        using var opened = AudioFile.Open(_folder["b.wav"]);
        var measures = AudioFile.Measure(_folder["b.wav"]);
        Assert.Equal(opened.Sound, measures.Sound);
        Assert.Equal(opened.ContentHash.ToArray(), measures.ContentHash.ToArray());
        Assert.Equal((opened.Seconds, 1.0), (measures.Seconds, measures.MeanShare));
    }

    [Fact]
    public void Measure_SilentTooLongOrCancelled()
    {
        WavWriter.Write(_folder["c.wav"], new float[2 * Rate], Rate, channels: 2);
        var silent = AudioFile.Measure(_folder["c.wav"]);
        Assert.Equal((0.0, null), (silent.Level, silent.MeanShare));
        Assert.StartsWith("all 8000 samples are 0", silent.Silence);
        Assert.Contains("the limit is 0 h", Assert.Throws<AudioFormatException>(
            () => AudioFile.Measure(_folder["c.wav"], longest: 0.5)).Message);
        Assert.Contains("longest is 0 s", Assert.Throws<ArgumentOutOfRangeException>(
            () => AudioFile.Measure(_folder["c.wav"], longest: 0)).Message);
        Assert.Throws<OperationCanceledException>(
            () => AudioFile.Measure(_folder["c.wav"], cancellation: new(canceled: true)));
    }

    private static int Clipped(float[] channel)
    {
        var clipped = 0;
        for (int i = 0, end; i < channel.Length; i = end)
        {
            var sign = Sign(channel[i]);
            for (end = i + 1; end < channel.Length && Sign(channel[end]) == sign; end++) { }
            if (sign != 0 && end - i >= 3) clipped += end - i;
        }

        return clipped;

        static int Sign(float x) => x >= 0.999f ? 1 : x <= -0.999f ? -1 : 0;
    }
}
