namespace Engine.Tensors.Autograd;

/// <summary>How many operations of a tape have still to add to each leaf's gradient.</summary>
internal sealed class LeafUses
{
    private readonly Dictionary<Tensor, int> _left = new(ReferenceEqualityComparer.Instance);
    private readonly Action<Tensor> _completed;

    /// <summary>Counts the uses of leaves; <paramref name="completed"/> is called with each after its last.</summary>
    public LeafUses(IEnumerable<Node> nodes, Action<Tensor> completed)
    {
        _completed = completed;
        foreach (var leaf in nodes.SelectMany(n => n.Leaves)) _left[leaf] = _left.GetValueOrDefault(leaf) + 1;
    }

    /// <summary>An operation's backward step is done, or was left out.</summary>
    public void Done(Node node)
    {
        foreach (var leaf in node.Leaves)
        {
            if (--_left[leaf] == 0) _completed(leaf);
        }
    }
}
