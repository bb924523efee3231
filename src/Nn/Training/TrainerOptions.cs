using Engine.Nn.Schedules;
using Engine.Tensors;

namespace Engine.Nn.Training;

/// <summary>How a network is trained.</summary>
public sealed record TrainerOptions
{
    /// <summary>
    /// Examples a step. The last batch of an epoch has what is left; a single example left over joins the batch
    /// before it, since batch normalisation needs two.
    /// </summary>
    [Range(Minimum = 1)]
    public required int BatchSize { get; init; }

    /// <summary>Passes over the training examples, at most. A resumed run may have more.</summary>
    [Range(Minimum = 1)]
    public required int Epochs { get; init; }

    /// <summary>
    /// Where the network learns; null: <see cref="Engine.Tensors.Device.Default"/>. A run can be resumed on another device.
    /// </summary>
    public Device? Device { get; init; }

    /// <summary>What the starting weights, shuffling, dropout, augmentation and mixup are drawn from.</summary>
    public ulong Seed { get; init; }

    /// <summary>What the optimiser's learning rate is multiplied by, asked at every step. A plateau schedule is shown the validation loss, or the training loss if there are no validation examples.</summary>
    public LearningRateSchedule Schedule { get; init; } = new ConstantSchedule();

    /// <summary>The share of each target that is spread evenly over all classes (Szegedy et al. 2016).</summary>
    [Range(Minimum = 0, Below = 1)]
    public double LabelSmoothing { get; init; }

    /// <summary>
    /// α of mixup (Zhang et al. 2018), 0 for none: each batch is mixed with itself in reverse order by a share drawn from
    /// Beta(α, α), inputs and loss alike.
    /// </summary>
    [Range(Minimum = 0)]
    public double MixUp { get; init; }

    /// <summary>
    /// The decay of a moving average of the weights, or null for none. It is what is validated and what the
    /// network has in the end.
    /// </summary>
    [Range(Minimum = 0, Below = 1)]
    public double? AverageDecay { get; init; }

    /// <summary>When to stop by the validation examples, which must then be given; null: not.</summary>
    public EarlyStopping? EarlyStopping { get; init; }

    /// <summary>The first epoch that reaches this accuracy on the training examples is the last; null: none does.</summary>
    [Range(Above = 0, Maximum = 1)]
    public double? StopAtTrainAccuracy { get; init; }

    /// <summary>
    /// The file that the run is gone on from if it exists, and that its state is written to: on cancellation, at the end,
    /// and every <see cref="CheckpointInterval"/>. Null: none is kept.
    /// </summary>
    public string? CheckpointPath { get; init; }

    /// <summary>
    /// The least time between two checkpoints, which is stretched where writing would take more than a twentieth of the
    /// time; zero: one after every batch.
    /// </summary>
    public TimeSpan CheckpointInterval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// What identifies the run (recipe, digest of the data): stored in the checkpoint, and required to be equal by the run
    /// that goes on from it. Keys that begin with <c>trainer/</c> are the trainer's own.
    /// </summary>
    public IReadOnlyDictionary<string, string> Metadata { get; init; } = new Dictionary<string, string>();

    /// <summary>Told of what is legal but hardly meant, in one line; null: nobody is.</summary>
    public Action<string>? Warn { get; init; }

    internal void Check()
    {
        Guard.Ranges(nameof(Trainer), typeof(TrainerOptions), this);
        ArgumentNullException.ThrowIfNull(Schedule);
        ArgumentNullException.ThrowIfNull(Metadata);
        if (CheckpointInterval < TimeSpan.Zero) Guard.Argument($"Trainer: {nameof(CheckpointInterval)} is {CheckpointInterval}; it must not be negative.");
        if (EarlyStopping is not null) Guard.Ranges(nameof(Trainer), typeof(EarlyStopping), EarlyStopping, $"{nameof(EarlyStopping)}.");
    }
}
