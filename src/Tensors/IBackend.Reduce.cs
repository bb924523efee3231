namespace Engine.Tensors;

public partial interface IBackend
{
    /// <summary>
    /// Sums over the axes in which <paramref name="result"/> has size 1 and <paramref name="source"/> does not; both have the
    /// same rank. The sum of no elements is 0.
    /// </summary>
    void Sum(Tensor source, Tensor result);

    /// <summary>
    /// The maximum of each row of <paramref name="source"/> [rows, n] and the column of its first occurrence (int32);
    /// either result, [rows], may be null. A NaN counts as the maximum.
    /// </summary>
    void Max(Tensor source, Tensor? values, Tensor? indices);

    /// <summary>
    /// <paramref name="target"/> [rows, n] = zeros, except target[r, indices[r]] = values[r]: the gradient of a selection.
    /// </summary>
    void Scatter(Tensor values, Tensor indices, Tensor target);
}
