using System.Text.Json.Serialization;
using Engine.Pipeline.Networks;
using Engine.Tensors;

namespace Engine.Pipeline.Recipes;

/// <summary>
/// The trained weights that a network starts from. What they were trained on is required: the same sample rate and features and,
/// for a model, the same scalers, selection and projection, whose learned values are taken too.
/// </summary>
/// <param name="From">
/// A run folder or its model, a file of weights made by <c>engine import</c>, or the name of either in the user's model folder.
/// </param>
/// <param name="Layers">
/// The layers whose tensors are taken, each of which must be there and of the same shape; the others start anew. Null: all but
/// the output layer.
/// </param>
/// <param name="Freeze">
/// The layers that stay as they are during the whole training; null: none, or as the stages of the training say. What frozen
/// first layers give is computed once, unless examples are augmented or mixed.
/// </param>
/// <param name="LearningRateScale">How fast each layer learns; null: all at the same rate.</param>
public sealed record InitializeSpec(
    string From,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] LayerChoice? Layers = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] LayerChoice? Freeze = null,
    [property: Range(Above = 0, Maximum = 1000), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    LayerRates? LearningRateScale = null);
