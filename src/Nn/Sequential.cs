using Engine.Tensors;

namespace Engine.Nn;

/// <summary>
/// A chain of layers, named by their indices as in PyTorch. An intermediate tensor is freed as soon as the next layer has
/// used it (a tape keeps what the backward pass needs). Unless somebody observes the layers, a ReLU is fused into the dense layer
/// or convolution before it, and in evaluation a convolution takes over a batch normalisation and a maximum pooling as well. In
/// evaluation on the processor, convolutions and what follows them run a few samples at a time.
/// </summary>
public sealed class Sequential : Layer, IDivisible
{
    private readonly Layer[] _layers;

    /// <summary>Chains one or more layers.</summary>
    /// <exception cref="ArgumentException">There is no layer, or one is already part of a network.</exception>
    public Sequential(params ReadOnlySpan<Layer> layers)
    {
        if (layers.Length == 0) Guard.Argument("Sequential: there is no layer; it needs at least one.");
        _layers = layers.ToArray();
        for (var i = 0; i < _layers.Length; i++) AddChild($"{i}", _layers[i]);
    }

    /// <inheritdoc/>
    public override string Description => $"Sequential of {_layers.Length}";

    /// <inheritdoc/>
    public override Shape OutputShape(Shape input)
    {
        foreach (var layer in _layers) input = layer.OutputShape(input);
        return input;
    }

    /// <inheritdoc/>
    public override long MultiplyAdds(Shape input) => Summarize(input).Sum(l => l.MultiplyAdds);

    internal override IEnumerable<LayerSummary> Summarize(Shape input)
    {
        var (count, end) = (0, -1);
        foreach (var layer in _layers)
        {
            var first = count;
            foreach (var row in layer.Summarize(input))
            {
                // A graph's own input is what the layer before it gives, and lives as long as the graph runs.
                yield return row.Sources is not { } sources ? row : row with
                {
                    Sources = end < 0 ? sources : [.. sources.Select(back => back > LayerSummary.FromInput ? back : count - end)],
                    Held = row.Held + (count == first ? 0 : input.Count),
                };
                count++;
            }

            end = count - 1;
            input = layer.OutputShape(input);
        }
    }

    int IDivisible.FixedLayers
    {
        get
        {
            var first = Array.FindIndex(_layers, l => !l.IsFixed);
            return first < 0 ? _layers.Length : first;
        }
    }

    Shape IDivisible.ShapeAfter(Shape input, int layers) =>
        _layers.Take(layers).Aggregate(input, (shape, layer) => layer.OutputShape(shape));

    Tensor IDivisible.RunFirst(Tensor x, int layers, ForwardContext context) => Run(x, 0, layers, context);

    Tensor IDivisible.RunRest(Tensor x, int layers, ForwardContext context) => Run(x, layers, _layers.Length, context);

    /// <inheritdoc/>
    protected override Tensor Compute(Tensor x, ForwardContext context) => Run(x, 0, _layers.Length, context);

    private Tensor Run(Tensor x, int from, int to, ForwardContext context)
    {
        var layers = SampleBySample.Count(_layers.AsSpan(from..to), x, context, out var shape, out var largest);
        if (layers == 0) return RunWhole(x, from, to, context);
        var output = SampleBySample.Run(x, shape, largest, part => RunWhole(part, from, from + layers, context));
        var result = RunWhole(output, from + layers, to, context);
        if (result != output) output.Dispose();
        return result;
    }

    private Tensor RunWhole(Tensor x, int from, int to, ForwardContext context)
    {
        var current = x;
        for (var i = from; i < to; i++)
        {
            var fusion = Fusion.After(_layers[i], _layers.AsSpan(i + 1, to - i - 1), context);
            var next = _layers[i].Run(current, context, fusion);
            i += fusion.Count;
            if (current != x && current != next) current.Dispose();
            current = next;
        }

        return current;
    }
}
