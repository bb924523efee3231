using Engine.Nn.Optimizers;
using Engine.Tensors;

namespace Engine.Nn.Training;

/// <summary>
/// Trains a network to tell the classes of its examples apart, by cross entropy, in mini-batches that are read ahead while
/// it computes. Everything random follows from the seed, so two runs end with the same bits, whatever the number of
/// threads and wherever a run was interrupted and resumed.
/// </summary>
public sealed class Trainer
{
    private readonly Module _network;
    private readonly Optimizer _optimizer;
    private readonly TrainerOptions _options;
    private readonly double _learningRate;
    private readonly IReadOnlyDictionary<string, double> _freshSchedule;

    /// <summary>Notes what to train and how. The optimiser's learning rate now is what the schedule scales.</summary>
    /// <exception cref="ArgumentException">An option is out of its range; the message names it.</exception>
    public Trainer(Module network, Optimizer optimizer, TrainerOptions options)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(optimizer);
        ArgumentNullException.ThrowIfNull(options);
        options.Check();
        (_network, _optimizer, _options) = (network, optimizer, options);
        (_learningRate, _freshSchedule) = (optimizer.LearningRate, options.Schedule.Save());
    }

    /// <summary>
    /// Initialises the network from the seed and trains it; or, if there is a checkpoint at
    /// <see cref="TrainerOptions.CheckpointPath"/>, goes on from there. A run that had ended gives its result again, or does
    /// the epochs that it has been given more.
    /// </summary>
    /// <param name="train">What to learn from.</param>
    /// <param name="valid">What to validate with after each epoch; null: nothing.</param>
    /// <param name="progress">Told of each epoch that this call ends.</param>
    /// <param name="cancellation">Stops after the batch in hand, with the checkpoint written.</param>
    /// <returns>The history; the network has the weights of <see cref="TrainingOutcome.BestEpoch"/>.</returns>
    /// <exception cref="ArgumentException">
    /// There are no examples, a label is no class, early stopping has nothing to validate with, or the network does not fit
    /// the examples.
    /// </exception>
    /// <exception cref="TrainingException">The loss or the weights stopped being finite; the message says where.</exception>
    /// <exception cref="InvalidDataException">The checkpoint is torn or of another run; the message names what does not fit, and nothing of it was used.</exception>
    /// <exception cref="IOException">The checkpoint cannot be read or written; the one before is whole.</exception>
    /// <exception cref="DeviceException">The device ran out of memory or was lost; the checkpoint before is whole.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public TrainingOutcome Run(
        IExampleSource train, IExampleSource? valid, IProgress<EpochRecord>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(train);
        Check(train, valid);
        _optimizer.Reset();
        _options.Schedule.Load(_freshSchedule);
        _network.Initialize(_options.Seed, _options.Device);
        try
        {
            using var run = new TrainingRun(_network, _optimizer, _learningRate, _options, train, valid);
            return run.Complete(progress, cancellation);
        }
        finally
        {
            _network.ClearGradients();
            _optimizer.LearningRate = _learningRate;
        }
    }

    private void Check(IExampleSource train, IExampleSource? valid)
    {
        SourceCheck.Labels(train, "training");
        SourceCheck.Network(_network, train, nameof(Trainer));
        if (_options.BatchSize > train.Count) _options.Warn?.Invoke($"The batch size {_options.BatchSize} is more than the {train.Count} training examples; every step sees all of them.");
        if (valid is not null)
        {
            SourceCheck.Labels(valid, "validation");
            SourceCheck.Same(train, valid);
        }
        else if (_options.EarlyStopping is not null)
        {
            Guard.Argument("Trainer: early stopping needs validation examples; there are none.");
        }
    }
}
