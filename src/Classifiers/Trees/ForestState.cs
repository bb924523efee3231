using Engine.Tensors.Serialization;

namespace Engine.Classifiers.Trees;

/// <summary>
/// Converts a forest to named tensors and back; checks what it reads, so no row can index out of bounds or loop forever.
/// </summary>
internal static class ForestState
{
    /// <summary>The tensors.</summary>
    public static Dictionary<string, StoredTensor> Save(DecisionForest forest, double[] importance)
    {
        var nodes = forest.Nodes.ToArray();
        return new Dictionary<string, StoredTensor>
        {
            ["roots"] = new(forest.Roots.ToArray(), forest.Trees),
            ["columns"] = new(nodes.Select(n => n.Column).ToArray(), nodes.Length),
            ["next"] = new(nodes.Select(n => n.Next).ToArray(), nodes.Length),
            ["thresholds"] = new(nodes.Select(n => n.Threshold).ToArray(), nodes.Length),
            ["distributions"] = new(forest.Distributions.ToArray(), forest.Distributions.Length / forest.Classes, forest.Classes),
            ["importance"] = new(importance, importance.Length),
        };
    }

    /// <summary>The forest of the tensors, and the importance of its columns.</summary>
    /// <exception cref="EngineException">A tensor is missing or does not fit.</exception>
    public static (DecisionForest Forest, double[] Importance) Load(IReadOnlyDictionary<string, StoredTensor> state, string owner)
    {
        var roots = (int[])State.Integers(state, owner, "roots", -1).Data;
        var columns = (int[])State.Integers(state, owner, "columns", -1).Data;
        var next = (int[])State.Integers(state, owner, "next", columns.Length).Data;
        var thresholds = (double[])State.Doubles(state, owner, "thresholds", columns.Length).Data;
        var distributions = State.Doubles(state, owner, "distributions", -1, -1);
        var importance = (double[])State.Doubles(state, owner, "importance", -1).Data;
        for (var t = 0; t < roots.Length; t++)
        {
            if (t == 0 ? roots[t] != 0 : roots[t] <= roots[t - 1] || roots[t] >= columns.Length)
                throw new EngineException($"{owner}: tensor 'roots' holds {roots[t]} for tree {t} of {columns.Length} nodes; " +
                    "roots begin at 0 and increase.");
            var end = t + 1 < roots.Length ? Math.Min(roots[t + 1], columns.Length) : columns.Length;
            for (var n = roots[t]; n < end; n++)
                RequireNode(owner, n, end, columns[n], next[n], importance.Length, distributions.Shape[0]);
        }

        var nodes = columns.Select((c, n) => new TreeNode(c, next[n], thresholds[n])).ToArray();
        return (new(nodes, roots, (double[])distributions.Data, importance.Length, distributions.Shape[1]), importance);
    }

    // Both children come after their parent and within the tree, so every walk ends in a leaf.
    private static void RequireNode(string owner, int node, int end, int column, int next, int columns, int distributions)
    {
        var fits = column == TreeNode.Leaf
            ? next >= 0 && next < distributions : column >= 0 && column < columns && next > node + 1 && next < end;
        if (!fits)
            throw new EngineException(
                $"{owner}: node {node} of a tree that ends at {end} has column {column} and next {next}, which do not fit "
                    + $"{columns} columns and {distributions} distributions.");
    }
}
