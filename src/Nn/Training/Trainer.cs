using Engine.Nn.Optimizers;
using Engine.Nn.Schedules;
using Engine.Nn.Training.Distributed;
using Engine.Tensors;

namespace Engine.Nn.Training;

/// <summary>
/// Trains a classifier network by cross entropy, in mini-batches that are read ahead while it computes. All randomness
/// derives from the seed, so two runs end with the same bits, whatever the number of threads and wherever a run was
/// interrupted and resumed.
/// </summary>
public sealed class Trainer
{
    private readonly Module _network;
    private readonly Optimizer _optimizer;
    private readonly TrainerOptions _options;
    private readonly double _learningRate;
    private readonly (LearningRateSchedule Schedule, IReadOnlyDictionary<string, double> State)[] _freshSchedules;

    /// <summary>Creates a trainer. The schedule scales the optimiser's current learning rate.</summary>
    /// <exception cref="ArgumentException">
    /// An option is out of range, or a stage or a starting value does not fit the network; the message names it.
    /// </exception>
    public Trainer(Module network, Optimizer optimizer, TrainerOptions options)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(optimizer);
        ArgumentNullException.ThrowIfNull(options);
        options.Check();
        (_network, _optimizer, _options) = (network, optimizer, options);
        _learningRate = optimizer.LearningRate;
        _freshSchedules = [.. options.Stages.Select(s => s.Schedule).OfType<LearningRateSchedule>().Append(options.Schedule)
            .Select(s => (s, s.Save()))];
        for (var s = 0; s < options.Stages.Count; s++) options.Stages[s].Check(network, $"Trainer: stage {s + 1}");
        CheckStartingValues();
    }

    /// <summary>
    /// Initialises the network from the seed and trains it, or continues from the checkpoint at
    /// <see cref="TrainerOptions.CheckpointPath"/> if it exists. A finished run returns its result again, or trains on if the
    /// number of epochs has been raised.
    /// </summary>
    /// <param name="train">The training examples.</param>
    /// <param name="valid">The examples to validate on after each epoch; null: none.</param>
    /// <param name="progress">Receives each epoch that this call completes.</param>
    /// <param name="cancellation">Stops after the current batch and writes the checkpoint.</param>
    /// <returns>The history; the network has the weights of <see cref="TrainingOutcome.BestEpoch"/>.</returns>
    /// <exception cref="ArgumentException">
    /// There are no examples, a label is not a class, early stopping has no validation examples, or the network does not match
    /// the examples.
    /// </exception>
    /// <exception cref="TrainingException">The loss or the weights stopped being finite; the message says where.</exception>
    /// <exception cref="InvalidDataException">The checkpoint is damaged or belongs to another run; the message names each
    /// mismatch, and none of it was used.</exception>
    /// <exception cref="IOException">
    /// The checkpoint cannot be read or written, and the previous one is intact; or there is no room for the outputs of frozen
    /// layers.
    /// </exception>
    /// <exception cref="DeviceException">The device ran out of memory or was lost; the previous checkpoint is intact.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public TrainingOutcome Run(
        IExampleSource train, IExampleSource? valid, IProgress<EpochRecord>? progress = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(train);
        Check(train, valid);
        _optimizer.Reset();
        foreach (var (schedule, state) in _freshSchedules) schedule.Load(state);
        _network.Initialize(_options.Seed, _options.Device);
        foreach (var parameter in _network.State())
        {
            if (_options.StartingValues.TryGetValue(parameter.Name, out var values))
                parameter.Assign(values, parameter.Value.Device);
        }

        Parameter[] parameters = [.. _network.Parameters()];
        var frozen = Array.ConvertAll(parameters, p => p.IsFrozen);
        try
        {
            using var run = new TrainingRun(_network, _optimizer, _learningRate, _options, train, valid);
            return run.Complete(progress, cancellation);
        }
        finally
        {
            for (var p = 0; p < parameters.Length; p++) parameters[p].IsFrozen = frozen[p];
            _network.ClearGradients();
            _optimizer.LearningRate = _learningRate;
        }
    }

    private void CheckStartingValues()
    {
        var state = _network.State().ToDictionary(p => p.Name);
        foreach (var (name, values) in _options.StartingValues)
        {
            if (!state.TryGetValue(name, out var parameter))
                Guard.Argument($"Trainer: the network has no parameter '{name}' to start with the values given.");
            if (values.Length != parameter.Shape.Count)
                Guard.Argument($"Trainer: {values.Length} values were given for {name} {parameter.Shape}; it takes "
                    + $"{parameter.Shape.Count}.");
        }
    }

    private void Check(IExampleSource train, IExampleSource? valid)
    {
        SourceCheck.Labels(train, "training");
        SourceCheck.Network(_network, train, nameof(Trainer));
        if (_options.BatchSize > train.Count)
            _options.Warn?.Invoke($"The batch size {_options.BatchSize} is more than the {train.Count} training examples; "
                + "every step sees all of them.");
        WarnOfParts(train.Count);
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

    private void WarnOfParts(int examples)
    {
        var parts = new BatchParts(Math.Min(_options.BatchSize, examples), _options.Parts).Count;
        var advice = "Larger batches can have more parts.";
        if (_options.Ranks.Size > parts)
            _options.Warn?.Invoke($"Of {_options.Ranks.Size} ranks, only {parts} train, as a batch has {parts} parts. {advice}");
        else if (parts < _options.Parts)
            _options.Warn?.Invoke($"A batch has {parts} parts, not {_options.Parts}: two examples are the fewest. {advice}");
    }
}
