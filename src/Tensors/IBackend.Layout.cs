namespace Engine.Tensors;

public partial interface IBackend
{
    /// <summary>
    /// result[i₀, i₁, …] = source at Σ iₐ·strides[a] + offset, in elements of either type: permutations, slices and repeats.
    /// </summary>
    void CopyStrided(Tensor source, int offset, ReadOnlySpan<int> strides, Tensor result);

    /// <summary>The reverse: target at Σ iₐ·strides[a] + offset = source[i₀, i₁, …]; other elements are left alone.</summary>
    void CopyToStrided(Tensor source, Tensor target, int offset, ReadOnlySpan<int> strides);

    /// <summary>result[r, :] = source[indices[r], :] for a source [rows, n] and int32 indices [result rows].</summary>
    void GatherRows(Tensor source, Tensor indices, Tensor result);

    /// <summary>target [rows, n] = zeros; then target[indices[r], :] += source[r, :] in the order of r.</summary>
    void ScatterAddRows(Tensor source, Tensor indices, Tensor target);
}
