using System.Buffers;
using Engine.Dsp;

namespace Engine.Tests.Dsp;

/// <summary>The enumerator's buffers, which are shared with others afterwards.</summary>
public class SpectrumEnumeratorTests
{
    [Fact]
    public void Dispose_TwiceAndOfACopy_ReturnsEachBufferOnce()
    {
        var stft = new Stft(new StftOptions { FftSize = 1 << 14 });
        var spectra = stft.Enumerate(new float[20_000]);
        foreach (var bins in spectra) Assert.Equal(stft.Bins, bins.Length);
        spectra.Dispose();

        // A buffer that came back twice would be handed out twice.
        float[] a = ArrayPool<float>.Shared.Rent(1 << 14), b = ArrayPool<float>.Shared.Rent(1 << 14);
        Assert.NotSame(a, b);
        ArrayPool<float>.Shared.Return(a);
        ArrayPool<float>.Shared.Return(b);
    }

    [Fact]
    public void Current_AfterDispose_SaysSo()
    {
        Assert.Throws<ObjectDisposedException>(() =>
        {
            var spectra = new Stft(new StftOptions { FftSize = 16 }).Enumerate(new float[100]);
            spectra.Dispose();
            return spectra.Current.Length;
        });
    }
}
