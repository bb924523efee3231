namespace Engine.Nn.Training.Distributed;

/// <summary>Who computes which parts of a batch, and what of their sums travels.</summary>
internal sealed class PartLayout
{
    /// <summary>Shares out the parts of a batch.</summary>
    public PartLayout(BatchParts parts, int rank, int ranks)
    {
        (Parts, Rank, Tree) = (parts, rank, new PartTree(0, parts.Count));
        Of = [.. Enumerable.Range(0, ranks).Select(r => new PartTree(parts.First(r, ranks), parts.First(r + 1, ranks)))];
        Nodes = [.. Of.Select(o => Tree.Within(o).ToArray())];
        Senders = Nodes.SelectMany((nodes, r) => nodes.Select((node, at) => (node, r, at)))
            .ToDictionary(n => n.node, n => (n.r, n.at));
    }

    /// <summary>The parts.</summary>
    public BatchParts Parts { get; }

    /// <summary>The whole tree.</summary>
    public PartTree Tree { get; }

    /// <summary>The parts of each rank, which may be none.</summary>
    public PartTree[] Of { get; }

    /// <summary>The nodes whose sums each rank has, in order.</summary>
    public PartTree[][] Nodes { get; }

    /// <summary>The rank that has the sum of a node, and its place among that rank's nodes.</summary>
    public Dictionary<PartTree, (int Rank, int At)> Senders { get; }

    /// <summary>This rank.</summary>
    public int Rank { get; }

    /// <summary>The parts of this rank.</summary>
    public PartTree Own => Of[Rank];

    /// <summary>This rank's examples of the batch: the first, and how many.</summary>
    public (int First, int Count) OwnExamples =>
        (Parts.Start(Own.From), Parts.Start(Own.To) - Parts.Start(Own.From));
}
