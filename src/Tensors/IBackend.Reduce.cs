namespace Engine.Tensors;

/// <summary>A reduction of one or more axes.</summary>
public enum ReduceOp
{
    /// <summary>The sum; 0 for no elements.</summary>
    Sum,
}

public partial interface IBackend
{
    /// <summary>
    /// Reduces the axes in which <paramref name="result"/> has size 1 and <paramref name="source"/> another; both have the
    /// same rank.
    /// </summary>
    void Reduce(ReduceOp op, Tensor source, Tensor result);
}
