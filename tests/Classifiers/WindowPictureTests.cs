using Engine.Dsp;
using Engine.Pipeline.FrontEnds;
using Engine.Tests.Support;

namespace Engine.Tests.Classifiers;

public class WindowPictureTests
{
    // Magma's published colours at 0, 10, ..., 100 % of the range.
    private static readonly int[][] s_magma =
    [
        [0, 0, 4], [0x15, 0x0E, 0x37], [0x3B, 0x0F, 0x70], [0x64, 0x1A, 0x80], [0x8C, 0x29, 0x81], [0xB6, 0x36, 0x79],
        [0xDE, 0x49, 0x68], [0xF7, 0x6F, 0x5C], [0xFE, 0x9F, 0x6D], [0xFE, 0xCE, 0x91], [0xFC, 0xFD, 0xBF],
    ];

    [Fact]
    public void Extract_RisingChirp_RisesToTheRight()
    {
        var chirp = new float[22050];
        for (var i = 0; i < chirp.Length; i++)
            chirp[i] = (float)Math.Sin(2 * Math.PI * (200 + 1900.0 * i / chirp.Length) * i / 22050);
        var picture = WindowSets.Extract(new MelPicture(1024, 256, 64, 40, 60, ColorMapKind.Gray), chirp, 1);
        var brightest = Enumerable.Range(0, 40).Select(x => Enumerable.Range(0, 60).MaxBy(y => picture.Values[y * 40 + x]))
            .ToArray();
        Assert.True(brightest[2] > 45, $"starts in row {brightest[2]} from the top");
        Assert.True(brightest[37] < 20, $"ends in row {brightest[37]} from the top");
        for (var x = 3; x < 38; x++)
            Assert.True(brightest[x] <= brightest[x - 1], $"column {x} falls from {brightest[x - 1]} to {brightest[x]}");
    }

    [Theory]
    [InlineData(30, 20, 16)]
    [InlineData(45, 10, 16)]
    [InlineData(50, 48, 7)]
    public void Extract_Gray_MatchesTheDefinition(int width, int height, int bands)
    {
        var samples = PipelineCorpus.Clip("pulse", 2, WindowSets.Segment);
        var mel = WindowSets.MelPower(samples, new StftOptions { FftSize = 256, HopLength = 200 },
            new MelOptions { Bands = bands });
        var decibels = WindowSets.ToDecibels(mel, mel.Max(r => r.Max()));
        var columns = Resize(Transpose(decibels), width);
        var resized = Resize(Transpose(columns), height);
        var picture = WindowSets.Extract(new MelPicture(256, 200, bands, width, height, ColorMapKind.Gray), samples);
        Assert.Equal([3, height, width], picture.Sizes);
        for (var y = 0; y < height; y++)
        {
            for (var x = 0; x < width; x++)
            {
                var level = Math.Clamp((resized[height - 1 - y][x] + 80) / 80 * 256, 0, 255.999);
                // A level within rounding of the edge between two may fall to either side.
                Assert.InRange(picture.Values[y * width + x] * 255, Math.Floor(level - 0.01) - 0.001,
                    Math.Floor(level + 0.01) + 0.001);
                Assert.Equal(picture.Values[y * width + x], picture.Values[(height + y) * width + x]);
                Assert.Equal(picture.Values[y * width + x], picture.Values[(2 * height + y) * width + x]);
            }
        }
    }

    [Fact]
    public void Extract_Colors_AreThoseOfTheMap()
    {
        var samples = PipelineCorpus.Clip("pulse", 2, WindowSets.Segment);
        var gray = WindowSets.Extract(new MelPicture(256, 200, 16, 30, 20, ColorMapKind.Gray), samples).Values;
        var magma = WindowSets.Extract(new MelPicture(256, 200, 16, 30, 20), samples).Values;
        for (var i = 0; i < 600; i++)
        {
            var place = gray[i] * 10.0;
            var anchor = Math.Min((int)place, 9);
            for (var channel = 0; channel < 3; channel++)
            {
                var color = s_magma[anchor][channel]
                    + (place - anchor) * (s_magma[anchor + 1][channel] - s_magma[anchor][channel]);
                Assert.InRange(magma[channel * 600 + i] * 255 - color, -0.501, 0.501);
            }
        }

        Assert.All(gray.Concat(magma), v => Assert.Equal((float)Math.Round(v * 255) / 255f, v));
    }

    [Fact]
    public void Extract_SilentWindow_IsTheDarkestColor()
    {
        var samples = new float[2 * WindowSets.Samples];
        PipelineCorpus.Clip("hiss", 2, WindowSets.Segment).CopyTo(samples, 0);
        var picture = WindowSets.Extract(new MelPicture(256, 200, 16, 30, 20), samples).Row(1);
        Assert.Equal([0], picture[..1200].ToArray().Distinct());
        Assert.Equal([4 / 255f], picture[1200..].ToArray().Distinct());
    }

    [Fact]
    public void Extract_NoSegment_DrawsTheWholeRecording()
    {
        var samples = PipelineCorpus.Clip("hiss", 2, 0.5);
        var whole = WindowSets.Extract(new MelPicture(256, 200, 16, 30, 20), samples, segment: null);
        Assert.Equal(WindowSets.Extract(new MelPicture(256, 200, 16, 30, 20), samples, 0.5).Values, whole.Values);
        Assert.Equal([3, 20, 30], whole.Sizes);
    }

    [Theory]
    [InlineData(12, 12)]
    [InlineData(12, 5)]
    [InlineData(12, 1)]
    [InlineData(5, 12)]
    [InlineData(1, 4)]
    [InlineData(1292, 400)]
    [InlineData(777, 776)]
    public void AxisResize_AnySizes_MatchesTheDefinition(int from, int to)
    {
        var source = Signals.Noise(from * 3);
        var result = new float[to * 3];
        new AxisResize(from, to).Apply(source, result, 3);
        var expected = Resize([.. Enumerable.Range(0, from)
            .Select(i => source.AsSpan(3 * i, 3).ToArray().Select(v => (double)v).ToArray())], to);
        Close.Assert(expected.SelectMany(r => r).ToArray(), Array.ConvertAll(result, v => (double)v), 1e-6);
    }

    // The mean of what lies under a new row, by fine steps where rows are cut; linear between the middles of rows when growing.
    private static double[][] Resize(double[][] rows, int to)
    {
        var from = rows.Length;
        return [.. Enumerable.Range(0, to)
            .Select(i => from < to ? Between((i + 0.5) * from / to - 0.5) : Under((double)i * from / to,
                (double)(i + 1) * from / to))];

        double[] Between(double place)
        {
            var clamped = Math.Clamp(place, 0, from - 1);
            var (low, high) = ((int)Math.Floor(clamped), (int)Math.Ceiling(clamped));
            return [.. rows[low].Zip(rows[high], (a, b) => a + (clamped - low) * (b - a))];
        }

        double[] Under(double start, double end)
        {
            var sum = new double[rows[0].Length];
            for (var k = 0; k < from; k++)
            {
                var share = Math.Max(0, Math.Min(end, k + 1) - Math.Max(start, k)) / (end - start);
                for (var c = 0; c < sum.Length; c++) sum[c] += share * rows[k][c];
            }

            return sum;
        }
    }

    private static double[][] Transpose(double[][] rows) =>
        [.. Enumerable.Range(0, rows[0].Length).Select(c => rows.Select(r => r[c]).ToArray())];
}
