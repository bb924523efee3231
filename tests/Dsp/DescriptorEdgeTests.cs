using Engine.Dsp;
using Engine.Tests.Support;

namespace Engine.Tests.Dsp;

/// <summary>Every descriptor of signals that fill no frame: the padding makes one, as in the transform.</summary>
public class DescriptorEdgeTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(511)]
    public void Descriptors_SilenceShorterThanAHop_GiveOneSilentFrame(int samples)
    {
        var signal = new float[samples];
        Assert.Equal([0f], SpectralShape.Centroids(signal, Spectra.Rate));
        Assert.Equal([0f], SpectralShape.Bandwidths(signal, Spectra.Rate));
        Assert.Equal([0f], SpectralShape.Rolloffs(signal, Spectra.Rate));
        Assert.Equal(new float[7], SpectralContrast.Of(signal, Spectra.Rate).Data);
        Assert.Equal(1, Assert.Single(SpectralFlatness.Of(signal)), 1e-5f);
        Assert.Equal(new float[12], Chroma.Of(signal, Spectra.Rate).Data);
        Assert.Equal(0, TuningEstimator.Estimate(signal, Spectra.Rate));
        Assert.Equal([0f], OnsetStrength.Of(signal, Spectra.Rate));
        Assert.Equal([0f], Rms.Of(signal));
        Assert.Equal([0f], ZeroCrossingRate.Of(signal));
        Assert.Equal(117.45383522727273, Tempo.OfSignal(signal, Spectra.Rate), 1e-9);
    }

    [Fact]
    public void Descriptors_ShortSignal_HaveTheFramesOfTheTransform()
    {
        var signal = Vectors.Signal("short");
        var frames = new Stft(new StftOptions()).FrameCount(signal.Length);
        Assert.Equal(2, frames);
        float[][] series =
        [
            SpectralShape.Centroids(signal, Spectra.Rate), SpectralShape.Bandwidths(signal, Spectra.Rate),
            SpectralShape.Rolloffs(signal, Spectra.Rate),
            SpectralFlatness.Of(signal), OnsetStrength.Of(signal, Spectra.Rate), Rms.Of(signal), ZeroCrossingRate.Of(signal),
        ];
        Assert.All(series, values => Assert.Equal(frames, values.Length));
        Assert.All(series, values => Assert.All(values, value => Assert.True(float.IsFinite(value))));
        Assert.Equal(frames, SpectralContrast.Of(signal, Spectra.Rate).Count);
        Assert.Equal(frames, Chroma.Of(signal, Spectra.Rate).Count);
        Assert.InRange(Tempo.OfSignal(signal, Spectra.Rate), 30, 320);
    }
}
