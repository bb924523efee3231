
namespace Engine.Tensors.Gpu;

internal sealed partial class GpuBackend
{
    public void ChannelStatistics(Tensor x, Tensor mean, Tensor variance) =>
        throw new NotImplementedException();

    public void FollowStatistics(
        Tensor mean, Tensor variance, float momentum, float correction, Tensor runningMean, Tensor runningVariance) =>
        throw new NotImplementedException();

    public void ChannelScale(Tensor variance, float epsilon, Tensor weight, Tensor inverse, Tensor scale) =>
        throw new NotImplementedException();

    public void NormalizeChannels(Tensor x, Tensor mean, Tensor scale, Tensor shift, Tensor result) =>
        throw new NotImplementedException();

    public void BatchNormGradient(
        Tensor x, Tensor mean, Tensor inverseDeviation, Tensor weight, bool batchStatistics, Tensor gradOutput, Tensor gradInput,
        Tensor gradWeight, Tensor gradBias) =>
        throw new NotImplementedException();

    public void LayerNorm(Tensor x, Tensor weight, Tensor bias, float epsilon, Tensor result, Tensor statistics) =>
        throw new NotImplementedException();

    public void LayerNormGradient(
        Tensor x, Tensor statistics, Tensor weight, Tensor gradOutput, Tensor gradInput, Tensor gradWeight, Tensor gradBias) =>
        throw new NotImplementedException();
}
