using Engine.Tensors.Cpu.Kernels;

namespace Engine.Tensors.Cpu;

internal sealed unsafe partial class CpuBackend
{
    /// <inheritdoc/>
    public void ChannelStatistics(Tensor x, Tensor mean, Tensor variance)
    {
        using var lease = new StorageLease(x, mean, variance);
        BatchNorm.Statistics(Floats(x), x.Shape[0], x.Shape[1], x.Shape[2], Floats(mean), Floats(variance));
    }

    /// <inheritdoc/>
    public void FollowStatistics(
        Tensor mean, Tensor variance, float momentum, float correction, Tensor runningMean, Tensor runningVariance)
    {
        using var lease = new StorageLease(mean, variance, runningMean, runningVariance);
        BatchNorm.Follow(Floats(mean), mean.Count, momentum, 1, Floats(runningMean));
        BatchNorm.Follow(Floats(variance), variance.Count, momentum, correction, Floats(runningVariance));
    }

    /// <inheritdoc/>
    public void ChannelScale(Tensor variance, float epsilon, Tensor weight, Tensor inverse, Tensor scale)
    {
        using var lease = new StorageLease(variance, weight, inverse, scale);
        BatchNorm.Scale(Floats(variance), variance.Count, epsilon, Floats(weight), Floats(inverse), Floats(scale));
    }

    /// <inheritdoc/>
    public void NormalizeChannels(Tensor x, Tensor mean, Tensor scale, Tensor shift, Tensor result)
    {
        using var lease = new StorageLease(x, mean, scale, shift, result);
        BatchNorm.Normalize(Floats(x), x.Shape[0], x.Shape[1], x.Shape[2], Floats(mean), Floats(scale), Floats(shift),
            Floats(result));
    }

    /// <inheritdoc/>
    public void BatchNormGradient(
        Tensor x, Tensor mean, Tensor inverseDeviation, Tensor weight, bool batchStatistics, Tensor gradOutput, Tensor gradInput,
        Tensor gradWeight, Tensor gradBias)
    {
        using var lease = new StorageLease(x, mean, inverseDeviation, weight, gradOutput, gradInput, gradWeight, gradBias);
        BatchNorm.Gradient(
            Floats(x), x.Shape[0], x.Shape[1], x.Shape[2], Floats(mean), Floats(inverseDeviation), Floats(weight),
            batchStatistics,
            Floats(gradOutput), Floats(gradInput), Floats(gradWeight), Floats(gradBias));
    }

    /// <inheritdoc/>
    void IBackend.LayerNorm(Tensor x, Tensor weight, Tensor bias, float epsilon, Tensor result, Tensor statistics)
    {
        using var lease = new StorageLease(x, weight, bias, result, statistics);
        LayerNorm.Forward(Floats(x), x.Shape[0], x.Shape[1], Floats(weight), Floats(bias), epsilon, Floats(result),
            Floats(statistics));
    }

    /// <inheritdoc/>
    public void LayerNormGradient(
        Tensor x, Tensor statistics, Tensor weight, Tensor gradOutput, Tensor gradInput, Tensor gradWeight, Tensor gradBias)
    {
        using var lease = new StorageLease(x, statistics, weight, gradOutput, gradInput, gradWeight, gradBias);
        LayerNorm.Gradient(
            Floats(x), x.Shape[0], x.Shape[1], Floats(statistics), Floats(weight), Floats(gradOutput), Floats(gradInput),
            Floats(gradWeight), Floats(gradBias));
    }
}
