using Engine.Nn.Optimizers;
using Engine.Tensors;
using Engine.Tensors.Autograd;

namespace Engine.Nn.Training;

/// <summary>
/// One step: forward, loss, backward, optimiser, average. All its memory is returned to the pool. On the CPU the loss, and the
/// gradient norm if it is clipped, are checked before anything is changed; on a GPU, where reading them would stall, they
/// are left to <paramref name="pending"/>, and nothing in the step waits for the device.
/// </summary>
/// <param name="network">The network, on its device.</param>
/// <param name="forward">Runs it, or what follows its frozen first layers, on a batch.</param>
/// <param name="optimizer">The optimiser of its weights.</param>
/// <param name="average">The average of the weights, if one is kept.</param>
/// <param name="options">The run's options.</param>
/// <param name="pending">Holds the figures on a GPU; null on the CPU.</param>
internal sealed class TrainingStep(
    Module network, ForwardPass forward, Optimizer optimizer, ExponentialMovingAverage? average, TrainerOptions options,
    PendingSteps? pending)
{
    private readonly Device _device = network.State().First().Value.Device;

    /// <summary>Trains on one batch; returns its figures, or null if they are pending.</summary>
    /// <exception cref="TrainingException">
    /// The loss or a gradient is not finite; the message says where that began but not when.
    /// </exception>
    public StepFigures? Run(Batch batch, int epoch, int number)
    {
        network.ClearGradients();
        StepFigures? figures = null;
        using (var tape = new Tape())
        {
            // Upload everything first, so that the rest of the step only launches kernels.
            var inputs = batch.Upload(_device);
            var labels = Labels(batch.Labels);
            var partners = batch.Share == 1 ? null : Labels(batch.PartnerLabels);
            var scores = forward(inputs, Context(null));
            var loss = Loss(scores, labels, partners, batch.Share);
            if (pending is null) figures = Look(loss, scores, labels, partners);
            else pending.Add(batch, number, optimizer.Steps + 1, loss, scores);
            tape.Backward(loss);
        }

        try
        {
            optimizer.Step(pending is null ? null : pending.AddSquares);
        }
        catch (InvalidOperationException error)
        {
            throw new TrainingException(error.Message, error);
        }

        average?.Update();
        return figures;

        StepFigures Look(Tensor mean, Tensor scores, Tensor labels, Tensor? partners)
        {
            var loss = mean.Item();
            if (!float.IsFinite(loss))
            {
                var cause = NonFinite.Explain(network, forward, batch, Context, s => Loss(s, labels, partners, batch.Share));
                throw new TrainingException($"the loss is {loss}; {cause}");
            }

            var correct = Scores.Correct(scores.ToArray(), batch.Labels, batch.PartnerLabels, batch.Share);
            return new(number, optimizer.Steps + 1, batch.Count, loss, correct);
        }

        ForwardContext Context(Action<Module, Tensor>? observer) =>
            ForwardContext.Train(new RandomStream(options.Seed, $"dropout/{epoch}/{number}"), observer);
    }

    private Tensor Labels(ReadOnlySpan<int> labels) => Tensor.FromIndices(labels, new Shape(labels.Length), _device);

    private Tensor Loss(Tensor scores, Tensor labels, Tensor? partners, double share)
    {
        var own = Tensor.CrossEntropy(scores, labels, (float)options.LabelSmoothing);
        if (partners is null) return own;
        var other = Tensor.CrossEntropy(scores, partners, (float)options.LabelSmoothing);
        return own.Scale((float)share) + other.Scale((float)(1 - share));
    }
}
