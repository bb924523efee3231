using Engine.Tensors;

namespace Engine.Nn;

/// <summary>One module of a <see cref="Graph"/>.</summary>
/// <param name="Name">Its name, with which its parameters' names begin; it may hold dots.</param>
/// <param name="Module">A layer, or a <see cref="Merge"/> with several inputs.</param>
/// <param name="Inputs">
/// The names of its inputs: of earlier nodes, or <see cref="Graph.Input"/>. None: the node before; for the first, the graph's
/// input.
/// </param>
public sealed record GraphNode(string Name, Module Module, params IReadOnlyList<string> Inputs);

/// <summary>
/// Layers that read any earlier layers' outputs, such as a network with residual sums or parallel branches. The last node gives
/// the output. A tensor is freed after its last use (a tape keeps what the backward pass needs), and unless somebody
/// observes the layers, a dense layer or convolution does the work of what alone reads it, as in <see cref="Sequential"/>.
/// </summary>
public partial class Graph : Layer, IDivisible
{
    /// <summary>The name of the graph's own input.</summary>
    public const string Input = "input";

    // The place of the graph's input among those of the nodes.
    private const int Outside = -1;

    private readonly Module[] _modules;
    private readonly int[][] _inputs;
    private readonly Dictionary<string, int> _places = [];
    // The layer that alone reads a node; else Outside.
    private int[] _next;
    // The node that gives the output.
    private int _last;

    /// <summary>Connects nodes, each after those it reads.</summary>
    /// <exception cref="ArgumentException">
    /// There is no node, a name is missing, taken or unknown, a module has another number of inputs, or is part of a network.
    /// </exception>
    public Graph(params ReadOnlySpan<GraphNode> nodes)
    {
        if (nodes.Length == 0) Guard.Argument("Graph: there is no node; it needs at least one.");
        (_modules, _inputs) = (new Module[nodes.Length], new int[nodes.Length][]);
        for (var i = 0; i < nodes.Length; i++)
        {
            ArgumentNullException.ThrowIfNull(nodes[i], nameof(nodes));
            var (name, module, inputs) = nodes[i];
            ArgumentNullException.ThrowIfNull(inputs, nameof(nodes));
            if (module is not (Layer or Merge))
                Guard.Argument($"Graph: {module?.Description ?? "null"} at '{name}' is neither a layer nor a merge.");
            _modules[i] = module;
            _inputs[i] = inputs.Count == 0 ? [i - 1] : [.. inputs.Select(input => Place(input, name))];
            if (_inputs[i].Length != module.InputCount)
            {
                Guard.Argument($"Graph: '{name}' ({module.Description}) has {_inputs[i].Length} inputs; it takes "
                    + $"{module.InputCount}.");
            }

            if (string.IsNullOrEmpty(name) || name == Input || !_places.TryAdd(name, i))
            {
                Guard.Argument($"Graph: node {i} is called '{name}'; a name must be given, differ from the others and not be "
                    + "'input'.");
            }

            AddChild(name, module);
        }

        _last = nodes.Length - 1;
        _next = Next([.. Enumerable.Range(0, nodes.Length)]);
    }

    /// <inheritdoc/>
    public override string Description => $"Graph of {_modules.Length}";

    /// <inheritdoc/>
    public sealed override Shape OutputShape(Shape input) => Shapes(input)[^1];

    /// <inheritdoc/>
    public sealed override long MultiplyAdds(Shape input) => Summarize(input).Sum(l => l.MultiplyAdds);

    /// <summary>
    /// The outputs of some nodes; nodes that none of them needs do not run. The caller owns the tensors, of which one may be
    /// another, or <paramref name="x"/> itself, where a node has nothing to do.
    /// </summary>
    /// <param name="x">Samples along the first axis.</param>
    /// <param name="context">Training or evaluation.</param>
    /// <param name="names">The nodes' names.</param>
    /// <exception cref="ArgumentException">A name is unknown, or the input shape is wrong.</exception>
    public IReadOnlyList<Tensor> Outputs(Tensor x, ForwardContext context, params IReadOnlyList<string> names)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(names);
        _ = OutputShape(x.Shape);
        return Run(x, context, [.. names.Select(Wanted)]);
    }

    internal sealed override IEnumerable<LayerSummary> Summarize(Shape input)
    {
        var (rows, shapes, last) = (new GraphRows(), Shapes(input), LastReaders());
        var alive = 0L;
        for (var i = 0; i < _modules.Length; i++)
        {
            var first = _inputs[i][0];
            rows.Add(_modules[i], [.. _inputs[i].Select(k => k < 0 ? input : shapes[k])], _inputs[i],
                alive - (first < 0 ? 0 : shapes[first].Count));
            foreach (var k in _inputs[i].Distinct())
            {
                if (k >= 0 && last[k] == i) alive -= shapes[k].Count;
            }

            if (last[i] > i) alive += shapes[i].Count;
        }

        return rows.Rows;
    }

    // The most nodes of which only the last is read by others.
    int IDivisible.FixedLayers
    {
        get
        {
            var first = Array.FindIndex(_modules, m => !m.IsFixed);
            var layers = first < 0 ? _modules.Length : first;
            while (layers > 0 && _inputs.Skip(layers).Any(inputs => inputs.Any(k => k < layers - 1))) layers--;
            return layers;
        }
    }

    Shape IDivisible.ShapeAfter(Shape input, int layers) => layers == 0 ? input : Shapes(input)[layers - 1];

    Tensor IDivisible.RunFirst(Tensor x, int layers, ForwardContext context) =>
        layers == 0 ? x : Run(x, context, [layers - 1])[0];

    Tensor IDivisible.RunRest(Tensor x, int layers, ForwardContext context) => Run(x, context, [_last], layers)[0];

    // Runs nodes from one on; the output of the one before it is x, as is the graph's input.
    private Tensor[] Run(Tensor x, ForwardContext context, ReadOnlySpan<int> wanted, int from = 0)
    {
        var readers = Readers(wanted);
        var values = new Tensor?[_modules.Length];
        // Nodes that others have done the work of.
        var done = new bool[_modules.Length];
        // By tensor, as a layer with nothing to do passes its input on.
        var uses = new Dictionary<Tensor, int>(ReferenceEqualityComparer.Instance);
        if (from > 0) values[from - 1] = x;
        for (var i = from; i < values.Length; i++)
        {
            if (readers[i] == 0 || done[i]) continue;
            Tensor[] inputs = [.. _inputs[i].Select(k => k < 0 ? x : values[k]!)];
            var (at, fusion) = (i, default(Fusion));
            if (_modules[i] is Layer { FusesRelu: true } layer)
            {
                fusion = Fusion.After(layer, Following(i, readers), context);
                for (var k = 0; k < fusion.Count; k++) done[at = _next[at]] = true;
            }

            var output = _modules[i] is Layer alone
                ? alone.Run(inputs[0], context, fusion) : _modules[i].Forward(inputs, context);
            values[at] = output;
            if (output != x) uses[output] = uses.GetValueOrDefault(output) + readers[at];
            foreach (var input in inputs)
            {
                if (input != x && --uses[input] == 0) input.Dispose();
            }
        }

        return [.. wanted.ToArray().Select(i => values[i]!)];
    }

    // The layers after a node, each of which alone reads the one before it.
    private Layer[] Following(int node, int[] readers)
    {
        var layers = new List<Layer>();
        while (readers[node] == 1 && _next[node] >= 0 && readers[_next[node]] > 0)
        {
            node = _next[node];
            layers.Add((Layer)_modules[node]);
        }

        return [.. layers];
    }

    // How many nodes and callers read each output; 0 where the wanted ones do not need it.
    private int[] Readers(ReadOnlySpan<int> wanted)
    {
        var readers = new int[_modules.Length];
        foreach (var i in wanted) readers[i]++;

        for (var i = readers.Length - 1; i >= 0; i--)
        {
            if (readers[i] == 0) continue;
            foreach (var k in _inputs[i])
            {
                if (k >= 0) readers[k]++;
            }
        }

        return readers;
    }

    private int[] LastReaders()
    {
        int[] last = [.. Enumerable.Range(0, _modules.Length)];
        for (var i = 0; i < last.Length; i++)
        {
            foreach (var k in _inputs[i])
            {
                if (k >= 0) last[k] = i;
            }
        }

        return last;
    }

    // Nodes whose output is made in another place do not run.
    private int[] Next(int[] places)
    {
        var (next, counts) = (new int[_modules.Length], new int[_modules.Length]);
        Array.Fill(next, Outside);
        for (var i = 0; i < next.Length; i++)
        {
            if (places[i] != i) continue;
            foreach (var k in _inputs[i].Where(k => k >= 0))
                next[k] = ++counts[k] == 1 && _modules[i] is Layer ? i : Outside;
        }

        return next;
    }

    private Shape[] Shapes(Shape input)
    {
        var shapes = new Shape[_modules.Length];
        for (var i = 0; i < shapes.Length; i++)
        {
            Shape[] inputs = [.. _inputs[i].Select(k => k < 0 ? input : shapes[k])];
            shapes[i] = _modules[i] is Layer layer ? layer.OutputShape(inputs[0]) : ((Merge)_modules[i]).OutputShape(inputs);
        }

        return shapes;
    }

    private int Wanted(string name)
    {
        if (!_places.TryGetValue(name, out var place))
            Guard.Argument($"{Where}: no node is called '{name}'; there are {string.Join(", ", _places.Keys)}.");
        return place;
    }

    private int Place(string name, string reader)
    {
        if (name == Input) return Outside;
        if (!_places.TryGetValue(name, out var place))
            Guard.Argument($"Graph: '{reader}' reads '{name}', which is no node before it.");
        return place;
    }
}
