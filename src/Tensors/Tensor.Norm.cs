using Engine.Tensors.Autograd;

namespace Engine.Tensors;

public sealed partial class Tensor
{
    /// <summary>
    /// Batch normalisation of x [N, C, ...] (Ioffe and Szegedy 2015): each channel's values over samples and positions get mean
    /// bias[c] and deviation weight[c]. Training uses the batch's own statistics, with the population variance, and moves the
    /// running ones towards them by <paramref name="momentum"/> (towards the unbiased variance, as in PyTorch); otherwise the
    /// running ones are used.
    /// </summary>
    /// <param name="x">[N, C, ...], two axes or more.</param>
    /// <param name="weight">[C].</param>
    /// <param name="bias">[C].</param>
    /// <param name="runningMean">[C], updated in place in training.</param>
    /// <param name="runningVariance">[C], updated in place in training.</param>
    /// <param name="training">Whether to use the batch's statistics and move the running ones towards them.</param>
    /// <param name="momentum">How far the running statistics move, between 0 and 1.</param>
    /// <param name="epsilon">Added to the variance.</param>
    /// <exception cref="ArgumentException">
    /// The shapes or devices do not fit, a channel has a single value in training, epsilon is negative, or the momentum is
    /// outside [0, 1].
    /// </exception>
    public static Tensor BatchNorm(
        Tensor x, Tensor weight, Tensor bias, Tensor runningMean, Tensor runningVariance, bool training, float momentum = 0.1f,
        float epsilon = 1e-5f)
    {
        ArgumentNullException.ThrowIfNull(x);
        x.Expect(ElementType.Float32, nameof(BatchNorm));
        if (x.Rank < 2) Throw.Argument($"BatchNorm: input {x.Shape} must be [N, C] or [N, C, ...].");
        CheckEpsilon(nameof(BatchNorm), x, epsilon);
        if (!(momentum is >= 0 and <= 1))
            Throw.Argument($"BatchNorm: momentum is {momentum} for input {x.Shape}; it must lie between 0 and 1.");
        var channels = x.Shape[1];
        CheckVectors(nameof(BatchNorm), x, channels, (nameof(weight), weight), (nameof(bias), bias),
            (nameof(runningMean), runningMean), (nameof(runningVariance), runningVariance));
        var backend = x.Device.Backend;
        var flat = new Shape(x.Shape[0], channels, x.Shape.Product(2, x.Rank));
        var size = flat[0] * flat[2];
        var result = Empty(x.Shape, x.Device);
        using var input = x.Alias(flat);
        using var mean = training ? Empty(new Shape(channels), x.Device) : runningMean.Detach();
        using var variance = training ? Empty(new Shape(channels), x.Device) : runningVariance.Detach();
        using var suspended = Tape.NoGrad();
        if (training)
        {
            if (size < 2)
                Throw.Argument($"BatchNorm: input {x.Shape} has {size} values in a channel; training needs two or more.");
            backend.ChannelStatistics(input, mean, variance);
            backend.FollowStatistics(mean, variance, momentum, (float)size / (size - 1), runningMean, runningVariance);
            runningMean.MarkWritten();
            runningVariance.MarkWritten();
        }

        using var inverse = Empty(new Shape(channels), x.Device);
        using var scale = Empty(new Shape(channels), x.Device);
        backend.ChannelScale(variance, epsilon, weight, inverse, scale);
        using (var output = result.Alias(flat)) backend.NormalizeChannels(input, mean, scale, bias, output);
        suspended.Dispose();
        using var savedMean = training ? mean.Alias() : mean + Zeros(mean.Shape, mean.Device);
        Tape.Record([result], [x, weight, bias], [x, weight, savedMean, inverse], NormGradients.BatchNorm(flat, training));
        return result;
    }

    /// <summary>
    /// Layer normalisation over the last axis: each row gets mean 0 and deviation 1, then · weight [n] + bias [n].
    /// </summary>
    /// <exception cref="ArgumentException">The shapes or devices do not fit, or epsilon is negative.</exception>
    public static Tensor LayerNorm(Tensor x, Tensor weight, Tensor bias, float epsilon = 1e-5f)
    {
        ArgumentNullException.ThrowIfNull(x);
        x.Expect(ElementType.Float32, nameof(LayerNorm));
        if (x.Rank < 1) Throw.Argument($"LayerNorm: input {x.Shape} must have an axis.");
        CheckEpsilon(nameof(LayerNorm), x, epsilon);
        CheckVectors(nameof(LayerNorm), x, x.Shape[-1], (nameof(weight), weight), (nameof(bias), bias));
        var rows = Rows(x.Shape);
        var result = Empty(x.Shape, x.Device);
        using var statistics = Empty(new Shape(rows[0], 2), x.Device);
        using var input = x.Alias(rows);
        using (var output = result.Alias(rows)) x.Device.Backend.LayerNorm(input, weight, bias, epsilon, output, statistics);
        Tape.Record([result], [x, weight, bias], [x, weight, statistics], NormGradients.LayerNorm(rows));
        return result;
    }

    private static void CheckEpsilon(string operation, Tensor x, float epsilon)
    {
        if (!(epsilon >= 0)) Throw.Argument($"{operation}: epsilon is {epsilon} for input {x.Shape}; it must be at least 0.");
    }

    private static void CheckVectors(
        string operation, Tensor x, int count, params ReadOnlySpan<(string Name, Tensor Tensor)> vectors)
    {
        foreach (var (name, vector) in vectors)
        {
            CheckOperands(operation, x, vector);
            if (vector.Rank != 1 || vector.Count != count)
                Throw.Argument($"{operation}: {name} {vector.Shape} must be [{count}] for input {x.Shape}.");
        }
    }
}
