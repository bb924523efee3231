using Engine.Nn.Schedules;
using Engine.Tensors;
using Engine.Tensors.Distributed;

namespace Engine.Nn.Training;

/// <summary>Options for training a network.</summary>
public sealed record TrainerOptions
{
    /// <summary>
    /// Examples per step, at least 1. The last batch of an epoch takes the remainder; a single remaining example joins the
    /// batch before it, because batch normalisation needs two.
    /// </summary>
    [Range(Minimum = 1)]
    public required int BatchSize { get; init; }

    /// <summary>The most passes over the training examples, at least 1. It may be raised when a run is resumed.</summary>
    [Range(Minimum = 1)]
    public required int Epochs { get; init; }

    /// <summary>
    /// How many parts each batch is cut into, at least 1; a batch of N examples has at most N/2. Batch normalisation uses the
    /// statistics of the part, dropout has a random stream for each part, and gradients are summed in an order that depends on
    /// nothing but the parts: the result is the same on any number of <see cref="Ranks"/>. More than one part is for the
    /// processor only.
    /// </summary>
    [Range(Minimum = 1)]
    public int Parts { get; init; } = 1;

    /// <summary>
    /// The processes that share the work: each computes some of the parts, and all end with the same network. All must have the
    /// same examples and options; each has its own <see cref="CheckpointPath"/>, with the same file if there is one, which
    /// only the first writes. More than one is for the processor only.
    /// </summary>
    public Communicator Ranks { get; init; } = Communicator.Alone;

    /// <summary>Measures what steps consist of, on the processor; null: nothing is measured.</summary>
    public StepProfile? Profile { get; init; }

    /// <summary>
    /// The device to train on; null: <see cref="Engine.Tensors.Device.Default"/>. A run can be resumed on another device.
    /// </summary>
    public Device? Device { get; init; }

    /// <summary>The seed for initial weights, shuffling, dropout, augmentation and mixup.</summary>
    public ulong Seed { get; init; }

    /// <summary>
    /// The factor of the optimiser's learning rate at every step. A plateau schedule sees the validation loss, or the training
    /// loss if there are no validation examples.
    /// </summary>
    public LearningRateSchedule Schedule { get; init; } = new ConstantSchedule().Start(1);

    /// <summary>
    /// Label smoothing: the share of each target that is spread evenly over all classes (Szegedy et al. 2016), in [0, 1).
    /// </summary>
    [Range(Minimum = 0, Below = 1)]
    public double LabelSmoothing { get; init; }

    /// <summary>
    /// α of mixup (Zhang et al. 2018), 0 for none: inputs and loss of each batch are mixed with those of the reversed batch, by
    /// a share drawn from Beta(α, α).
    /// </summary>
    [Range(Minimum = 0)]
    public double MixUp { get; init; }

    /// <summary>
    /// The decay of a moving average of the weights, in [0, 1), or null for none. Validation and the final network use the
    /// average.
    /// </summary>
    [Range(Minimum = 0, Below = 1)]
    public double? AverageDecay { get; init; }

    /// <summary>Early stopping, which needs validation examples; null: none.</summary>
    public EarlyStopping? EarlyStopping { get; init; }

    /// <summary>Stop after the first epoch that reaches this training accuracy, above 0 and at most 1; null: never.</summary>
    [Range(Above = 0, Maximum = 1)]
    public double? StopAtTrainAccuracy { get; init; }

    /// <summary>
    /// The values that some parameters and buffers start with, row-major by name; the others start from the seed.
    /// </summary>
    public IReadOnlyDictionary<string, float[]> StartingValues { get; init; } = new Dictionary<string, float[]>();

    /// <summary>
    /// What is frozen when; empty: what the parameters themselves say, from beginning to end. All stages together have
    /// <see cref="Epochs"/>.
    /// </summary>
    public IReadOnlyList<TrainingStage> Stages { get; init; } = [];

    /// <summary>
    /// The most bytes of outputs of frozen layers that are kept in memory; more are kept in a temporary file. Null: a quarter of
    /// the memory available to the runtime.
    /// </summary>
    [Range(Minimum = 0)]
    public long? FrozenMemory { get; init; }

    /// <summary>
    /// The checkpoint file: the run resumes from it if it exists, and writes its state to it on cancellation, at the end,
    /// and every <see cref="CheckpointInterval"/>. Null: no checkpoint.
    /// </summary>
    public string? CheckpointPath { get; init; }

    /// <summary>
    /// The minimum time between two checkpoints, extended if writing would take more than a twentieth of the
    /// time; zero: one after every batch.
    /// </summary>
    public TimeSpan CheckpointInterval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Texts that identify the run (recipe, digest of the data): stored in the checkpoint, and required to be equal when a run
    /// resumes from it. Keys that begin with <c>trainer/</c> are reserved for the trainer.
    /// </summary>
    public IReadOnlyDictionary<string, string> Metadata { get; init; } = new Dictionary<string, string>();

    /// <summary>Receives one-line warnings about options that are valid but probably not intended; null: none.</summary>
    public Action<string>? Warn { get; init; }

    internal void Check()
    {
        Guard.Ranges(nameof(Trainer), typeof(TrainerOptions), this);
        ArgumentNullException.ThrowIfNull(Schedule);
        ArgumentNullException.ThrowIfNull(Metadata);
        ArgumentNullException.ThrowIfNull(StartingValues);
        ArgumentNullException.ThrowIfNull(Stages);
        ArgumentNullException.ThrowIfNull(Ranks);
        if ((Device ?? Engine.Tensors.Device.Default) is var device && device != Engine.Tensors.Device.Cpu)
        {
            if (Parts > 1) Guard.Argument($"Trainer: {nameof(Parts)} is {Parts}; on {device} it must be 1.");
            if (Ranks.Size > 1)
                Guard.Argument($"Trainer: {Ranks.Size} ranks share a training on the processor only, not on {device}.");
            if (Profile is not null) Guard.Argument($"Trainer: steps are measured on the processor only, not on {device}.");
        }

        CheckStages();
        if (CheckpointInterval < TimeSpan.Zero)
            Guard.Argument($"Trainer: {nameof(CheckpointInterval)} is {CheckpointInterval}; it must not be negative.");
        if (EarlyStopping is not null)
            Guard.Ranges(nameof(Trainer), typeof(EarlyStopping), EarlyStopping, $"{nameof(EarlyStopping)}.");
    }

    private void CheckStages()
    {
        for (var s = 0; s < Stages.Count; s++)
        {
            Guard.Ranges(nameof(Trainer), typeof(TrainingStage), Stages[s], $"{nameof(Stages)}[{s}].");
            if (Stages[s].Epochs is null != (s == Stages.Count - 1))
                Guard.Argument($"Trainer: {nameof(Stages)}[{s}].Epochs is {Stages[s].Epochs?.ToString() ?? "null"}; every stage "
                    + "but the last has its epochs, and the last those that are left.");
        }

        var before = Stages.Sum(s => (long)(s.Epochs ?? 0));
        if (before >= Epochs)
            Guard.Argument($"Trainer: the stages before the last have {before} epochs; {nameof(Epochs)}, which is {Epochs}, must "
                + "leave one for the last.");
    }
}
