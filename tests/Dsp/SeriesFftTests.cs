using Engine.Dsp.Fft;
using Engine.Tensors;
using Engine.Tests.Support;

namespace Engine.Tests.Dsp;

[EveryInstructionSet]
public class SeriesFftTests
{
    // Points an odd number of cache lines apart, planes with room behind them.
    private const int Plane = 32, Pitch = 80;

    public static TheoryData<int> Lengths => [4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096];

    [Theory]
    [MemberData(nameof(Lengths))]
    public void Inverse_OfForward_GivesBackHalfTheLengthTimesTheSeries(int length)
    {
        var fft = SeriesFft.Of(length);
        var series = GradCheck.Draw(new RandomStream(1, "series"), length * SeriesFft.Lanes);
        var expected = Array.ConvertAll(series, v => (double)v * fft.Points);
        var spectra = new float[Size(fft)];
        fft.Forward(series, spectra, Plane, Pitch);
        Array.Clear(series);
        fft.Inverse(spectra, Plane, Pitch, series);
        Close.AssertL2(expected, Array.ConvertAll(series, v => (double)v), 2 * Math.Log2(length) / (1 << 24), "round trip");
    }

    [Theory]
    [InlineData(4)]
    [InlineData(8)]
    [InlineData(16)]
    [InlineData(32)]
    [InlineData(64)]
    [InlineData(128)]
    [InlineData(256)]
    public void ProductOfSpectra_IsTheConvolutionThatWrapsWithAMinusSign(int length)
    {
        var fft = SeriesFft.Of(length);
        var random = new RandomStream(2, "product");
        var (a, b) = (GradCheck.Draw(random, length * SeriesFft.Lanes), GradCheck.Draw(random, length * SeriesFft.Lanes));
        var expected = new double[length * SeriesFft.Lanes];
        for (var lane = 0; lane < SeriesFft.Lanes; lane++)
        {
            for (var i = 0; i < length; i++)
            {
                for (var j = 0; j < length; j++)
                {
                    var product = (double)a[fft.Place(i) + lane] * b[fft.Place(j) + lane];
                    expected[fft.Place((i + j) % length) + lane] += (i + j < length ? fft.Points : -fft.Points) * product;
                }
            }
        }

        var (left, right) = (new float[Size(fft)], new float[Size(fft)]);
        fft.Forward(a, left, Plane, Pitch);
        fft.Forward(b, right, Plane, Pitch);
        for (var point = 0; point < fft.Points; point++)
        {
            for (var lane = 0; lane < SeriesFft.Lanes; lane++)
            {
                var (real, imaginary) = (point * Pitch + lane, point * Pitch + Plane + lane);
                (left[real], left[imaginary]) = (
                    left[real] * right[real] - left[imaginary] * right[imaginary],
                    left[real] * right[imaginary] + left[imaginary] * right[real]);
            }
        }

        fft.Inverse(left, Plane, Pitch, a);
        Close.AssertL2(expected, Array.ConvertAll(a, v => (double)v), 3 * Math.Log2(length) / (1 << 24), "product");
    }

    [Fact]
    public void Forward_OneSeriesNotFinite_LeavesTheOthersAlone()
    {
        var fft = SeriesFft.Of(64);
        var series = GradCheck.Draw(new RandomStream(3, "not finite"), fft.BatchLength);
        var (expected, actual) = (new float[Size(fft)], new float[Size(fft)]);
        fft.Forward((float[])series.Clone(), expected, Plane, Pitch);
        series[fft.Place(40) + 5] = float.NaN;
        fft.Forward(series, actual, Plane, Pitch);
        for (var i = 0; i < actual.Length; i++)
        {
            if (i % Pitch is 5 or (Plane + 5)) Assert.True(float.IsNaN(actual[i]));
            else Assert.Equal(expected[i], actual[i]);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    [InlineData(96)]
    [InlineData(1 << 25)]
    public void Of_NoPowerOfTwoFromFour_Throws(int length) =>
        Assert.Contains($"length is {length};", Assert.Throws<ArgumentOutOfRangeException>(() => SeriesFft.Of(length)).Message);

    [Theory]
    [InlineData(8 * 16 - 1, 1000, 16, 32)]
    [InlineData(8 * 16, 3 * 32 + 31, 16, 32)]
    [InlineData(8 * 16, 1000, 15, 32)]
    [InlineData(8 * 16, 1000, 16, 15)]
    public void Transforms_WrongSizes_Throw(int batch, int spectra, int plane, int pitch)
    {
        var fft = SeriesFft.Of(8);
        var (x, y) = (new float[batch], new float[spectra]);
        Action[] calls = [() => fft.Forward(x, y, plane, pitch), () => fft.Inverse(y, plane, pitch, x)];
        foreach (var call in calls)
        {
            var message = Assert.Throws<ArgumentException>(call).Message;
            Assert.All([batch, spectra, plane, pitch], value => Assert.Contains($" {value}", message));
        }
    }

    private static int Size(SeriesFft fft) => fft.Points * Pitch;
}
