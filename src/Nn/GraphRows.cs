using Engine.Tensors;

namespace Engine.Nn;

/// <summary>
/// Collects the rows of a graph's nodes, with where each row's inputs come from. A node may give several rows, and be a graph.
/// </summary>
internal sealed class GraphRows
{
    private readonly List<int> _ends = [];
    private bool _readsInput;

    /// <summary>The rows, in execution order.</summary>
    public List<LayerSummary> Rows { get; } = [];

    /// <summary>Adds the rows of the next node.</summary>
    /// <param name="module">Its module.</param>
    /// <param name="shapes">Its inputs' shapes.</param>
    /// <param name="inputs">The nodes that they come from; negative: the graph's input.</param>
    /// <param name="held">How many values besides its first input are kept for it and for later nodes.</param>
    public void Add(Module module, IReadOnlyList<Shape> shapes, IReadOnlyList<int> inputs, long held)
    {
        var first = Rows.Count;
        foreach (var row in module.Summarize(shapes))
        {
            IReadOnlyList<int> sources = row.Sources is { } own
                ? [.. own.Select(back => back > LayerSummary.FromInput ? back : Back(inputs[0]))]
                : Rows.Count == first ? [.. inputs.Select(Back)] : [1];
            // The node's input outlives what the node makes of it.
            var kept = held + row.Held + (Rows.Count == first ? 0 : shapes[0].Count);
            Rows.Add(row with { Sources = sources, Held = kept });
        }

        _ends.Add(Rows.Count - 1);
    }

    private int Back(int input)
    {
        if (input >= 0) return Rows.Count - _ends[input];
        var back = _readsInput ? LayerSummary.FromInputAgain : LayerSummary.FromInput;
        _readsInput = true;
        return back;
    }
}
