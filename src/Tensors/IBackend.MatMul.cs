namespace Engine.Tensors;

public partial interface IBackend
{
    /// <summary>
    /// <paramref name="result"/> [batch, m, n] = a · b, where a is [batch, m, k], or [batch, k, m] if
    /// <paramref name="transposeA"/>, and b [batch, k, n], or [batch, n, k] if <paramref name="transposeB"/>. An operand of rank
    /// 2 is used for every batch.
    /// </summary>
    /// <param name="a">The left operand.</param>
    /// <param name="transposeA">Whether its last two axes are swapped.</param>
    /// <param name="b">The right operand.</param>
    /// <param name="transposeB">Whether its last two axes are swapped.</param>
    /// <param name="result">Where the product goes.</param>
    /// <param name="accumulate">Adds to the result instead of overwriting it.</param>
    /// <param name="bias">A vector [n] added to every row, or null.</param>
    /// <param name="relu">Whether negatives are then set to zero (NaN is kept).</param>
    void MatMul(
        Tensor a, bool transposeA, Tensor b, bool transposeB, Tensor result, bool accumulate = false, Tensor? bias = null,
        bool relu = false);
}
