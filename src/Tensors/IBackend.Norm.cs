namespace Engine.Tensors;

public partial interface IBackend
{
    /// <summary>Mean and population variance of every channel of <paramref name="x"/> [N, C, L], both [C].</summary>
    void ChannelStatistics(Tensor x, Tensor mean, Tensor variance);

    /// <summary>
    /// Moves running statistics [C] towards those of a batch: running = (1 - momentum)·running + momentum·statistic, with the
    /// batch's variance first multiplied by <paramref name="correction"/>.
    /// </summary>
    void FollowStatistics(
        Tensor mean, Tensor variance, float momentum, float correction, Tensor runningMean, Tensor runningVariance);

    /// <summary>The factors of normalisation: inverse = 1/√(variance + epsilon) and scale = inverse·weight, all [C].</summary>
    void ChannelScale(Tensor variance, float epsilon, Tensor weight, Tensor inverse, Tensor scale);

    /// <summary>result[n, c, l] = (x - mean[c])·scale[c] + shift[c], with x [N, C, L]; the result may be x.</summary>
    void NormalizeChannels(Tensor x, Tensor mean, Tensor scale, Tensor shift, Tensor result);

    /// <summary>
    /// The gradients of batch normalisation: gradInput (which may be gradOutput), gradWeight and gradBias [C], from x [N, C, L],
    /// its channels' mean and inverse deviation, the weight [C] and gradOutput. With <paramref name="batchStatistics"/>, mean and
    /// deviation come from x itself and propagate a gradient; otherwise they are constants.
    /// </summary>
    void BatchNormGradient(
        Tensor x, Tensor mean, Tensor inverseDeviation, Tensor weight, bool batchStatistics, Tensor gradOutput, Tensor gradInput,
        Tensor gradWeight, Tensor gradBias);

    /// <summary>
    /// result = (x - mean)/√(variance + epsilon)·weight + bias over the rows of x [rows, n]; weight and bias are [n];
    /// statistics [rows, 2] receives each row's mean and inverse deviation.
    /// </summary>
    void LayerNorm(Tensor x, Tensor weight, Tensor bias, float epsilon, Tensor result, Tensor statistics);

    /// <summary>The gradients of layer normalisation; gradInput may be gradOutput.</summary>
    void LayerNormGradient(
        Tensor x, Tensor statistics, Tensor weight, Tensor gradOutput, Tensor gradInput, Tensor gradWeight, Tensor gradBias);
}
