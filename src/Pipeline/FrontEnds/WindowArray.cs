namespace Engine.Pipeline.FrontEnds;

/// <summary>A float32 tensor per feature row: what a network reads alongside, or instead of, named columns.</summary>
/// <param name="Sizes">The sizes of one row's tensor: <c>[channels, bins, frames]</c>, or <c>[1, samples]</c> for a wave.</param>
/// <param name="Values">The values, <c>[rows, Sizes...]</c>, row-major.</param>
public sealed record WindowArray(IReadOnlyList<int> Sizes, float[] Values)
{
    /// <summary>Values per row: the product of the sizes.</summary>
    public int RowLength { get; } = Length(Sizes);

    /// <summary>Such as <c>10 windows [1, 128, 130]</c>.</summary>
    public override string ToString() =>
        $"{(RowLength == 0 ? 0 : Values.Length / RowLength)} windows [{string.Join(", ", Sizes)}]";

    /// <summary>The tensor of one row, row-major.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such row.</exception>
    public Span<float> Row(int row)
    {
        var start = (long)row * RowLength;
        if (start < 0 || start + RowLength > Values.Length)
            throw new ArgumentOutOfRangeException(nameof(row),
                $"WindowArray: there is no row {row} of {RowLength} in {Values.Length} values.");
        return Values.AsSpan((int)start, RowLength);
    }

    private static int Length(IReadOnlyList<int> sizes)
    {
        ArgumentNullException.ThrowIfNull(sizes);
        var length = 1L;
        foreach (var size in sizes)
        {
            if (size < 0 || (length *= size) > Array.MaxLength)
                throw new ArgumentOutOfRangeException(nameof(sizes),
                    $"WindowArray: a row [{string.Join(", ", sizes)}] has a negative size, or more values than an array can "
                        + "hold.");
        }

        return (int)length;
    }
}
