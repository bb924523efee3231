namespace Engine.Tensors.Gpu;

internal sealed partial class GpuBackend
{
    public void Update(UpdateRule rule, in UpdateFactors factors, Tensor gradient, Tensor parameter, Tensor? first, Tensor? second) => throw new NotSupportedException();
}
