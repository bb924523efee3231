using System.Text.Json.Serialization;
using Engine.Classifiers;
using Engine.Nn;
using Engine.Nn.Optimizers;
using Engine.Pipeline.FrontEnds;
using Engine.Pipeline.Networks;
using Engine.Tensors;

namespace Engine.Pipeline.Recipes;

/// <summary>A neural network as data: its layers and how it is trained.</summary>
/// <param name="Layers">The layers; the last, and only the last, is <c>output</c>.</param>
/// <param name="Training">How it is trained.</param>
/// <param name="Initializer">How its weights start.</param>
/// <param name="Branches">
/// For several inputs, the layers of each: first one list for each window of the front end, then one for its plain columns.
/// Each ends in features [N, F], which are put side by side before <paramref name="Layers"/>. Null: one input.
/// </param>
/// <param name="Augmentation">How training examples are changed; null: not.</param>
public sealed record NetworkSpec(
    [property: JsonPropertyOrder(2)] IReadOnlyList<LayerSpec> Layers,
    [property: JsonPropertyOrder(3)] TrainingSpec Training,
    [property: JsonPropertyOrder(0)] NetworkInitializer Initializer = NetworkInitializer.Pytorch,
    [property: JsonPropertyOrder(1)] IReadOnlyList<IReadOnlyList<LayerSpec>>? Branches = null,
    [property: JsonPropertyOrder(4)] AugmentationSpec? Augmentation = null) : ClassifierOptions
{
    // Every layer is described before anything else happens; a few bytes of recipe must not stand for millions of layers.
    private const int MostLayers = 10_000;

    /// <summary>Makes the network, not initialised; see <see cref="NetworkBuilder.Build"/>.</summary>
    internal Module Build(IReadOnlyList<Shape> inputs, int labels, string source) =>
        NetworkBuilder.Build(Layers, Branches, Initializer, inputs, labels, source);

    /// <summary>Makes the optimiser of a network that was built from this spec.</summary>
    internal Optimizer CreateOptimizer(Module network) =>
        new(network.Parameters(), Training.Optimizer) { ClipNorm = Training.ClipNorm, ClipValue = Training.ClipValue };

    internal void Validate(string at, RangeCheck check)
    {
        if (Layers.Count == 0) check.Fail($"{at}.layers", "[]", "it must end in the layer output");
        Validate(Layers, $"{at}.layers", check, Layers.Count - 1);
        if (Branches is { Count: 0 })
            check.Fail($"{at}.branches", "[]", "it must hold a list of layers for each input, or be null");
        for (var b = 0; b < Branches?.Count; b++) Validate(Branches[b], $"{at}.branches[{b}]", check, -1);
        var layers = Layers.Concat((Branches ?? []).SelectMany(b => b)).Sum(l => l.LayerCount);
        if (layers > MostLayers) check.Fail($"{at}.layers", $"{layers} layers in all", $"there may be at most {MostLayers}");
        if (Training.Optimizer is Sgd { Nesterov: true, Momentum: 0 })
        {
            check.Fail($"{at}.training.optimizer.nesterov", "true", "it needs a momentum above 0");
        }
    }

    private static void Validate(IReadOnlyList<LayerSpec> layers, string at, RangeCheck check, int output)
    {
        if (LayerGraph.Is(layers)) LayerGraph.Validate(layers, [], at, check);
        for (var i = 0; i < layers.Count; i++)
        {
            layers[i].Validate($"{at}[{i}]", check);
            if (layers[i] is OutputSpec && i != output)
                check.Fail($"{at}[{i}].layer", "output", "it must be the last of classifier.layers, and only there");
        }

        if (output >= 0 && layers[output] is not OutputSpec)
            check.Fail($"{at}[{output}].layer", "not output", "the last of classifier.layers must be output");
    }
}
