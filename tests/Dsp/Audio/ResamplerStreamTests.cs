using Engine.Dsp;
using Engine.Dsp.Audio;

namespace Engine.Tests.Dsp.Audio;

public class ResamplerStreamTests
{
    /// <summary>Ratios with a row of taps per phase, one of the most phases, and ones that interpolate.</summary>
    public static TheoryData<int, int> Rates => new()
    {
        { 44100, 22050 }, { 48000, 22050 }, { 8000, 22050 }, { 22050, 22050 }, { 96000, 8000 }, { 22050, 22051 },
        { 44101, 22050 }, { 16000, 15992 }, { 500_000, 1000 },
    };

    [Theory]
    [MemberData(nameof(Rates))]
    public void Add_BlocksOfAnySize_GivesTheBitsOfTheWhole(int from, int to)
    {
        var resampler = new Resampler(from, to);
        var random = new Random(from + to);
        foreach (var length in (int[])[1, 2, 700, 60_000, 150_001])
        {
            float[] samples = [.. Enumerable.Range(0, length).Select(_ => random.NextSingle() - 0.5f)];
            var expected = resampler.Apply(samples);
            foreach (var block in (int[])[length < 1000 ? 1 : 997, 16_384, length])
            {
                var sink = new Collected();
                var stream = new ResamplerStream(resampler, sink);
                for (var i = 0; i < length; i += block) stream.Add(samples.AsSpan(i, Math.Min(block, length - i)));
                stream.Finish();
                Assert.Equal(expected, sink.Samples);
            }
        }
    }

    /// <summary>A tail that falls off by itself: the filter's outermost taps and the tail's last samples have products that are
    /// no normal numbers.</summary>
    [Fact]
    public void Finish_FaintTail_HasNoDenormals()
    {
        float[] samples = [.. Enumerable.Range(0, 40_000).Select(i => MathF.Pow(2, -i / 400f) * MathF.Sin(i))];
        Tiny.Flush(samples);
        var sink = new Collected();
        var stream = new ResamplerStream(new Resampler(44100, 22050), sink);
        stream.Add(samples);
        stream.Finish();
        Assert.Contains(sink.Samples, x => Math.Abs(x) is > 0 and < 1e-25f);
        Assert.DoesNotContain(sink.Samples, x => x != 0 && Tiny.Flush(x) == 0);
    }

    private sealed class Collected : ISampleSink
    {
        public List<float> Samples { get; } = [];

        public void Add(ReadOnlySpan<float> samples) => Samples.AddRange(samples);
    }
}
