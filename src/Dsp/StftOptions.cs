namespace Engine.Dsp;

/// <summary>How a centred transform fills the half window before the first and after the last sample.</summary>
public enum PadMode
{
    /// <summary>With zeros (librosa 0.10's default).</summary>
    Constant,

    /// <summary>
    /// With the signal mirrored at its first and last sample, which are not repeated. The signal must be longer than
    /// FftSize/2: NumPy would mirror a shorter one repeatedly, which is an artefact.
    /// </summary>
    Reflect,
}

/// <summary>The parameters of a short-time Fourier transform, with librosa's names and defaults.</summary>
public sealed record StftOptions
{
    /// <summary>Points of the transform (<c>n_fft</c>), any number from 1 to 2²⁴.</summary>
    public int FftSize { get; init; } = 2048;

    /// <summary>Samples between frames (<c>hop_length</c>); null means a quarter of the window.</summary>
    public int? HopLength { get; init; }

    /// <summary>
    /// Length of the window in samples (<c>win_length</c>), zero-padded to FftSize on both sides; null means FftSize.
    /// </summary>
    public int? WindowLength { get; init; }

    /// <summary>The window's shape.</summary>
    public WindowKind Window { get; init; } = WindowKind.Hann;

    /// <summary>True: the window's last value equals its first; false: it is one period of a periodic function.</summary>
    public bool Symmetric { get; init; }

    /// <summary>True: frame t is centred on sample t·hop, after padding. False: it starts there.</summary>
    public bool Center { get; init; } = true;

    /// <summary>What a centred transform pads with.</summary>
    public PadMode PadMode { get; init; } = PadMode.Constant;

    /// <summary>The hop in samples, with the default applied.</summary>
    public int Hop => HopLength ?? Math.Max(1, (WindowLength ?? FftSize) / 4);

    /// <summary>The window's values.</summary>
    internal double[] CreateWindow() => Windows.Create(Window, WindowLength ?? FftSize, !Symmetric);

    internal void Validate()
    {
        Guard.Check(FftSize is >= 1
            and <= Guard.MostPoints, $"Stft: fftSize is {FftSize}; it must be from 1 to {Guard.MostPoints}.");
        Guard.Check(Hop >= 1, $"Stft: hopLength is {Hop}; it must be at least 1.");
        Guard.Check(WindowLength is null or >= 1, $"Stft: windowLength is {WindowLength}; it must be at least 1.");
        Guard.Check(WindowLength is null || WindowLength <= FftSize,
            $"Stft: windowLength is {WindowLength}; it must not exceed fftSize {FftSize}.");
        Guard.Check(Enum.IsDefined(PadMode), $"Stft: unknown padMode {PadMode}.");
    }
}
