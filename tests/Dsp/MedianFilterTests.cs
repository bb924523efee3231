using System.Runtime.InteropServices;
using Engine.Dsp;
using Engine.Tests.Support;

namespace Engine.Tests.Dsp;

[EveryInstructionSet]
public class MedianFilterTests
{
    // 31 columns take every vector width: 16 + 8 + 4 + 1 + 1 + 1.
    private const int Columns = 31;

    [Fact]
    public void MedianFilter_EveryOddSizeWithTies_MatchesSorting()
    {
        var random = new Random(1);
        for (var size = 1; size <= 63; size += 2)
        {
            var length = 80 + random.Next(40);
            var time = Random(length, Columns, random);
            AssertSame(ReferenceMedian.AlongTime(time, size), new MedianFilter(size).AlongTime(time), $"time {size}");
            var frequency = Random(Columns, length, random);
            AssertSame(ReferenceMedian.AlongFrequency(frequency, size), new MedianFilter(size).AlongFrequency(frequency),
                $"frequency {size}");
        }
    }

    [Theory]
    [InlineData(3)]
    [InlineData(31)]
    [InlineData(101)]
    public void MedianFilter_AxisShorterThanWindow_ReflectsRepeatedly(int size)
    {
        var random = new Random(2);
        for (var length = 1; length <= 40; length++)
        {
            var time = Random(length, Columns, random);
            AssertSame(ReferenceMedian.AlongTime(time, size), new MedianFilter(size).AlongTime(time), $"time {size} of {length}");
            var frequency = Random(Columns, length, random);
            AssertSame(ReferenceMedian.AlongFrequency(frequency, size), new MedianFilter(size).AlongFrequency(frequency),
                $"frequency {size} of {length}");
        }
    }

    [Fact]
    public void MedianFilter_EveryNumberOfColumns_MatchesSorting()
    {
        var random = new Random(3);
        for (var columns = 1; columns <= 70; columns++)
        {
            var time = Random(20, columns, random);
            AssertSame(ReferenceMedian.AlongTime(time, 5), new MedianFilter(5).AlongTime(time), $"time {columns}");
            var frequency = Random(columns, 20, random);
            AssertSame(ReferenceMedian.AlongFrequency(frequency, 5), new MedianFilter(5).AlongFrequency(frequency),
                $"frequency {columns}");
        }
    }

    [Fact]
    public void MedianFilter_NanInfinityAndSignedZero_FollowsTotalOrder()
    {
        float[] special = [float.NaN, -float.NaN, float.PositiveInfinity, float.NegativeInfinity, 0f, -0f, float.Epsilon, 1, -1];
        var random = new Random(4);
        var source = new Frames<float>(60, Columns);
        for (var i = 0; i < source.Data.Length; i++) source.Data[i] = special[random.Next(special.Length)];
        AssertSame(ReferenceMedian.AlongTime(source, 7), new MedianFilter(7).AlongTime(source), "time");
        AssertSame(ReferenceMedian.AlongFrequency(source, 7), new MedianFilter(7).AlongFrequency(source), "frequency");
    }

    [Fact]
    public void MedianFilter_NanInWindow_SortsByItsSign()
    {
        var (above, below) = (BitConverter.Int32BitsToSingle(0x7FC00000),
            BitConverter.Int32BitsToSingle(unchecked((int)0xFFC00000)));
        var actual = new MedianFilter(3).AlongTime(new Frames<float>(5, 1, [1, 2, above, 4, above]));
        Assert.Equal([1, 2, 4, float.NaN, float.NaN], actual.Data);
        actual = new MedianFilter(3).AlongTime(new Frames<float>(5, 1, [1, 2, below, 4, 5]));
        Assert.Equal([1, 1, 2, 4, 5], actual.Data);
    }

    [Fact]
    public void MedianFilter_NoFramesOrBins_ReturnsNone()
    {
        Assert.Empty(new MedianFilter(31).AlongTime(new Frames<float>(0, 5)).Data);
        Assert.Empty(new MedianFilter(31).AlongFrequency(new Frames<float>(5, 0)).Data);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-3)]
    [InlineData(30)]
    public void MedianFilter_SizeNotOddAndPositive_NamesIt(int size)
    {
        var error = Assert.Throws<ArgumentOutOfRangeException>(() => new MedianFilter(size));
        Assert.StartsWith($"MedianFilter: size is {size}; it must be odd and at least 1.", error.Message,
            StringComparison.Ordinal);
    }

    // Few distinct values, so that windows are full of ties.
    private static Frames<float> Random(int count, int bins, Random random)
    {
        var frames = new Frames<float>(count, bins);
        for (var i = 0; i < frames.Data.Length; i++) frames.Data[i] = random.Next(-9, 30) / 4f;
        return frames;
    }

    // Medians are samples, so equal in every bit.
    private static void AssertSame(Frames<float> expected, Frames<float> actual, string what) =>
        Assert.True(MemoryMarshal.Cast<float, int>(expected.Data).SequenceEqual(MemoryMarshal.Cast<float, int>(actual.Data)),
            what);
}
