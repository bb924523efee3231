namespace Engine.Dsp;

/// <summary>The centre frequencies of the bins of a transform, as <c>librosa.fft_frequencies</c>.</summary>
public static class FftFrequencies
{
    /// <summary>Creates the fftSize/2 + 1 frequencies k·sampleRate/fftSize in Hz.</summary>
    /// <exception cref="ArgumentOutOfRangeException">
    /// The rate is not positive and finite, or fftSize is not from 2 to 2²⁴.
    /// </exception>
    public static double[] Create(double sampleRate, int fftSize)
    {
        SpectrumCheck.Rate(nameof(FftFrequencies), sampleRate, fftSize);
        // Like NumPy's rfftfreq, which takes the sample spacing, this rounds the step twice, so that a bin on a band's edge
        // lands on the same side.
        var step = 1 / (fftSize * (1 / sampleRate));
        var frequencies = new double[fftSize / 2 + 1];
        for (var k = 0; k < frequencies.Length; k++) frequencies[k] = k * step;
        return frequencies;
    }
}
