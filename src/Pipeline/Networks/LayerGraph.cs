using System.Text.RegularExpressions;
using Engine.Classifiers;
using Engine.Nn;
using Engine.Tensors;

namespace Engine.Pipeline.Networks;

/// <summary>Lists of layers in which some have a name or inputs: checks how they are connected, and connects them.</summary>
internal static partial class LayerGraph
{
    /// <summary>Whether a list is more than a chain of unnamed layers.</summary>
    public static bool Is(IReadOnlyList<LayerSpec> specs) =>
        specs.Any(s => s.Name is not null || s.Inputs is not null || s is MergeSpec);

    /// <summary>
    /// Throws where a name is missing its form or taken, an input is no earlier layer, a layer has too few or too many inputs, or
    /// nothing reads it.
    /// </summary>
    /// <param name="specs">The layers.</param>
    /// <param name="outputs">The names of layers that need no reader, besides the last layer.</param>
    /// <param name="at">The list's JSON path.</param>
    /// <param name="check">Throws.</param>
    public static void Validate(IReadOnlyList<LayerSpec> specs, IReadOnlyCollection<string> outputs, string at, RangeCheck check)
    {
        var (places, read) = (new Dictionary<string, int>(), new HashSet<string>(outputs));
        for (var i = 0; i < specs.Count; i++)
        {
            var (spec, path) = (specs[i], $"{at}[{i}]");
            var inputs = Inputs(specs, i);
            for (var k = 0; k < inputs.Count; k++)
            {
                if (inputs[k] == Graph.Input) continue;
                if (!places.ContainsKey(inputs[k]))
                    check.Fail($"{path}.inputs[{k}]", $"\"{inputs[k]}\"", Missing(specs, inputs[k], i));
                read.Add(inputs[k]);
            }

            if (spec is MergeSpec ? inputs.Count < 2 : inputs.Count != 1)
            {
                check.Fail($"{path}.inputs",
                    spec.Inputs is null ? "null" : $"[{string.Join(", ", inputs.Select(n => $"\"{n}\""))}]",
                    spec is MergeSpec ? "the layer takes two or more inputs, by name"
                        : "the layer takes one input; add and concat take several");
            }

            if (spec.Name is not null && (spec.Name == Graph.Input || !NameForm().IsMatch(spec.Name)))
            {
                check.Fail($"{path}.name", $"\"{spec.Name}\"",
                    "a name is made of letters, digits, _ and -, in parts joined by dots, and is not 'input'");
            }

            if (!places.TryAdd(NameOf(specs, i), i))
            {
                check.Fail($"{path}.name", $"\"{NameOf(specs, i)}\"",
                    $"{at}[{places[NameOf(specs, i)]}] has that name; a layer without one is called by its index");
            }
        }

        for (var i = 0; i < specs.Count - 1; i++)
        {
            if (!read.Contains(NameOf(specs, i)))
                check.Fail($"{at}[{i}]", $"\"{NameOf(specs, i)}\"", "no layer reads it; connect it or leave it out");
        }
    }

    /// <summary>Connects the layers, which were validated.</summary>
    /// <param name="specs">The layers.</param>
    /// <param name="input">The shape of the input, samples first.</param>
    /// <param name="labels">How many labels the network distinguishes.</param>
    /// <param name="at">The list's JSON path.</param>
    /// <param name="source">Names the file in errors.</param>
    /// <exception cref="EngineException">A layer cannot take its inputs.</exception>
    public static Graph Build(IReadOnlyList<LayerSpec> specs, Shape input, int labels, string at, string source)
    {
        var (nodes, shapes) = (new GraphNode[specs.Count], new Dictionary<string, Shape> { [Graph.Input] = input });
        for (var i = 0; i < nodes.Length; i++)
        {
            var (name, inputs) = (NameOf(specs, i), Inputs(specs, i));
            try
            {
                Shape[] given = [.. inputs.Select(n => shapes[n])];
                Module module = specs[i] is MergeSpec merge ? merge.Create(given.Length) : specs[i].Create(given[0], labels);
                shapes[name] = module is Layer layer ? layer.OutputShape(given[0]) : ((Merge)module).OutputShape(given);
                nodes[i] = new(name, module, inputs);
            }
            catch (ArgumentException e)
            {
                throw new EngineException($"{source}: {at}[{i}]: {e.Message}", e);
            }
        }

        var graph = new Graph(nodes);
        var twice = graph.State().GroupBy(p => p.Name).FirstOrDefault(group => group.Count() > 1);
        if (twice is not null)
            throw new EngineException($"{source}: {at}: two tensors would be called '{twice.Key}'; rename one of the layers.");
        return graph;
    }

    private static string NameOf(IReadOnlyList<LayerSpec> specs, int i) => specs[i].Name ?? $"{i}";

    private static IReadOnlyList<string> Inputs(IReadOnlyList<LayerSpec> specs, int i) =>
        specs[i].Inputs ?? [i == 0 ? Graph.Input : NameOf(specs, i - 1)];

    private static string Missing(IReadOnlyList<LayerSpec> specs, string name, int reader)
    {
        var later = Enumerable.Range(0, specs.Count).FirstOrDefault(i => NameOf(specs, i) == name, -1);
        return later < 0 ? "no layer has that name" : later == reader ? "that is the layer itself"
            : "that layer comes later; a layer reads earlier ones";
    }

    [GeneratedRegex(@"\A[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*\z")]
    private static partial Regex NameForm();
}
