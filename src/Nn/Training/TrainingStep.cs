using Engine.Nn.Optimizers;
using Engine.Tensors;
using Engine.Tensors.Autograd;

namespace Engine.Nn.Training;

/// <summary>
/// One step: forward, loss, backward, optimiser, average. All memory it used goes back to the pool. On the processor the
/// loss, and the gradients' length if it is limited, are looked at before anything is changed; on a GPU, where to look is to
/// wait, they are left to <paramref name="pending"/>, and nothing in the step waits for the device.
/// </summary>
/// <param name="network">What learns, where it works.</param>
/// <param name="optimizer">What changes its weights.</param>
/// <param name="average">The average that follows them, if one is kept.</param>
/// <param name="options">The run's options.</param>
/// <param name="pending">Where figures wait on a GPU; null on the processor.</param>
internal sealed class TrainingStep(Module network, Optimizer optimizer, ExponentialMovingAverage? average, TrainerOptions options, PendingSteps? pending)
{
    private readonly Device _device = network.State().First().Value.Device;

    /// <summary>Changes the weights by one batch; returns its figures, or null if they are pending.</summary>
    /// <exception cref="TrainingException">The loss or a gradient is not finite; the message says where that began but not when.</exception>
    public StepFigures? Run(Batch batch, int epoch, int number)
    {
        network.ClearGradients();
        StepFigures? figures = null;
        using (var tape = new Tape())
        {
            var scores = network.Forward(batch.Upload(_device), Context(null));
            var loss = Loss(scores, batch);
            if (pending is null) figures = Look(loss, scores);
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

        StepFigures Look(Tensor mean, Tensor scores)
        {
            var loss = mean.Item();
            if (!float.IsFinite(loss))
            {
                var cause = NonFinite.Explain(network, batch, Context, s => Loss(s, batch));
                throw new TrainingException($"the loss is {loss}; {cause}");
            }

            var correct = Scores.Correct(scores.ToArray(), batch.Labels, batch.PartnerLabels, batch.Share);
            return new(number, optimizer.Steps + 1, batch.Count, loss, correct);
        }

        ForwardContext Context(Action<Layer, Tensor>? observer) =>
            ForwardContext.Train(new RandomStream(options.Seed, $"dropout/{epoch}/{number}"), observer);
    }

    private Tensor Loss(Tensor scores, Batch batch)
    {
        var own = CrossEntropy(scores, batch.Labels);
        if (batch.Share == 1) return own;
        var other = CrossEntropy(scores, batch.PartnerLabels);
        return own.Scale((float)batch.Share) + other.Scale((float)(1 - batch.Share));
    }

    private Tensor CrossEntropy(Tensor scores, ReadOnlySpan<int> labels) =>
        Tensor.CrossEntropy(scores, Tensor.FromIndices(labels, new Shape(labels.Length), _device), (float)options.LabelSmoothing);
}
