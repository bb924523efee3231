using Engine.Tensors.Cpu.Kernels;

namespace Engine.Tensors.Cpu;

internal sealed unsafe partial class CpuBackend
{
    /// <inheritdoc/>
    public void ChannelStatistics(Tensor x, Tensor mean, Tensor variance) =>
        BatchNorm.Statistics(Floats(x), x.Shape[0], x.Shape[1], x.Shape[2], Floats(mean), Floats(variance));

    /// <inheritdoc/>
    public void FollowStatistics(Tensor mean, Tensor variance, float momentum, float correction, Tensor runningMean, Tensor runningVariance)
    {
        BatchNorm.Follow(Floats(mean), mean.Count, momentum, 1, Floats(runningMean));
        BatchNorm.Follow(Floats(variance), variance.Count, momentum, correction, Floats(runningVariance));
    }

    /// <inheritdoc/>
    public void ChannelScale(Tensor variance, float epsilon, Tensor weight, Tensor inverse, Tensor scale) =>
        BatchNorm.Scale(Floats(variance), variance.Count, epsilon, Floats(weight), Floats(inverse), Floats(scale));

    /// <inheritdoc/>
    public void NormalizeChannels(Tensor x, Tensor mean, Tensor scale, Tensor shift, Tensor result) =>
        BatchNorm.Normalize(Floats(x), x.Shape[0], x.Shape[1], x.Shape[2], Floats(mean), Floats(scale), Floats(shift), Floats(result));

    /// <inheritdoc/>
    public void BatchNormGradient(
        Tensor x, Tensor mean, Tensor inverseDeviation, Tensor weight, bool batchStatistics, Tensor gradOutput, Tensor gradInput, Tensor gradWeight, Tensor gradBias) =>
        BatchNorm.Gradient(
            Floats(x), x.Shape[0], x.Shape[1], x.Shape[2], Floats(mean), Floats(inverseDeviation), Floats(weight), batchStatistics,
            Floats(gradOutput), Floats(gradInput), Floats(gradWeight), Floats(gradBias));

    /// <inheritdoc/>
    void IBackend.LayerNorm(Tensor x, Tensor weight, Tensor bias, float epsilon, Tensor result, Tensor statistics) =>
        LayerNorm.Forward(Floats(x), x.Shape[0], x.Shape[1], Floats(weight), Floats(bias), epsilon, Floats(result), Floats(statistics));

    /// <inheritdoc/>
    public void LayerNormGradient(Tensor x, Tensor statistics, Tensor weight, Tensor gradOutput, Tensor gradInput, Tensor gradWeight, Tensor gradBias) =>
        LayerNorm.Gradient(
            Floats(x), x.Shape[0], x.Shape[1], Floats(statistics), Floats(weight), Floats(gradOutput), Floats(gradInput), Floats(gradWeight), Floats(gradBias));
}
