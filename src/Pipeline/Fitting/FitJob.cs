using Engine.Classifiers.Evaluation;
using Engine.Nn.Training;
using Engine.Pipeline.FrontEnds;
using Engine.Pipeline.Recipes;
using Engine.Tensors;
using Engine.Tensors.Distributed;

namespace Engine.Pipeline.Fitting;

/// <summary>One fit of a recipe: what to learn from, and how to report, checkpoint and stop the work.</summary>
internal sealed record FitJob
{
    /// <summary>The recipe.</summary>
    public required Recipe Recipe { get; init; }

    /// <summary>The front end that produced the rows.</summary>
    public required FrontEnd FrontEnd { get; init; }

    /// <summary>The rows to learn from.</summary>
    public required RowSet Train { get; init; }

    /// <summary>Their labels.</summary>
    public required int[] TrainLabels { get; init; }

    /// <summary>The rows used to decide when to stop; null: none.</summary>
    public RowSet? Valid { get; init; }

    /// <summary>Their labels.</summary>
    public int[] ValidLabels { get; init; } = [];

    /// <summary>How many labels there are.</summary>
    public required int Classes { get; init; }

    /// <summary>Whether the validation rows were drawn at random from the training tracks rather than listed.</summary>
    public bool DrawnValidation { get; init; }

    /// <summary>
    /// The group of each training track if the split keeps groups apart, as a calibration then also does; null: it does not.
    /// </summary>
    public IReadOnlyDictionary<TrackId, string>? Groups { get; init; }

    /// <summary>Whether the split keeps tracks with neighbouring names together (<see cref="Calibrating.NameRuns"/>).</summary>
    public bool NeighborsTogether { get; init; }

    /// <summary>The seed for all randomness in the fit.</summary>
    public ulong Seed { get; init; }

    /// <summary>The device on which networks train.</summary>
    public required Device Device { get; init; }

    /// <summary>Threads to use; 0: one per processor.</summary>
    public int Threads { get; init; }

    /// <summary>The processes that share the training of a network, each of which has the same job.</summary>
    public Communicator Ranks { get; init; } = Communicator.Alone;

    /// <summary>The parts of a network's batches; null: the recipe's, or one.</summary>
    public int? Parts { get; init; }

    /// <summary>Measures the steps of a network's training; null: nothing does.</summary>
    public StepProfile? Profile { get; init; }

    /// <summary>The memory limit in bytes; null: see <see cref="WorkOptions.MemoryLimit"/>.</summary>
    public long? MemoryLimit { get; init; }

    /// <summary>
    /// The most bytes of outputs of frozen layers kept in memory; null: see <see cref="WorkOptions.WindowMemory"/>.
    /// </summary>
    public long? FrozenMemory { get; init; }

    /// <summary>The checkpoint file from which a network's training can be resumed; null: none.</summary>
    public string? Checkpoint { get; init; }

    /// <summary>The maximum training time between checkpoints.</summary>
    public TimeSpan CheckpointInterval { get; init; }

    /// <summary>Values that must match those in a checkpoint before training resumes from it.</summary>
    public IReadOnlyDictionary<string, string> Identity { get; init; } = new Dictionary<string, string>();

    /// <summary>Receives each epoch of a network.</summary>
    public IProgress<EpochRecord>? Epochs { get; init; }

    /// <summary>Receives warnings for the user.</summary>
    public Action<string>? Warn { get; init; }

    /// <summary>Stops the work after the current batch.</summary>
    public CancellationToken Cancellation { get; init; }
}

/// <summary>A finished fit.</summary>
/// <param name="Pipeline">The fitted pipeline.</param>
/// <param name="Seconds">Seconds spent learning, including those before an interruption.</param>
/// <param name="History">The epochs of a network, including those before an interruption; empty for a classifier.</param>
internal sealed record FitResult(FittedPipeline Pipeline, double Seconds, IReadOnlyList<EpochRecord> History);
