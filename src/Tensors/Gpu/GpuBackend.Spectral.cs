using System.Runtime.CompilerServices;
using Engine.Tensors.Operators;

namespace Engine.Tensors.Gpu;

internal sealed partial class GpuBackend
{
    private readonly Dictionary<int, (int Plan, GpuScratch Tables)> _spectralPlans = [];

    public void Spectrogram(in SpectrogramGeometry geometry, Tensor samples, Tensor window, Tensor result) =>
        throw new NotImplementedException();

    public void Decibels(in DecibelOptions options, Tensor x, Tensor? counts, Tensor result) =>
        throw new NotImplementedException();
}
