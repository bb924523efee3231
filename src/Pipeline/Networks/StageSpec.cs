using Engine.Tensors;

namespace Engine.Pipeline.Networks;

/// <summary>
/// A part of a training, in which some layers stay as they are. It starts from the result of the stage before, with a new
/// optimiser and the schedule from its beginning. Early stopping ends a stage; the next starts from the best weights so far.
/// </summary>
/// <param name="Epochs">
/// Its epochs; null only for the last stage, which has those that <c>epochs</c> of the training leaves.
/// </param>
/// <param name="Freeze">The layers that stay as they are; null: none.</param>
/// <param name="LearningRate">The learning rate its schedule starts from; null: the optimiser's.</param>
public sealed record StageSpec(
    [property: Range(1, 1_000_000)] int? Epochs = null,
    LayerChoice? Freeze = null,
    [property: Range(Above = 0)] double? LearningRate = null);
