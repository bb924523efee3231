namespace Engine.Tensors.Gpu;

internal sealed partial class GpuBackend
{
    // Narrower matrices would leave most of a tile's work items idle.
    private const int SmallestTransposed = 16;
    private const int Tile = 32;

    private static readonly KernelFamily s_layout = new("layout");

    /// <inheritdoc/>
    public void Copy(Tensor source, Tensor target)
    {
        if (source.Storage == target.Storage && Math.Abs((long)source.Offset - target.Offset) < source.Count)
        {
            // Slices of one block: items copy in any order.
            if (source.Offset == target.Offset) return;
            using var between = Scratch(source.Count);
            Copy(source, between);
            Copy(between, target);
            return;
        }

        var width = (source.Offset | target.Offset | source.Count) % 4 == 0 ? 4 : 1;
        Map(s_layout, "copy", source.Count / width, source.Count / width, width, source, target);
    }

    /// <inheritdoc/>
    public void Fill(Tensor target, float value)
    {
        var width = (target.Offset | target.Count) % 4 == 0 ? 4 : 1;
        Map(s_layout, "fill", target.Count / width, target.Count / width, width, value, target);
    }

    /// <inheritdoc/>
    public void CopyStrided(Tensor source, int offset, ReadOnlySpan<int> strides, Tensor result) =>
        CopyAxes(BroadcastAxes.Of(result.Shape, strides), result.Count, source, offset, result, 0);

    /// <inheritdoc/>
    public void CopyToStrided(Tensor source, Tensor target, int offset, ReadOnlySpan<int> strides)
    {
        var axes = BroadcastAxes.Of(source.Shape, strides);
        CopyAxes(axes with { StridesA = axes.StridesB, StridesB = axes.StridesA }, source.Count, source, 0, target, offset);
    }

    /// <inheritdoc/>
    public void GatherRows(Tensor source, Tensor indices, Tensor result) =>
        Map(s_layout, "gather_rows", result.Count, result.Count, source.Shape[1], source.Shape[0], source, indices, result);

    /// <inheritdoc/>
    public void ScatterAddRows(Tensor source, Tensor indices, Tensor target) => Launch(
        s_layout, "scatter_add_rows", new GpuGrid(GroupsFor(target.Count), Items), target.Count, target.Shape[1], indices.Count,
        source, indices, target);

    // Groups of 256 items that have an element each.
    private static int GroupsFor(int count) => (int)((count + (Items - 1L)) / Items);

    // A is read at its strides, B written.
    private void CopyAxes(BroadcastAxes axes, int count, Tensor source, int sourceOffset, Tensor target, int targetOffset)
    {
        if (count == 0) return;
        if (axes is { Sizes: [] } or { StridesA: [1], StridesB: [1] })
        {
            using var from = TensorScope.Release(source.Alias(new Shape(count), sourceOffset));
            using var to = TensorScope.Release(target.Alias(new Shape(count), targetOffset));
            Copy(from, to);
            return;
        }

        var (row, column) = axes.UnitAxes;
        if (row >= 0 && column >= 0 && row != column && axes.Sizes.Length <= 4
            && Math.Min(axes.Sizes[row], axes.Sizes[column]) >= SmallestTransposed)
        {
            TransposeTiles(axes, row, column, source, sourceOffset, target, targetOffset);
            return;
        }

        axes.ForEachBlock(count, (d, s, t, offsets, n) =>
        {
            using var from = TensorScope.Release(source.Alias(new Shape(), sourceOffset + offsets.A));
            using var to = TensorScope.Release(target.Alias(new Shape(), targetOffset + offsets.B));
            Map(
                s_layout, "copy_axes", n, n, axes.Sizes.Length, d[1], d[2], d[3],
                from, s[0], s[1], s[2], s[3], to, t[0], t[1], t[2], t[3]);
        });
    }

    // Neighbours on the axis `row` are neighbours in the source, those on `column` in the target; the other axes make a batch.
    private void TransposeTiles(
        BroadcastAxes axes, int row, int column, Tensor source, int sourceOffset, Tensor target, int targetOffset)
    {
        var batch = axes.Without(row, column);
        Span<int> sizes = [1, 1], stridesA = [0, 0], stridesB = [0, 0];
        batch.Sizes.CopyTo(sizes);
        batch.StridesA.CopyTo(stridesA);
        batch.StridesB.CopyTo(stridesB);
        var (rows, columns) = (axes.Sizes[row], axes.Sizes[column]);
        var tiles = (rows + Tile - 1) / Tile * ((columns + Tile - 1) / Tile);
        using var from = TensorScope.Release(source.Alias(new Shape(), sourceOffset));
        using var to = TensorScope.Release(target.Alias(new Shape(), targetOffset));
        Launch(
            s_layout, "transpose_tiles", new GpuGrid(tiles * sizes[0] * sizes[1], 1, 1, Tile, 8), rows, columns, sizes[0],
            from, axes.StridesA[column], stridesA[1], stridesA[0], to, axes.StridesB[row], stridesB[1], stridesB[0]);
    }
}
