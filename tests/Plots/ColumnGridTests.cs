using Engine.Dsp;
using Engine.Plots.Songs;
using Engine.Tests.Support;

namespace Engine.Tests.Plots;

public class ColumnGridTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(1599)]
    [InlineData(1600)]
    [InlineData(1601)]
    [InlineData(5000)]
    [InlineData(465_120)]
    public void Columns_CoverTheFramesInOrder(int frames)
    {
        var grid = new ColumnGrid(frames);
        var counted = new long[grid.Count];
        for (var t = 0; t < frames; t++)
        {
            var c = grid.Of(t);
            counted[c]++;
            Assert.True(t < grid.End(c) && t >= grid.End(c) - grid.FramesOf(c));
        }

        Assert.Equal(counted, Enumerable.Range(0, grid.Count).Select(grid.FramesOf));
        Assert.Equal(frames > 1600, grid.Averages);
        Assert.InRange(counted.Max() - counted.Min(), 0, 1);
    }

    [Fact]
    public void ColumnSums_Mean_IsThatOfEachColumn()
    {
        var sums = new ColumnSums(new(3200), 2);
        for (var t = 0; t < 3200; t++) sums.Add(t, [t, 7]);
        var means = sums.Mean();
        Assert.Equal(0.5f, means[0]);
        Assert.Equal(3198.5f, means[1599]);
        Assert.All(means[1600..], v => Assert.Equal(7, v));
    }

    // The definition: sums of products under a Hann window, over ramps at both ends.
    [Theory]
    [InlineData(0)]
    [InlineData(17)]
    [InlineData(59)]
    public void LocalTempogram_Frame_IsTheScaledAutocorrelation(int frame)
    {
        const int Window = 24;
        var strength = Array.ConvertAll(Signals.Noise(60), x => x + 1);
        var x = new double[Window];
        for (var i = 0; i < Window; i++)
        {
            var t = frame - Window / 2 + i;
            var value = t < 0 ? strength[0] * (t + 12) / 12.0 : t < 60 ? strength[t] : strength[59] * (59 + 12 - t) / 12.0;
            x[i] = value * (0.5 - 0.5 * Math.Cos(2 * Math.PI * i / Window));
        }

        var lags = new double[Window];
        new LocalTempogram(strength, Window).Frame(frame, lags);
        var energy = x.Sum(v => v * v);
        for (var lag = 0; lag < Window; lag++)
            Assert.Equal(Enumerable.Range(0, Window - lag).Sum(i => x[i] * x[i + lag]) / energy, lags[lag], 1e-9);
    }

    // librosa's, which Tempogram.Mean follows.
    [Fact]
    public void LocalTempogram_MeanOfFrames_IsThatOfTheLibrary()
    {
        var strength = Array.ConvertAll(Signals.Noise(200), x => x + 1);
        var tempogram = new LocalTempogram(strength, 50);
        var (mean, lags) = (new double[50], new double[50]);
        for (var t = 0; t < 200; t++)
        {
            tempogram.Frame(t, lags);
            for (var lag = 0; lag < 50; lag++) mean[lag] += lags[lag] / 200;
        }

        var expected = Tempogram.Mean(strength, 50);
        for (var lag = 0; lag < 50; lag++) Assert.Equal(expected[lag], mean[lag], 1e-6);
    }
}
