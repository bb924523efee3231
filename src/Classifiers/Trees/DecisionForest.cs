namespace Engine.Classifiers.Trees;

/// <summary>Grown trees in one array of nodes. Immutable and thread-safe.</summary>
internal sealed class DecisionForest
{
    private readonly TreeNode[] _nodes;
    private readonly int[] _roots;
    private readonly double[] _distributions;

    /// <summary>A forest of trees whose nodes are known to be consistent.</summary>
    /// <param name="nodes">All nodes, tree after tree; indices are relative to the first node of the forest.</param>
    /// <param name="roots">The index of each tree's root.</param>
    /// <param name="distributions">
    /// Class distributions, <c>[any, classes]</c>; the first ones are those of pure leaves, class by class.
    /// </param>
    /// <param name="columns">The number of columns.</param>
    /// <param name="classes">The number of classes.</param>
    public DecisionForest(TreeNode[] nodes, int[] roots, double[] distributions, int columns, int classes) =>
        (_nodes, _roots, _distributions, Columns, Classes) = (nodes, roots, distributions, columns, classes);

    public int Columns { get; }

    public int Classes { get; }

    public int Trees => _roots.Length;

    public ReadOnlySpan<TreeNode> Nodes => _nodes;

    public ReadOnlySpan<int> Roots => _roots;

    public ReadOnlySpan<double> Distributions => _distributions;

    /// <summary>Joins grown trees.</summary>
    public static DecisionForest Join(IReadOnlyList<GrownTree> trees, int columns, int classes)
    {
        var nodes = new TreeNode[trees.Sum(t => (long)t.Nodes.Length)];
        var roots = new int[trees.Count];
        var distributions = new List<double>();
        for (var k = 0; k < classes * classes; k++) distributions.Add(k % (classes + 1) == 0 ? 1 : 0);
        var next = 0;
        for (var t = 0; t < roots.Length; t++)
        {
            roots[t] = next;
            var mixed = distributions.Count / classes - classes;
            foreach (var node in trees[t].Nodes)
            {
                nodes[next++] = node with { Next = node.Next + (!node.IsLeaf ? roots[t] : node.Next < classes ? 0 : mixed) };
            }

            distributions.AddRange(trees[t].Mixed);
        }

        return new(nodes, roots, [.. distributions], columns, classes);
    }

    /// <summary>A tree's class distribution for a row.</summary>
    public ReadOnlySpan<double> Distribution(int tree, ReadOnlySpan<double> row)
    {
        var at = _roots[tree];
        while (true)
        {
            ref readonly var node = ref _nodes[at];
            if (node.IsLeaf) return _distributions.AsSpan(node.Next * Classes, Classes);
            at = row[node.Column] <= node.Threshold ? at + 1 : node.Next;
        }
    }
}
