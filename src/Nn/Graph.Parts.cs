using Engine.Tensors;

namespace Engine.Nn;

// A batch whose first nodes are evaluated a few samples at a time.
public partial class Graph
{
    private PartPlan? _parts;

    internal sealed override bool SuitsSampleBySample => Array.TrueForAll(_modules, m => m.SuitsSampleBySample);

    /// <inheritdoc/>
    protected sealed override Tensor Compute(Tensor x, ForwardContext context)
    {
        if (!SampleBySample.MayPay(x, context) || PartsOf(x.Shape) is not { Nodes: > 0 } parts)
            return Run(x, context, [_last])[0];
        var output = SampleBySample.Run(x, parts.Output, parts.Largest, part => Run(part, context, [parts.Nodes - 1])[0]);
        if (parts.Nodes - 1 == _last) return output;
        var result = Run(output, context, [_last], parts.Nodes)[0];
        if (result != output) output.Dispose();
        return result;
    }

    // How many nodes a batch of this shape passes a few samples at a time: the most of which only the last is read by others.
    private PartPlan PartsOf(Shape input)
    {
        if (_parts is { } known && known.Input == input) return known;
        var (nodes, shapes) = (0, Shapes(input));
        while (nodes < _modules.Length && _modules[nodes].SuitsSampleBySample) nodes++;
        while (nodes > 0 && (nodes - 1 > _last || _inputs.Skip(nodes).Any(inputs => inputs.Any(k => k < nodes - 1)))) nodes--;
        var largest = 0;
        for (var i = 0; i < nodes; i++)
        {
            Shape[] inputs = [.. _inputs[i].Select(k => k < 0 ? input : shapes[k])];
            largest = Math.Max(largest, _modules[i].Summarize(inputs).Max(row => row.Output.Count) / input[0]);
        }

        if (!SampleBySample.Pays(_modules.Take(nodes), largest)) nodes = 0;
        return _parts = new PartPlan(input, nodes, nodes == 0 ? input : shapes[nodes - 1], largest);
    }

    // The first nodes, which a batch of a shape passes a few samples at a time; none if there are no nodes.
    private sealed record PartPlan(Shape Input, int Nodes, Shape Output, int Largest);
}
