namespace Engine.Nn.Training.Distributed;

/// <summary>
/// A node of the binary tree by which the gradients of parts are summed: the parts [<paramref name="From"/>,
/// <paramref name="To"/>), which are halved until one is left. Floating-point sums depend on their order; this one depends on the
/// number of parts alone, so it gives the same bits on any number of ranks.
/// </summary>
internal readonly record struct PartTree(int From, int To)
{
    /// <summary>Whether it is one part.</summary>
    public bool IsPart => To - From == 1;

    /// <summary>The first half of the parts.</summary>
    public PartTree Left => this with { To = From + (To - From) / 2 };

    /// <summary>The second half.</summary>
    public PartTree Right => this with { From = From + (To - From) / 2 };

    /// <summary>
    /// The largest nodes that lie within some parts, in order: their sums are all that whoever has these parts passes on.
    /// </summary>
    public IEnumerable<PartTree> Within(PartTree parts)
    {
        if (To <= parts.From || From >= parts.To) return [];
        return From >= parts.From && To <= parts.To ? [this] : [.. Left.Within(parts), .. Right.Within(parts)];
    }

    /// <summary>How many nodes, of those that begin at <paramref name="from"/> or later, are complete with a part.</summary>
    public int CompletedBy(int part, int from) =>
        IsPart ? 0
        : part < Left.To ? Left.CompletedBy(part, from)
        : Right.CompletedBy(part, from) + (part == To - 1 && From >= from ? 1 : 0);
}
