using Engine.Tensors;
using Engine.Tensors.Cpu;
using Engine.Tensors.Cpu.Kernels;
using Engine.Tests.Support;

namespace Engine.Tests.Tensors;

public unsafe class SeriesFftTests
{
    public static TheoryData<int> Lengths => [64, 128, 256, 512, 1024, 2048, 4096];

    [Theory]
    [MemberData(nameof(Lengths))]
    public void Inverse_OfForward_GivesBackHalfTheLengthTimesTheSeries(int length)
    {
        var fft = SeriesFft.Of(length);
        var series = GradCheck.Draw(new RandomStream(1, "series"), length * SeriesFft.Lanes);
        var expected = Array.ConvertAll(series, v => (double)v * fft.Points);
        fixed (float* batch = series)
        {
            var spectra = Spectra(fft, out var buffer);
            fft.Forward(batch, spectra, 0, -1);
            fft.Inverse(spectra, 0, batch, -1);
            GC.KeepAlive(buffer);
        }

        Close.AssertL2(expected, Array.ConvertAll(series, v => (double)v), 2 * Math.Log2(length) / (1 << 24), "round trip");
    }

    [Theory]
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
                    expected[fft.Place((i + j) % length) + lane] += (i + j < length ? fft.Points : -fft.Points) * (double)a[fft.Place(i) + lane] * b[fft.Place(j) + lane];
            }
        }

        fixed (float* first = a, second = b)
        {
            var (left, right) = (Spectra(fft, out var leftBuffer), Spectra(fft, out var rightBuffer));
            fft.Forward(first, left, 0, 1);
            fft.Forward(second, right, 0, 1);
            for (var point = 0; point < fft.Points; point++)
            {
                for (var lane = 0; lane < SeriesFft.Lanes; lane++)
                {
                    float* p = left.At(point) + lane, q = right.At(point) + lane;
                    (p[0], p[left.Plane]) = (p[0] * q[0] - p[left.Plane] * q[right.Plane], p[0] * q[right.Plane] + p[left.Plane] * q[0]);
                }
            }

            fft.Inverse(left, 0, first, 1);
            GC.KeepAlive(leftBuffer);
            GC.KeepAlive(rightBuffer);
        }

        Close.AssertL2(expected, Array.ConvertAll(a, v => (double)v), 3 * Math.Log2(length) / (1 << 24), "product");
    }

    private static SeriesSpectra Spectra(SeriesFft fft, out AlignedBuffer buffer)
    {
        var spectra = SeriesSpectra.Of(SeriesFft.Lanes);
        buffer = new AlignedBuffer();
        return spectra with { Data = (nint)buffer.Reserve(spectra.Size(fft.Points)) };
    }
}
