using Engine.Tensors.Cpu.Kernels;

namespace Engine.Tensors.Cpu;

internal sealed unsafe partial class CpuBackend
{
    /// <inheritdoc/>
    public void Spectrogram(in SpectrogramGeometry geometry, Tensor samples, Tensor window, Tensor result)
    {
        using var lease = new StorageLease(samples, window, result);
        FrameSpectra.Run(geometry, Floats(samples), Floats(window), Floats(result));
    }

    /// <inheritdoc/>
    void IBackend.Decibels(in DecibelOptions options, Tensor x, Tensor? counts, Tensor result)
    {
        using var lease = new StorageLease(x, counts, result);
        Decibels.Run(options, Floats(x), x.Shape[0], x.Shape[1], counts is null ? null : Integers(counts), Floats(result));
    }
}
