using Engine.Classifiers;
using Engine.Nn;
using Engine.Tensors;

namespace Engine.Pipeline.Networks;

/// <summary>
/// Makes networks from their specs: passes the inputs' shapes through the lists of layers, so that each layer learns its channels
/// or features. No memory is allocated until the network is initialised.
/// </summary>
internal static class NetworkBuilder
{
    private const string At = "$.classifier";

    /// <summary>Makes an uninitialised network.</summary>
    /// <param name="layers">Its layers; validated.</param>
    /// <param name="branches">The layers of each input before them; null: one input.</param>
    /// <param name="initializer">How its weights start.</param>
    /// <param name="inputs">
    /// The shape of one example of each input, without the sample axis: windows first, then plain columns.
    /// </param>
    /// <param name="labels">How many labels it distinguishes.</param>
    /// <param name="source">Names the recipe in errors.</param>
    /// <exception cref="EngineException">
    /// A layer cannot take the output of the one before; the message names its JSON path and the shapes.
    /// </exception>
    public static Module Build(
        IReadOnlyList<LayerSpec> layers, IReadOnlyList<IReadOnlyList<LayerSpec>>? branches, NetworkInitializer initializer,
        IReadOnlyList<Shape> inputs, int labels, string source)
    {
        Module network = branches is not null
            ? Join(layers, branches, inputs, labels, source)
            : Chain(layers, Single(inputs, source), labels, $"{At}.layers", source).Network;
        switch (initializer)
        {
            case NetworkInitializer.Keras:
                InitializationScheme.Keras(network);
                break;
            case NetworkInitializer.Kaiming:
                InitializationScheme.Kaiming(network);
                break;
        }

        return network;
    }

    /// <summary>Makes an uninitialised network that is no recipe's, such as a pre-trained one, with one input.</summary>
    /// <param name="layers">Its layers; their numbers are within their ranges.</param>
    /// <param name="outputs">The names of layers whose outputs are wanted; they need no reader.</param>
    /// <param name="input">The shape of one example.</param>
    /// <param name="at">The JSON path of the layers.</param>
    /// <param name="source">Names the file in errors.</param>
    /// <exception cref="EngineException">
    /// Layers are not connected as they must be, or one cannot take its inputs; the message names the JSON path.
    /// </exception>
    public static Graph Describe(
        IReadOnlyList<LayerSpec> layers, IReadOnlyCollection<string> outputs, Shape input, string at, string source)
    {
        if (layers.Count == 0) throw new EngineException($"{source}: {at} is []; it needs at least one layer.");
        var check = new RangeCheck(source);
        for (var i = 0; i < layers.Count; i++)
        {
            layers[i].Validate($"{at}[{i}]", check);
            if (layers[i] is OutputSpec)
                check.Fail($"{at}[{i}].layer", "output", "it belongs to recipes; a dense layer has its number of units");
        }

        LayerGraph.Validate(layers, outputs, at, check);
        return LayerGraph.Build(layers, new Shape([1, .. input.Sizes]), 0, at, source);
    }

    private static Shape Single(IReadOnlyList<Shape> inputs, string source) => inputs.Count == 1
        ? inputs[0]
        : throw new EngineException(
            $"{source}: {At}.branches is null, but the front end gives {inputs.Count} inputs {List(inputs)}; a network with "
                + "several inputs needs a branch for each.");

    private static Joined Join(
        IReadOnlyList<LayerSpec> layers, IReadOnlyList<IReadOnlyList<LayerSpec>> branches, IReadOnlyList<Shape> inputs,
        int labels, string source)
    {
        if (branches.Count != inputs.Count)
            throw new EngineException(
                $"{source}: {At}.branches has {branches.Count} branches, but the front end gives {inputs.Count} inputs "
                    + $"{List(inputs)}.");
        var (networks, width) = (new Layer[branches.Count], 0L);
        for (var b = 0; b < networks.Length; b++)
        {
            var at = $"{At}.branches[{b}]";
            (networks[b], var output) = Chain(branches[b], inputs[b], labels, at, source);
            if (output.Rank != 2)
                throw new EngineException(
                    $"{source}: {at} ends in {output}; a branch must end in features [N, F]. A flatten layer makes them from "
                        + "anything.");
            width += output[1];
        }

        if (width > int.MaxValue)
            throw new EngineException(
                $"{source}: {At}.branches end in {width} features together; that is more than {int.MaxValue}.");
        return new Joined(Chain(layers, new Shape((int)width), labels, $"{At}.layers", source).Network, networks);
    }

    // Samples come first in every layer's shapes; one is as good as any number.
    private static (Layer Network, Shape Output) Chain(
        IReadOnlyList<LayerSpec> specs, Shape example, int labels, string at, string source)
    {
        if (specs.Count == 0) throw new EngineException($"{source}: {at} is []; it needs at least one layer.");
        var shape = new Shape([1, .. example.Sizes]);
        if (LayerGraph.Is(specs))
        {
            var graph = LayerGraph.Build(specs, shape, labels, at, source);
            return (graph, graph.OutputShape(shape));
        }

        var layers = new Layer[specs.Count];
        for (var i = 0; i < layers.Length; i++)
        {
            try
            {
                layers[i] = specs[i].Create(shape, labels);
                shape = layers[i].OutputShape(shape);
            }
            catch (ArgumentException e)
            {
                throw new EngineException($"{source}: {at}[{i}]: {e.Message}", e);
            }
        }

        return (new Sequential(layers), shape);
    }

    private static string List(IEnumerable<Shape> shapes) => string.Join(", ", shapes);
}
