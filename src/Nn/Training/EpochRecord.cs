namespace Engine.Nn.Training;

/// <summary>How one epoch went.</summary>
/// <param name="Epoch">Its number, from 1.</param>
/// <param name="Loss">
/// The mean training loss over the epoch's examples (with label smoothing and mixed targets, without L2), measured while
/// the weights changed.
/// </param>
/// <param name="Accuracy">The share of the epoch's examples classified correctly, measured while the weights changed, from 0 to
/// 1.</param>
/// <param name="ValidLoss">
/// The mean cross entropy of the validation examples after the epoch, without label smoothing; null without them.
/// </param>
/// <param name="ValidAccuracy">The share of the validation examples classified correctly after the epoch; null without
/// them.</param>
/// <param name="LearningRate">The learning rate of the epoch's last step.</param>
/// <param name="Seconds">The epoch's time including validation, summed over its parts if it was interrupted.</param>
/// <param name="SamplesPerSecond">Training examples per second of training, without validation.</param>
public sealed record EpochRecord(
    int Epoch, double Loss, double Accuracy, double? ValidLoss, double? ValidAccuracy, double LearningRate, double Seconds,
    double SamplesPerSecond);

/// <summary>Why training ended.</summary>
public enum StopReason
{
    /// <summary>All epochs were done.</summary>
    Epochs,

    /// <summary>The validation figure stopped improving.</summary>
    EarlyStopping,

    /// <summary>The accuracy of an epoch reached <see cref="TrainerOptions.StopAtTrainAccuracy"/>.</summary>
    TrainAccuracy,
}

/// <summary>The outcome of a training run.</summary>
/// <param name="History">Every epoch, including those before an interruption.</param>
/// <param name="BestEpoch">The epoch, from 1, whose weights the network has: the best one with early stopping, otherwise the
/// last.</param>
/// <param name="Stopped">Why it ended.</param>
public sealed record TrainingOutcome(IReadOnlyList<EpochRecord> History, int BestEpoch, StopReason Stopped);
