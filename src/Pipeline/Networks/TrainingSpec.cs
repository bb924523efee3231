using System.Text.Json.Serialization;
using Engine.Nn.Optimizers;
using Engine.Nn.Training;
using Engine.Tensors;

namespace Engine.Pipeline.Networks;

/// <summary>How a network is trained.</summary>
/// <param name="Optimizer">What changes the weights.</param>
/// <param name="Batch">Examples a step.</param>
/// <param name="Epochs">Passes over the training examples, at most.</param>
/// <param name="Schedule">How the learning rate changes; null: it stays.</param>
/// <param name="ClipNorm">Limits the length of all gradients together; null: no limit.</param>
/// <param name="ClipValue">Limits each value of the gradients; null: no limit.</param>
/// <param name="AverageDecay">
/// Keeps a moving average of the weights, which is what is validated and used in the end; null: none.
/// </param>
/// <param name="LabelSmoothing">The share of each target that is spread over all labels.</param>
/// <param name="MixUp">Mixes pairs of examples by shares from Beta(mixup, mixup); 0: none.</param>
/// <param name="Validation">
/// The share of the training tracks held out to validate, by track; 0: none, unless a split brings its own.
/// </param>
/// <param name="EarlyStopping">When to stop by the validation tracks; null: not.</param>
/// <param name="StopAtTrainAccuracy">The accuracy of an epoch of training after which to stop; null: not.</param>
public sealed record TrainingSpec(
    OptimizerOptions Optimizer,
    [property: Range(1, 65_536)] int Batch,
    [property: Range(1, 1_000_000)] int Epochs,
    ScheduleSpec? Schedule = null,
    [property: Range(Above = 0)] double? ClipNorm = null,
    [property: Range(Above = 0)] double? ClipValue = null,
    [property: Range(Minimum = 0, Below = 1)] double? AverageDecay = null,
    [property: Range(Minimum = 0, Below = 1)] double LabelSmoothing = 0,
    [property: Range(Minimum = 0), JsonPropertyName("mixup")] double MixUp = 0,
    [property: Range(Minimum = 0, Below = 1)] double Validation = 0,
    EarlyStopping? EarlyStopping = null,
    [property: Range(Above = 0, Maximum = 1)] double? StopAtTrainAccuracy = null);
