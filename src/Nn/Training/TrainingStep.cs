using Engine.Nn.Optimizers;
using Engine.Tensors.Autograd;

namespace Engine.Nn.Training;

/// <summary>A step of a training.</summary>
internal interface ITrainingStep : IDisposable
{
    /// <summary>Trains on one batch; returns its figures, or null if they are pending.</summary>
    /// <param name="batch">The batch, or what this rank needs of it.</param>
    /// <param name="epoch">The epoch, from 0.</param>
    /// <param name="number">The batch's number in the epoch, from 0.</param>
    /// <param name="stop">Tells this rank to stop, which the figures tell all ranks; the step is done nevertheless.</param>
    /// <exception cref="TrainingException">
    /// The loss or a gradient is not finite; the message says where that began but not when.
    /// </exception>
    StepFigures? Run(Batch batch, int epoch, int number, CancellationToken stop);
}

/// <summary>
/// One step of one process: forward, loss, backward, optimiser, average. All its memory is returned to the pool. On the CPU the
/// loss, and the gradient norm if it is clipped, are checked before anything is changed; on a GPU, where reading them would
/// stall, they are left to <paramref name="pending"/>, and nothing in the step waits for the device.
/// </summary>
/// <param name="network">The network, on its device.</param>
/// <param name="forward">Runs it, or what follows its frozen first layers, on a batch.</param>
/// <param name="optimizer">The optimiser of its weights.</param>
/// <param name="average">The average of the weights, if one is kept.</param>
/// <param name="options">The run's options.</param>
/// <param name="pending">Holds the figures on a GPU; null on the CPU.</param>
internal sealed class TrainingStep(
    Module network, ForwardPass forward, Optimizer optimizer, ExponentialMovingAverage? average, TrainerOptions options,
    PendingSteps? pending) : ITrainingStep
{
    private readonly TrainingLoss _loss = new(network, forward, options);

    /// <inheritdoc/>
    public StepFigures? Run(Batch batch, int epoch, int number, CancellationToken stop)
    {
        network.ClearGradients();
        StepFigures? figures = null;
        using (var tape = new Tape())
        {
            var dropout = $"dropout/{epoch}/{number}";
            var result = _loss.Run(batch.All, dropout);
            if (pending is null) figures = Look(batch, number, dropout, result);
            else pending.Add(batch, number, optimizer.Steps + 1, result.Loss, result.Scores);
            options.Profile?.End(StepPhase.Forward);
            tape.Backward(result.Loss);
        }

        options.Profile?.End(StepPhase.Backward);
        Change(optimizer, average, pending);
        options.Profile?.End(StepPhase.Optimizer);
        options.Profile?.EndStep(0);
        return figures;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    /// <summary>Changes the weights by their gradients, and the average by the weights.</summary>
    /// <exception cref="TrainingException">The gradients' norm cannot be limited.</exception>
    public static void Change(Optimizer optimizer, ExponentialMovingAverage? average, PendingSteps? pending)
    {
        try
        {
            optimizer.Step(pending is null ? null : pending.AddSquares);
        }
        catch (InvalidOperationException error)
        {
            throw new TrainingException(error.Message, error);
        }

        average?.Update();
    }

    private StepFigures Look(Batch batch, int number, string dropout, TrainingLoss.Result result)
    {
        var (loss, correct) = TrainingLoss.Look(batch.All, result);
        if (!float.IsFinite(loss)) throw new TrainingException(_loss.Explain(batch.All, dropout, result, loss));
        return new(number, optimizer.Steps + 1, batch.Count, loss, correct);
    }
}
