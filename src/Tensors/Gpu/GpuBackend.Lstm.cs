namespace Engine.Tensors.Gpu;

internal sealed partial class GpuBackend
{
    public void Lstm(Tensor input, Tensor weightInput, Tensor weightHidden, Tensor bias, bool reverse, Tensor output, Tensor cell, Tensor history) => throw new NotSupportedException();

    public Shape LstmHistory(int batch, int steps, int units) => throw new NotSupportedException();

    public void LstmGradient(
        Tensor input, Tensor weightInput, Tensor weightHidden, bool reverse, Tensor output, Tensor history,
        Tensor gradOutput, Tensor? gradCell, Tensor? gradInput, Tensor gradWeightInput, Tensor gradWeightHidden, Tensor gradBias) => throw new NotSupportedException();

    public void Gru(Tensor input, Tensor weightInput, Tensor weightHidden, Tensor biasInput, Tensor biasHidden, bool reverse, Tensor output, Tensor history) => throw new NotSupportedException();

    public void GruGradient(
        Tensor input, Tensor weightInput, Tensor weightHidden, bool reverse, Tensor output, Tensor history, Tensor gradOutput,
        Tensor? gradInput, Tensor gradWeightInput, Tensor gradWeightHidden, Tensor gradBiasInput, Tensor gradBiasHidden) => throw new NotSupportedException();
}
