using System.Runtime.CompilerServices;
using Engine.Tensors.Operators;

namespace Engine.Tensors.Gpu;

internal sealed partial class GpuBackend
{
    public double PeakFlops() =>
        throw new NotImplementedException();

    public double PeakBytes() =>
        throw new NotImplementedException();
}
