namespace Engine.Tensors;

/// <summary>What a spectrogram keeps of each complex value X.</summary>
public enum SpectrogramValues
{
    /// <summary>re² + im².</summary>
    Power,

    /// <summary>√(re² + im²).</summary>
    Magnitude,

    /// <summary>Real and imaginary part, side by side along a last axis of 2.</summary>
    Complex,
}

/// <summary>
/// How signals are cut into frames and transformed. The default is 2048 points every 512 samples, centred and padded with zeros.
/// </summary>
public readonly record struct SpectrogramOptions
{
    /// <summary>Makes the default options.</summary>
    public SpectrogramOptions()
    {
    }

    /// <summary>Points of the transform, any number from 1 to <see cref="SpectrogramGeometry.MaxFftSize"/>.</summary>
    public int FftSize { get; init; } = 2048;

    /// <summary>Samples between frames.</summary>
    public int Hop { get; init; } = 512;

    /// <summary>True: frame t is centred on sample t·hop, after padding. False: it starts there.</summary>
    public bool Center { get; init; } = true;

    /// <summary>
    /// Whether a centred transform pads with the signal mirrored at its first and last sample instead of zeros.
    /// </summary>
    public bool Reflect { get; init; }

    /// <summary>What the result holds.</summary>
    public SpectrogramValues Values { get; init; }
}

/// <summary>
/// All sizes of one spectrogram: samples [N, L], window [W], result [N, frames, bins], or [N, frames, bins, 2] for complex
/// values. The window lies in the middle of the FftSize points; the rest are zero.
/// </summary>
public readonly record struct SpectrogramGeometry
{
    /// <summary>The longest transform.</summary>
    public const int MaxFftSize = 1 << 22;

    /// <summary>Checks the shapes and options against each other and works out the result's shape.</summary>
    /// <param name="samples">[N, L].</param>
    /// <param name="window">[W], at most FftSize.</param>
    /// <param name="options">Frames and transform.</param>
    /// <param name="operation">Named in the errors.</param>
    /// <exception cref="ArgumentException">
    /// A rank or an option does not fit, or the signals are too short to be reflected.
    /// </exception>
    public SpectrogramGeometry(Shape samples, Shape window, SpectrogramOptions options, string operation)
    {
        Options = options;
        if (samples.Rank != 2) Throw.Argument($"{operation}: samples {samples} must be [N, L].");
        (Signals, Samples) = (samples[0], samples[1]);
        if (options.FftSize is < 1 or > MaxFftSize)
            Throw.Argument($"{operation}: fftSize is {options.FftSize} for samples {samples}; it must be from 1 to "
                + $"{MaxFftSize}.");
        if (options.Hop < 1) Throw.Argument($"{operation}: hop is {options.Hop} for samples {samples}; it must be at least 1.");
        if (!Enum.IsDefined(options.Values))
            Throw.Argument($"{operation}: unknown values {options.Values} for samples {samples}.");
        if (window.Rank != 1 || window.Count < 1 || window.Count > options.FftSize)
            Throw.Argument($"{operation}: window {window} must be [W], with 1 to fftSize {options.FftSize} values, for "
                + $"samples {samples}.");
        // Keeps positions of padded samples below 2³¹.
        if (Samples > int.MaxValue - 2 * MaxFftSize)
            Throw.Argument($"{operation}: samples {samples} exceed {int.MaxValue - 2 * MaxFftSize} in one signal; "
                + "cut it.");
        WindowLength = window.Count;
        if (options is { Center: true, Reflect: true } && Samples <= Lead && Signals > 0)
        {
            Throw.Argument($"{operation}: samples {samples} have {Samples} in each signal; reflect padding of {Lead} "
                + $"(fftSize {options.FftSize}) needs at least {Lead + 1}.");
        }
    }

    /// <summary>Frames and transform.</summary>
    public SpectrogramOptions Options { get; }

    /// <summary>N.</summary>
    public int Signals { get; }

    /// <summary>L, samples of a signal.</summary>
    public int Samples { get; }

    /// <summary>W.</summary>
    public int WindowLength { get; }

    /// <summary>The first of a frame's points that the window covers.</summary>
    public int WindowStart => (Options.FftSize - WindowLength) / 2;

    /// <summary>Samples of padding before the first one.</summary>
    public int Lead => Options.Center ? Options.FftSize / 2 : 0;

    /// <summary>Frames of a signal.</summary>
    public int Frames => Samples + 2L * Lead < Options.FftSize
        ? 0 : 1 + (int)((Samples + 2L * Lead - Options.FftSize) / Options.Hop);

    /// <summary>Bins of a frame, FftSize/2 + 1.</summary>
    public int Bins => Options.FftSize / 2 + 1;

    /// <summary>Whether samples beyond a signal's ends mirror those inside.</summary>
    public bool Reflects => Options is { Center: true, Reflect: true };

    /// <summary>The result's shape.</summary>
    public Shape Output => Options.Values == SpectrogramValues.Complex
        ? new(Signals, Frames, Bins, 2) : new(Signals, Frames, Bins);
}
