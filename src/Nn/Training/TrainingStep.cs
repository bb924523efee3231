using Engine.Nn.Optimizers;
using Engine.Tensors;
using Engine.Tensors.Autograd;

namespace Engine.Nn.Training;

/// <summary>One step: forward, loss, backward, optimiser, average. All memory it used goes back to the pool.</summary>
internal sealed class TrainingStep(Module network, Optimizer optimizer, ExponentialMovingAverage? average, TrainerOptions options)
{
    private readonly Device _device = network.State().First().Value.Device;

    /// <summary>Changes the weights by one batch; returns the sums of loss and right answers over its examples.</summary>
    /// <exception cref="TrainingException">The loss or a gradient is not finite; the message says where that began but not when.</exception>
    public (double Loss, double Correct) Run(Batch batch, int epoch, int number)
    {
        network.ClearGradients();
        float loss;
        double correct;
        using (var tape = new Tape())
        {
            var scores = network.Forward(batch.Upload(_device), Context(null));
            var mean = Loss(scores, batch);
            loss = mean.Item();
            if (!float.IsFinite(loss))
            {
                var cause = NonFinite.Explain(network, batch, Context, s => Loss(s, batch));
                throw new TrainingException($"the loss is {loss}; {cause}");
            }

            correct = Correct(scores, batch);
            tape.Backward(mean);
        }

        try
        {
            optimizer.Step();
        }
        catch (InvalidOperationException error)
        {
            throw new TrainingException(error.Message, error);
        }

        average?.Update();
        return ((double)loss * batch.Count, correct);

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

    // A mixed example counts for both of its labels by their shares.
    private static double Correct(Tensor scores, Batch batch)
    {
        var values = scores.ToArray();
        var own = Scores.Correct(values, batch.Labels);
        return batch.Share == 1 ? own : batch.Share * own + (1 - batch.Share) * Scores.Correct(values, batch.PartnerLabels);
    }
}
