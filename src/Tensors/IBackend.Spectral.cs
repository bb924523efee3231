namespace Engine.Tensors;

public partial interface IBackend
{
    /// <summary>
    /// The short-time Fourier transform of samples [N, L] under a window [W]: power, magnitude or complex values of FftSize/2 + 1
    /// bins of every frame. A non-finite sample spoils only the frames whose window covers it.
    /// </summary>
    void Spectrogram(in SpectrogramGeometry geometry, Tensor samples, Tensor window, Tensor result);

    /// <summary>
    /// result = factor·log10(max(minimum, x) / max(minimum, |reference|)) over the rows of x [N, K], raised to at least the row's
    /// maximum minus the range kept; for amplitudes, |x| replaces x. Only the first counts[n] values of row n (int32 [N]; null:
    /// all) count towards its maximum. A NaN stays in place and does not count either. The result may be x.
    /// </summary>
    void Decibels(in DecibelOptions options, Tensor x, Tensor? counts, Tensor result);
}
