using Engine.Tensors.Operators;

namespace Engine.Tensors.Gpu;

internal sealed partial class GpuBackend
{
    public void Update<TOperator>(in UpdateFactors factors, Tensor? gradientScale, ReadOnlySpan<ParameterUpdate> updates)
        where TOperator : struct, IUpdateOperator =>
        throw new NotImplementedException();

    public void SumSquares(ReadOnlySpan<Tensor> tensors, Tensor result) =>
        throw new NotImplementedException();

    public void ClipScale(Tensor squares, double limit, Tensor result) =>
        throw new NotImplementedException();
}
