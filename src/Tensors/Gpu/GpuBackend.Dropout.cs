
namespace Engine.Tensors.Gpu;

internal sealed partial class GpuBackend
{
    public void Dropout(Tensor x, float rate, ulong key, ulong stream, ulong counter, Tensor result) =>
        throw new NotImplementedException();
}
