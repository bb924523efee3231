namespace Engine.Tensors.Gpu;

internal sealed partial class GpuBackend
{
    public void ChannelStatistics(Tensor x, Tensor mean, Tensor variance) => throw new NotSupportedException();

    public void NormalizeChannels(Tensor x, Tensor mean, Tensor scale, Tensor shift, Tensor result) => throw new NotSupportedException();

    public void BatchNormGradient(
        Tensor x, Tensor mean, Tensor inverseDeviation, Tensor weight, bool batchStatistics, Tensor gradOutput, Tensor gradInput, Tensor gradWeight, Tensor gradBias) => throw new NotSupportedException();

    public void LayerNorm(Tensor x, Tensor weight, Tensor bias, float epsilon, Tensor result, Tensor statistics) => throw new NotSupportedException();

    public void LayerNormGradient(Tensor x, Tensor statistics, Tensor weight, Tensor gradOutput, Tensor gradInput, Tensor gradWeight, Tensor gradBias) => throw new NotSupportedException();
}
