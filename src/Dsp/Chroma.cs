namespace Engine.Dsp;

/// <summary>
/// Chroma features of a power spectrogram: the energy of each pitch class in each frame, as
/// <c>librosa.feature.chroma_stft</c>.
/// </summary>
public static class Chroma
{
    // numpy.finfo(float32).tiny: below it librosa leaves a frame unscaled.
    private const float Tiny = 1.17549435e-38f;

    /// <summary>The chroma of every frame, [frames, classes].</summary>
    /// <param name="power">Squared magnitudes [frames, bins].</param>
    /// <param name="sampleRate">Samples per second.</param>
    /// <param name="options">
    /// The parameters; null means the defaults, with the tuning estimated from <paramref name="power"/>.
    /// </param>
    /// <param name="fftSize">The transform's length; null means the even length with this number of bins.</param>
    /// <exception cref="ArgumentException">The sizes do not match or a parameter is out of range.</exception>
    public static Frames<float> Of(Frames<float> power, double sampleRate, ChromaOptions? options = null, int? fftSize = null)
    {
        ArgumentNullException.ThrowIfNull(power);
        options ??= new();
        var length = SpectrumCheck.FftSize(power.Bins, fftSize);
        var tuning = options.Tuning ?? TuningEstimator.Estimate(power, sampleRate, length, options.Classes);
        return Of(power, new ChromaFilterBank(sampleRate, length, tuning, options), options.Norm);
    }

    /// <summary>The chroma of a signal, [frames, classes], as <c>librosa.feature.chroma_stft(y=…)</c>.</summary>
    /// <param name="signal">Mono samples.</param>
    /// <param name="sampleRate">Samples per second.</param>
    /// <param name="options">The parameters; null means the defaults, with the tuning estimated.</param>
    /// <param name="stft">The transform; null means the defaults.</param>
    /// <exception cref="ArgumentException">A parameter is out of range.</exception>
    public static Frames<float> Of(
        ReadOnlySpan<float> signal, double sampleRate, ChromaOptions? options = null, StftOptions? stft = null)
    {
        var transform = new Stft(stft ?? new());
        return Of(transform.Power(signal), sampleRate, options, transform.Options.FftSize);
    }

    /// <summary>The chroma of every frame with an existing filter bank, [frames, classes].</summary>
    /// <param name="power">Squared magnitudes [frames, bins].</param>
    /// <param name="filters">The weights.</param>
    /// <param name="norm">How each frame is scaled.</param>
    /// <exception cref="ArgumentException">The sizes do not match.</exception>
    public static Frames<float> Of(Frames<float> power, ChromaFilterBank filters, ChromaNorm norm = ChromaNorm.Max)
    {
        ArgumentNullException.ThrowIfNull(power);
        ArgumentNullException.ThrowIfNull(filters);
        var chroma = new Frames<float>(power.Count, filters.Classes);
        for (var t = 0; t < power.Count; t++)
        {
            filters.Apply(power[t], chroma[t]);
            Normalize(chroma[t], norm);
        }

        return chroma;
    }

    /// <summary>Scales one frame in place; a silent one is left unchanged.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="norm"/> is unknown.</exception>
    public static void Normalize(Span<float> chroma, ChromaNorm norm = ChromaNorm.Max)
    {
        double length = 0;
        foreach (var value in chroma)
        {
            length = norm switch
            {
                ChromaNorm.None => 1,
                ChromaNorm.Max => Math.Max(length, Math.Abs(value)),
                ChromaNorm.Sum => length + Math.Abs(value),
                ChromaNorm.Euclidean => length + (double)value * value,
                _ => throw new ArgumentOutOfRangeException(nameof(norm),
                    $"Chroma: norm is {norm}; it must be None, Max, Sum or Euclidean."),
            };
        }

        if (norm == ChromaNorm.Euclidean) length = Math.Sqrt(length);
        if (norm == ChromaNorm.None || length < Tiny) return;
        foreach (ref var value in chroma) value = (float)(value / length);
    }
}
