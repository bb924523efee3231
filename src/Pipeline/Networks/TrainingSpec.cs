using System.Text.Json.Serialization;
using Engine.Nn.Optimizers;
using Engine.Nn.Schedules;
using Engine.Nn.Training;
using Engine.Tensors;

namespace Engine.Pipeline.Networks;

/// <summary>How a network is trained.</summary>
/// <param name="Optimizer">What changes the weights.</param>
/// <param name="Batch">Examples per step.</param>
/// <param name="Epochs">Passes over the training examples, at most.</param>
/// <param name="Schedule">How the learning rate changes; null: not at all.</param>
/// <param name="ClipNorm">Limits the joint norm of all gradients; null: no limit.</param>
/// <param name="ClipValue">Limits each value of a gradient; null: no limit.</param>
/// <param name="AverageDecay">
/// The decay of a moving average of the weights, which is validated and used in the end; null: none.
/// </param>
/// <param name="LabelSmoothing">The share of each target spread over all labels.</param>
/// <param name="MixUp">Mixes pairs of examples in proportions drawn from Beta(mixup, mixup); 0: no mixing.</param>
/// <param name="Validation">
/// The share of the training tracks held out for validation, by track; 0: none, unless the split has its own.
/// </param>
/// <param name="EarlyStopping">When to stop, judged by the validation tracks; null: never early.</param>
/// <param name="StopAtTrainAccuracy">
/// Training stops after an epoch with this training accuracy; null: never for this reason.
/// </param>
/// <param name="Stages">What is frozen when; null: one stage.</param>
/// <param name="Parts">
/// How many parts a batch is cut into, which the ranks of a job share: normalisation and dropout are those of the part, so the
/// result depends on it, but not on the number of ranks. More than 1 is for the processor only; null: as many as there are ranks
/// when training begins.
/// </param>
public sealed record TrainingSpec(
    OptimizerOptions Optimizer,
    [property: Range(1, 65_536)] int Batch,
    [property: Range(1, 1_000_000)] int Epochs,
    ScheduleOptions? Schedule = null,
    [property: Range(Above = 0)] double? ClipNorm = null,
    [property: Range(Above = 0)] double? ClipValue = null,
    [property: Range(Minimum = 0, Below = 1)] double? AverageDecay = null,
    [property: Range(Minimum = 0, Below = 1)] double LabelSmoothing = 0,
    [property: Range(Minimum = 0), JsonPropertyName("mixup")] double MixUp = 0,
    [property: Range(Minimum = 0, Below = 1)] double Validation = 0,
    EarlyStopping? EarlyStopping = null,
    [property: Range(Above = 0, Maximum = 1)] double? StopAtTrainAccuracy = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<StageSpec>? Stages = null,
    [property: Range(1, 65_536), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? Parts = null);
