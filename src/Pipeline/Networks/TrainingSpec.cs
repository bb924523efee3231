using System.Text.Json.Serialization;
using Engine.Classifiers;
using Engine.Nn.Training;

namespace Engine.Pipeline.Networks;

/// <summary>Stops when the validation figure has not improved for some epochs; the weights of the best epoch are kept.</summary>
/// <param name="Monitor">The figure.</param>
/// <param name="Patience">Epochs without improvement that are borne.</param>
/// <param name="MinimumDelta">By how much it must be better to count.</param>
public sealed record EarlyStoppingSpec(EarlyStoppingMonitor Monitor = EarlyStoppingMonitor.Loss, int Patience = 10, double MinimumDelta = 0)
{
    internal void Validate(string at, RangeCheck check)
    {
        check.AtLeast($"{at}.patience", Patience, 0);
        check.NotNegative($"{at}.minimum_delta", MinimumDelta);
    }
}

/// <summary>How a network is trained.</summary>
/// <param name="Optimizer">What changes the weights.</param>
/// <param name="Batch">Examples a step.</param>
/// <param name="Epochs">Passes over the training examples, at most.</param>
/// <param name="Schedule">How the learning rate changes; null: it stays.</param>
/// <param name="ClipNorm">Limits the length of all gradients together; null: no limit.</param>
/// <param name="ClipValue">Limits each value of the gradients; null: no limit.</param>
/// <param name="AverageDecay">Keeps a moving average of the weights, which is what is validated and used in the end; null: none.</param>
/// <param name="LabelSmoothing">The share of each target that is spread over all labels.</param>
/// <param name="MixUp">Mixes pairs of examples by shares from Beta(mixup, mixup); 0: none.</param>
/// <param name="Validation">The share of the training tracks held out to validate, by track; 0: none, unless a split brings its own.</param>
/// <param name="EarlyStopping">When to stop by the validation tracks; null: not.</param>
/// <param name="StopAtTrainAccuracy">The accuracy of an epoch of training after which to stop; null: not.</param>
public sealed record TrainingSpec(
    OptimizerSpec Optimizer,
    int Batch,
    int Epochs,
    ScheduleSpec? Schedule = null,
    double? ClipNorm = null,
    double? ClipValue = null,
    double? AverageDecay = null,
    double LabelSmoothing = 0,
    [property: JsonPropertyName("mixup")] double MixUp = 0,
    double Validation = 0,
    EarlyStoppingSpec? EarlyStopping = null,
    double? StopAtTrainAccuracy = null)
{
    private const int MostExamples = 65_536, MostEpochs = 1_000_000;

    internal void Validate(string at, RangeCheck check)
    {
        Optimizer.Validate($"{at}.optimizer", check);
        check.Between($"{at}.batch", Batch, 1, MostExamples);
        check.Between($"{at}.epochs", Epochs, 1, MostEpochs);
        Schedule?.Validate($"{at}.schedule", check);
        if (ClipNorm is { } norm) check.Positive($"{at}.clip_norm", norm);
        if (ClipValue is { } value) check.Positive($"{at}.clip_value", value);
        if (AverageDecay is { } decay) check.Fraction($"{at}.average_decay", decay);
        check.Fraction($"{at}.label_smoothing", LabelSmoothing);
        check.NotNegative($"{at}.mixup", MixUp);
        check.Fraction($"{at}.validation", Validation);
        EarlyStopping?.Validate($"{at}.early_stopping", check);
        if (StopAtTrainAccuracy is { } accuracy && !(accuracy is > 0 and <= 1)) check.Fail($"{at}.stop_at_train_accuracy", accuracy, "it must be above 0 and at most 1");
    }
}
