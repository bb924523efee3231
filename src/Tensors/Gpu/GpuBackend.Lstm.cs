
namespace Engine.Tensors.Gpu;

internal sealed partial class GpuBackend
{
    public Shape LstmHistory(int batch, int steps, int units) =>
        throw new NotImplementedException();

    public void Lstm(
        Tensor input, Tensor weightInput, Tensor weightHidden, Tensor bias, bool reverse, Tensor output, Tensor cell,
        Tensor history) =>
        throw new NotImplementedException();

    public void LstmGradient(
        Tensor input, Tensor weightInput, Tensor weightHidden, bool reverse, Tensor output, Tensor history,
        Tensor gradOutput, Tensor? gradCell, Tensor? gradInput, Tensor gradWeightInput, Tensor gradWeightHidden, Tensor gradBias) =>
        throw new NotImplementedException();
}
