
namespace Engine.Tensors.Gpu;

internal sealed partial class GpuBackend
{
    public void MatMul(
        Tensor a, bool transposeA, Tensor b, bool transposeB, Tensor result, bool accumulate = false, Tensor? bias = null,
        bool relu = false) =>
        throw new NotImplementedException();
}
