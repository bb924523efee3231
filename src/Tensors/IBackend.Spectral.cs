namespace Engine.Tensors;

public partial interface IBackend
{
    /// <summary>
    /// The short-time Fourier transform of samples [N, L] under a window [W]: power, magnitude or complex values of
    /// FftSize/2 + 1 bins of every frame. What is not finite spoils the frames whose window covers it and no others.
    /// </summary>
    void Spectrogram(in SpectrogramGeometry geometry, Tensor samples, Tensor window, Tensor result);

    /// <summary>
    /// result = factor·log10(max(minimum, x) / max(minimum, |reference|)), raised to the row's maximum minus the range kept, over
    /// the rows of x [N, K]; with amplitudes |x| stands for x. Only the first counts[n] values of row n (int32 [N]; null: all)
    /// take part in its maximum. A NaN stays where it is and takes no part either. The result may be x.
    /// </summary>
    void Decibels(in DecibelOptions options, Tensor x, Tensor? counts, Tensor result);
}
