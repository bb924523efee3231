using Engine.Tensors.Autograd;

namespace Engine.Tensors;

public sealed partial class Tensor
{
    /// <summary>eˣ / Σ eˣ along one axis.</summary>
    /// <exception cref="ArgumentException">The axis does not exist.</exception>
    public Tensor Softmax(int axis = -1) => Softmax(nameof(Softmax), axis, false);

    /// <summary>The logarithm of the softmax, computed without forming it.</summary>
    /// <exception cref="ArgumentException">The axis does not exist.</exception>
    public Tensor LogSoftmax(int axis = -1) => Softmax(nameof(LogSoftmax), axis, true);

    /// <summary>
    /// The mean over samples of the cross entropy between labels [N] (int32) and the softmax of scores [N, classes], as one
    /// fused operation. With label smoothing the target keeps 1 - smoothing on the label and spreads the rest evenly over
    /// all classes (Szegedy et al. 2016), as in PyTorch.
    /// </summary>
    /// <exception cref="ArgumentException">
    /// Shapes or devices do not fit, a label is not a class, or the smoothing is outside [0, 1].
    /// </exception>
    public static Tensor CrossEntropy(Tensor scores, Tensor labels, float smoothing = 0)
    {
        CheckLabels(nameof(CrossEntropy), scores, labels);
        if (!(smoothing is >= 0 and <= 1))
            Throw.Argument($"CrossEntropy: label smoothing is {smoothing} for scores {scores.Shape}; it must lie between 0 "
                + "and 1.");
        var rows = scores.Shape[0];
        using var losses = Empty(new Shape(rows), scores.Device);
        using var gradient = Tape.NeedsGradient(scores) ? Empty(scores.Shape, scores.Device) : null;
        scores.Device.Backend.CrossEntropy(scores, labels, smoothing, losses, gradient);
        using var suspended = Tape.NoGrad();
        var result = losses.Mean();
        suspended.Dispose();
        Tape.Record([result], [scores], gradient is null ? [] : [gradient], SoftmaxGradients.CrossEntropy(rows));
        return result;
    }

    /// <summary>The mean of -logProbabilities[i, labels[i]].</summary>
    /// <exception cref="ArgumentException">Shapes or devices do not fit, or a label is not a class.</exception>
    public static Tensor NegativeLogLikelihood(Tensor logProbabilities, Tensor labels)
    {
        CheckLabels(nameof(NegativeLogLikelihood), logProbabilities, labels);
        var (rows, classes) = (logProbabilities.Shape[0], logProbabilities.Shape[1]);
        using var weights = Zeros(logProbabilities.Shape, logProbabilities.Device);
        using var share = Full(new Shape(rows), -1f / rows, logProbabilities.Device);
        weights.Device.Backend.Scatter(share, labels, weights);
        using var chosen = logProbabilities * weights;
        return chosen.Sum();
    }

    /// <summary>The mean of (x - target)².</summary>
    /// <exception cref="ArgumentException">The shapes do not broadcast, or the devices differ.</exception>
    public static Tensor MeanSquaredError(Tensor x, Tensor target)
    {
        CheckBroadcast(nameof(MeanSquaredError), x, target);
        using var difference = x - target;
        using var square = difference.Power(2);
        return square.Mean();
    }

    /// <summary>
    /// The mean of softplus(x) - x·target: the cross entropy of probabilities sigmoid(x) and targets in [0, 1], without
    /// overflow for any x.
    /// </summary>
    /// <exception cref="ArgumentException">The shapes do not broadcast, or the devices differ.</exception>
    public static Tensor BinaryCrossEntropyWithLogits(Tensor x, Tensor target)
    {
        CheckBroadcast(nameof(BinaryCrossEntropyWithLogits), x, target);
        using var positive = x.Softplus();
        using var product = x * target;
        using var losses = positive - product;
        return losses.Mean();
    }

    private static void CheckLabels(string operation, Tensor scores, Tensor labels)
    {
        ArgumentNullException.ThrowIfNull(scores);
        ArgumentNullException.ThrowIfNull(labels);
        scores.Expect(ElementType.Float32, operation);
        labels.Expect(ElementType.Int32, operation);
        if (scores.Rank != 2 || labels.Rank != 1 || labels.Count != scores.Shape[0])
        {
            Throw.Argument($"{operation}: scores {scores.Shape} and labels {labels.Shape} must be [N, classes] and [N].");
        }

        ExpectOneDevice(operation, "scores", scores, "labels", labels);
        // On a GPU the labels would have to be fetched; its kernels return NaN for an invalid one.
        if (scores.Device != Device.Cpu) return;
        var values = labels.ToIndices();
        for (var i = 0; i < values.Length; i++)
        {
            if ((uint)values[i] >= (uint)scores.Shape[1])
                Throw.Argument($"{operation}: label {values[i]} of sample {i} is not one of the {scores.Shape[1]} classes of "
                    + $"scores {scores.Shape}.");
        }
    }

    private Tensor Softmax(string operation, int axis, bool logarithm)
    {
        Expect(ElementType.Float32, operation);
        axis = Shape.Axis(axis, operation);
        if (axis != Rank - 1)
        {
            using var moved = Transpose(axis);
            using var normalised = moved.Softmax(operation, -1, logarithm);
            return normalised.Transpose(axis);
        }

        var result = Empty(Shape, Device);
        var rows = Rows(Shape);
        using var source = Alias(rows);
        using var target = result.Alias(rows);
        Device.Backend.Softmax(source, logarithm, target);
        Tape.Record([result], [this], [result], SoftmaxGradients.Softmax(rows, logarithm));
        return result;
    }
}
