namespace Engine.Classifiers.Pipeline.FrontEnds;

/// <summary>A float32 tensor per feature row: what a network reads beside, or instead of, named columns.</summary>
/// <param name="Sizes">The sizes of one row's tensor: <c>[channels, bins, frames]</c>, or <c>[1, samples]</c> of a wave.</param>
/// <param name="Values">The values, <c>[rows, Sizes...]</c>, row-major.</param>
public sealed record WindowArray(IReadOnlyList<int> Sizes, float[] Values)
{
    /// <summary>Values of one row: the product of the sizes.</summary>
    public int RowLength { get; } = Sizes.Aggregate(1, (product, size) => checked(product * size));

    /// <summary>The tensor of one row, row-major.</summary>
    public Span<float> Row(int row) => Values.AsSpan(checked(row * RowLength), RowLength);
}
