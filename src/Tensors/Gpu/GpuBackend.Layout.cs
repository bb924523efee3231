using Engine.Tensors.Gpu.Kernels;
using ILGPU;

namespace Engine.Tensors.Gpu;

internal sealed partial class GpuBackend
{
    // Narrower matrices would leave most of a tile's work items idle.
    private const int SmallestTransposed = 16;

    /// <inheritdoc/>
    public void Copy(Tensor source, Tensor target)
    {
        using var lease = new StorageLease(source, target);
        if (source.Storage == target.Storage && Math.Abs((long)source.Offset - target.Offset) < source.Count)
        {
            // Slices of one block: items copy in any order.
            if (source.Offset == target.Offset) return;
            using var between = Scratch(source.Count);
            Copy(Words(source), Words(between), source.Count);
            Copy(Words(between), Words(target), source.Count);
            return;
        }

        if ((source.Offset | target.Offset | source.Count) % 4 != 0)
        {
            Copy(Words(source), Words(target), source.Count);
            return;
        }

        var count = source.Count / 4;
        Map(count, new CopyFours { Count = count, Source = Fours(source), Target = Fours(target) });
    }

    /// <inheritdoc/>
    public void Fill(Tensor target, float value)
    {
        using var lease = new StorageLease(target);
        if ((target.Offset | target.Count) % 4 != 0)
        {
            Map(target.Count, new FillFloats { Count = target.Count, Value = value, Target = Floats(target) });
            return;
        }

        var count = target.Count / 4;
        Map(count, new FillFours { Count = count, Value = value, Target = Fours(target) });
    }

    /// <inheritdoc/>
    public void CopyStrided(Tensor source, int offset, ReadOnlySpan<int> strides, Tensor result)
    {
        using var lease = new StorageLease(source, result);
        CopyAxes(BroadcastAxes.Of(result.Shape, strides), result.Count, source, offset, result, 0);
    }

    /// <inheritdoc/>
    public void CopyToStrided(Tensor source, Tensor target, int offset, ReadOnlySpan<int> strides)
    {
        using var lease = new StorageLease(source, target);
        var axes = BroadcastAxes.Of(source.Shape, strides);
        CopyAxes(axes with { StridesA = axes.StridesB, StridesB = axes.StridesA }, source.Count, source, 0, target, offset);
    }

    /// <inheritdoc/>
    public void GatherRows(Tensor source, Tensor indices, Tensor result)
    {
        using var lease = new StorageLease(source, indices, result);
        Map(result.Count, new GatherRows
        {
            Count = result.Count,
            Rows = source.Shape[0],
            N = new(source.Shape[1]),
            Source = Floats(source),
            Indices = Integers(indices),
            Result = Floats(result),
        });
    }

    /// <inheritdoc/>
    public void ScatterAddRows(Tensor source, Tensor indices, Tensor target)
    {
        using var lease = new StorageLease(source, indices, target);
        Launch(new GpuGrid(GroupsFor(target.Count)), new ScatterAddRows
        {
            Count = target.Count,
            N = target.Shape[1],
            Rows = indices.Count,
            Source = Floats(source),
            Indices = Integers(indices),
            Target = Floats(target),
        });
    }

    // Of tensors that begin at a multiple of 16 bytes.
    private static ArrayView<F4> Fours(Tensor tensor) => Floats(tensor).Cast<F4>();

    // Groups of 256 items that have an element each.
    private static int GroupsFor(int count) => (int)((count + (Items - 1L)) / Items);

    private void Copy(ArrayView<uint> source, ArrayView<uint> target, int count) =>
        Map(count, new CopyWords { Count = count, Source = source, Target = target });

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
            TransposeTiles(axes, row, column, Words(source).SubView(sourceOffset), Words(target).SubView(targetOffset));
            return;
        }

        axes.ForEachBlock(count, (sizes, stridesA, stridesB, offsets, n) => Map(n, new CopyAxes
        {
            Count = n,
            Axes = new(sizes),
            SourceStrides = new(stridesA),
            TargetStrides = new(stridesB),
            Source = Words(source).SubView(sourceOffset + offsets.A),
            Target = Words(target).SubView(targetOffset + offsets.B),
        }));
    }

    // Neighbours on the axis `row` are neighbours in the source, those on `column` in the target; the other axes make a batch.
    private void TransposeTiles(BroadcastAxes axes, int row, int column, ArrayView<uint> source, ArrayView<uint> target)
    {
        const int tile = Kernels.TransposeTiles.Tile;
        var batch = axes.Without(row, column);
        Span<int> sizes = [1, 1], stridesA = [0, 0], stridesB = [0, 0];
        batch.Sizes.CopyTo(sizes);
        batch.StridesA.CopyTo(stridesA);
        batch.StridesB.CopyTo(stridesB);
        var (rows, columns) = (axes.Sizes[row], axes.Sizes[column]);
        var tiles = (rows + tile - 1) / tile * ((columns + tile - 1) / tile);
        Launch(new GpuGrid(tiles * sizes[0] * sizes[1]), new TransposeTiles
        {
            Rows = rows,
            Columns = columns,
            Inner = sizes[0],
            SourceColumn = axes.StridesA[column],
            SourceOuter = stridesA[1],
            SourceInner = stridesA[0],
            Source = source,
            TargetRow = axes.StridesB[row],
            TargetOuter = stridesB[1],
            TargetInner = stridesB[0],
            Target = target,
        });
    }
}
