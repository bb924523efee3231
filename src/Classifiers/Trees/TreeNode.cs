namespace Engine.Classifiers.Trees;

/// <summary>
/// One node of a tree in preorder. A split sends rows with <c>value ≤ Threshold</c> in column <c>Column</c> to the node that
/// follows it, others to node <c>Next</c>. A leaf has column -1, and <c>Next</c> is the row of its class distribution.
/// </summary>
internal readonly record struct TreeNode(int Column, int Next, double Threshold)
{
    /// <summary>The column of a leaf.</summary>
    public const int Leaf = -1;

    public bool IsLeaf => Column == Leaf;
}

/// <summary>
/// One grown tree. The first <c>classes</c> class distributions are those of pure leaves, and are not stored;
/// <paramref name="Mixed"/> holds the others consecutively.
/// </summary>
/// <param name="Nodes">The nodes; indices are relative to the tree's root.</param>
/// <param name="Mixed">Class distributions of leaves that are not pure.</param>
/// <param name="Importance">The weighted decrease in impurity by column; sums to 1 unless the tree is a leaf.</param>
internal sealed record GrownTree(TreeNode[] Nodes, double[] Mixed, double[] Importance);
