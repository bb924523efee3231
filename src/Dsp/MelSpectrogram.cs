using System.Buffers;

namespace Engine.Dsp;

/// <summary>
/// The power of a signal in mel bands over time: <c>librosa.feature.melspectrogram</c>. Immutable and safe to share
/// between threads.
/// </summary>
public sealed class MelSpectrogram
{
    /// <summary>Plans the transform and designs the filters.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A parameter is out of range.</exception>
    public MelSpectrogram(StftOptions stft, MelOptions mel)
    {
        Stft = new(stft);
        Filters = new(mel, stft.FftSize);
    }

    /// <summary>The short-time Fourier transform.</summary>
    public Stft Stft { get; }

    /// <summary>The filters.</summary>
    public MelFilterBank Filters { get; }

    /// <summary>Computes the mel power of a signal: [frames, bands].</summary>
    /// <exception cref="ArgumentException">The signal is too short to be reflected.</exception>
    public Frames<float> Compute(ReadOnlySpan<float> signal)
    {
        var mel = new Frames<float>(Stft.FrameCount(signal.Length), Filters.Bands);
        Compute(signal, mel);
        return mel;
    }

    /// <summary>As <see cref="Compute(ReadOnlySpan{float})"/>, into <paramref name="output"/> [FrameCount, Bands].</summary>
    /// <exception cref="ArgumentException">The output has the wrong size, or the signal is too short to be reflected.</exception>
    public void Compute(ReadOnlySpan<float> signal, Frames<float> output)
    {
        ArgumentNullException.ThrowIfNull(output);
        var count = Stft.FrameCount(signal.Length);
        if (output.Count != count || output.Bins != Filters.Bands)
        {
            throw new ArgumentException(
                $"MelSpectrogram: {signal.Length} samples give [{count}, {Filters.Bands}] values, but the output is "
                    + $"[{output.Count}, {output.Bins}].");
        }

        var power = ArrayPool<float>.Shared.Rent(Stft.Bins);
        var t = 0;
        foreach (var spectrum in Stft.Enumerate(signal))
        {
            Spectrum.Power(spectrum, power.AsSpan(0, Stft.Bins));
            Filters.Apply(power.AsSpan(0, Stft.Bins), output[t++]);
        }

        ArrayPool<float>.Shared.Return(power);
    }
}
