namespace Engine.Nn.Training;

/// <summary>How one epoch went.</summary>
/// <param name="Epoch">Its number, from 1.</param>
/// <param name="Loss">
/// The mean over the epoch's examples of the loss that was minimised (with label smoothing and mixed targets, without L2), as
/// seen while the weights changed.
/// </param>
/// <param name="Accuracy">The share of the epoch's examples that were classified rightly, as seen while the weights changed, from 0 to 1.</param>
/// <param name="ValidLoss">The mean cross entropy of the validation examples after the epoch, without label smoothing; null without them.</param>
/// <param name="ValidAccuracy">The share of the validation examples classified rightly after the epoch; null without them.</param>
/// <param name="LearningRate">The learning rate of the epoch's last step.</param>
/// <param name="Seconds">What the epoch took, validation included; of all its parts if it was interrupted.</param>
/// <param name="SamplesPerSecond">Training examples for each second of training, validation apart.</param>
public sealed record EpochRecord(
    int Epoch, double Loss, double Accuracy, double? ValidLoss, double? ValidAccuracy, double LearningRate, double Seconds, double SamplesPerSecond);

/// <summary>Why a training ended.</summary>
public enum StopReason
{
    /// <summary>All epochs were done.</summary>
    Epochs,

    /// <summary>The validation figure stopped becoming better.</summary>
    EarlyStopping,

    /// <summary>The accuracy of an epoch reached <see cref="TrainerOptions.StopAtTrainAccuracy"/>.</summary>
    TrainAccuracy,
}

/// <summary>What came of a training.</summary>
/// <param name="History">Every epoch, also those before an interruption.</param>
/// <param name="BestEpoch">The epoch, from 1, whose weights the network has now: the best one with early stopping, else the last.</param>
/// <param name="Stopped">Why it ended.</param>
public sealed record TrainingOutcome(IReadOnlyList<EpochRecord> History, int BestEpoch, StopReason Stopped);
