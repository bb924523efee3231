using Engine.Classifiers.Evaluation;
using Engine.Nn.Training;
using Engine.Pipeline.FrontEnds;
using Engine.Pipeline.Recipes;
using Engine.Tensors;

namespace Engine.Pipeline.Fitting;

/// <summary>One fit of a recipe: what to learn from, and how the work is watched and kept.</summary>
internal sealed record FitJob
{
    /// <summary>The system.</summary>
    public required Recipe Recipe { get; init; }

    /// <summary>What made the rows.</summary>
    public required FrontEnd FrontEnd { get; init; }

    /// <summary>The rows to learn from.</summary>
    public required RowSet Train { get; init; }

    /// <summary>Their labels.</summary>
    public required int[] TrainLabels { get; init; }

    /// <summary>The rows to choose the moment to stop by; null: none.</summary>
    public RowSet? Valid { get; init; }

    /// <summary>Their labels.</summary>
    public int[] ValidLabels { get; init; } = [];

    /// <summary>How many labels there are.</summary>
    public required int Classes { get; init; }

    /// <summary>Whether the validation rows were drawn at random from the training tracks rather than listed.</summary>
    public bool DrawnValidation { get; init; }

    /// <summary>
    /// The group of each training track where the split keeps groups apart; null: it has none. A calibration does the same.
    /// </summary>
    public IReadOnlyDictionary<TrackId, string>? Groups { get; init; }

    /// <summary>Whether the split keeps tracks together that are neighbours by name (<see cref="Calibrating.NameRuns"/>).</summary>
    public bool NeighborsTogether { get; init; }

    /// <summary>The seed of everything random in the fit.</summary>
    public ulong Seed { get; init; }

    /// <summary>Where networks learn.</summary>
    public required Device Device { get; init; }

    /// <summary>Threads to use; 0: one per processor.</summary>
    public int Threads { get; init; }

    /// <summary>Bytes that the fit may need; null: see <see cref="ExtractionOptions.MemoryLimit"/>.</summary>
    public long? MemoryLimit { get; init; }

    /// <summary>Where a network's training is kept, so that it can go on after an interruption; null: nowhere.</summary>
    public string? Checkpoint { get; init; }

    /// <summary>How long at most a network trains before it is kept again.</summary>
    public TimeSpan CheckpointInterval { get; init; }

    /// <summary>What a checkpoint must agree with before training goes on from it.</summary>
    public IReadOnlyDictionary<string, string> Identity { get; init; } = new Dictionary<string, string>();

    /// <summary>Told after each epoch of a network.</summary>
    public IProgress<EpochRecord>? Epochs { get; init; }

    /// <summary>Told of what the user should know but what stops nothing.</summary>
    public Action<string>? Warn { get; init; }

    /// <summary>Stops the work after the batch in hand.</summary>
    public CancellationToken Cancellation { get; init; }
}

/// <summary>A fit that is done.</summary>
/// <param name="Pipeline">What was fitted.</param>
/// <param name="Seconds">Seconds spent learning, those before an interruption included.</param>
/// <param name="History">The epochs of a network, those before an interruption included; none of a classifier.</param>
internal sealed record FitResult(FittedPipeline Pipeline, double Seconds, IReadOnlyList<EpochRecord> History);
