namespace Engine.Dsp;

/// <summary>How cepstral coefficients are scaled.</summary>
public enum DctNorm
{
    /// <summary>Orthonormal (librosa's default).</summary>
    Ortho,

    /// <summary>Unscaled, <c>2·Σ x[n]·cos(πk(2n+1)/2N)</c>.</summary>
    None,
}

/// <summary>The parameters of mel-frequency cepstral coefficients, with the defaults of <c>librosa.feature.mfcc</c>.</summary>
public sealed record MfccOptions
{
    /// <summary>The coefficients kept (<c>n_mfcc</c>), at most the number of mel bands.</summary>
    public int Coefficients { get; init; } = 20;

    /// <summary>The liftering parameter L: coefficient n is scaled by 1 + (L/2)·sin(π(n+1)/L); 0 disables it.</summary>
    public double Lifter { get; init; }

    /// <summary>The scaling of the cosine transform.</summary>
    public DctNorm Norm { get; init; } = DctNorm.Ortho;

    /// <summary>The frames.</summary>
    public StftOptions Stft { get; init; } = new();

    /// <summary>The mel filters.</summary>
    public MelOptions Mel { get; init; } = new();
}

/// <summary>
/// Mel-frequency cepstral coefficients: the first coefficients of the DCT-II over the bands of a mel spectrogram in dB
/// (Davis and Mermelstein, 1980); values as <c>librosa.feature.mfcc</c>. Immutable and safe to share between threads.
/// </summary>
public sealed class Mfcc
{
    private readonly Dct<float> _dct;
    private readonly float[] _scale;

    /// <summary>Plans the transform.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A parameter is out of range.</exception>
    public Mfcc(MfccOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        Options = options;
        MelSpectrogram = new(options.Stft, options.Mel);
        Guard.Check(options.Coefficients >= 1 && options.Coefficients <= options.Mel.Bands,
            $"Mfcc: coefficients is {options.Coefficients}; it must be between 1 and the {options.Mel.Bands} mel bands.");
        Guard.Check(options.Lifter >= 0, $"Mfcc: lifter is {options.Lifter}; it must be at least 0.");
        Guard.Check(Enum.IsDefined(options.Norm), $"Mfcc: unknown norm {options.Norm}.");
        _dct = new(options.Mel.Bands, options.Coefficients);
        _scale = new float[options.Coefficients];
        for (var n = 0; n < _scale.Length; n++)
        {
            var lift = options.Lifter > 0 ? 1 + options.Lifter / 2 * Math.Sin(Math.PI * (n + 1) / options.Lifter) : 1;
            var norm = options.Norm == DctNorm.Ortho ? 1 : Math.Sqrt((n == 0 ? 4.0 : 2.0) * options.Mel.Bands);
            _scale[n] = (float)(lift * norm);
        }
    }

    /// <summary>The parameters.</summary>
    public MfccOptions Options { get; }

    /// <summary>The mel spectrogram underneath.</summary>
    public MelSpectrogram MelSpectrogram { get; }

    /// <summary>Computes the coefficients of a signal: [frames, coefficients].</summary>
    /// <exception cref="ArgumentException">The signal is too short to be reflected.</exception>
    public Frames<float> Compute(ReadOnlySpan<float> signal)
    {
        var mel = MelSpectrogram.Compute(signal);
        Decibels.FromPower(mel.Data, mel.Data);
        return FromDecibels(mel);
    }

    /// <summary>Computes the coefficients of a mel power spectrogram [frames, bands], which is not modified.</summary>
    /// <exception cref="ArgumentException">The spectrogram has the wrong number of bands.</exception>
    public Frames<float> FromPower(Frames<float> mel)
    {
        ArgumentNullException.ThrowIfNull(mel);
        var decibels = new Frames<float>(mel.Count, mel.Bins);
        Decibels.FromPower(mel.Data, decibels.Data);
        return FromDecibels(decibels);
    }

    /// <summary>Computes the coefficients of a mel spectrogram in dB [frames, bands]: <c>librosa.feature.mfcc(S=…)</c>.</summary>
    /// <exception cref="ArgumentException">The spectrogram has the wrong number of bands.</exception>
    public Frames<float> FromDecibels(Frames<float> mel)
    {
        ArgumentNullException.ThrowIfNull(mel);
        if (mel.Bins != Options.Mel.Bands)
            throw new ArgumentException($"Mfcc: the spectrogram has {mel.Bins} bands; it must have {Options.Mel.Bands}.");
        var cepstra = new Frames<float>(mel.Count, Options.Coefficients);
        FromDecibels(mel.Data, cepstra.Data);
        return cepstra;
    }

    /// <summary>The same, from and to consecutive frames.</summary>
    internal void FromDecibels(ReadOnlySpan<float> mel, Span<float> cepstra)
    {
        _dct.Forward(mel, cepstra);
        for (var t = 0; t < cepstra.Length; t += _scale.Length)
            VectorMath.Multiply(cepstra.Slice(t, _scale.Length), _scale, cepstra.Slice(t, _scale.Length));
    }
}
