using Engine.Tensors.Gpu.Kernels;

namespace Engine.Tensors.Gpu;

internal sealed partial class GpuBackend
{
    /// <inheritdoc/>
    public void Sum(Tensor source, Tensor result)
    {
        using var lease = new StorageLease(source, result);
        if (source.Count == 0)
        {
            Fill(result, 0);
            return;
        }

        var groups = ReducedAxes.Groups(source.Shape, result.Shape);
        if (groups.Count == 0)
        {
            Copy(source, result);
            return;
        }

        SumGroups(source, groups, 0, result);
    }

    /// <inheritdoc/>
    public void Max(Tensor source, Tensor? values, Tensor? indices)
    {
        using var lease = new StorageLease(source, values, indices);
        Max(source, source.Shape[0], source.Shape[1], null, values, indices);
    }

    /// <inheritdoc/>
    public void Scatter(Tensor values, Tensor indices, Tensor target)
    {
        using var lease = new StorageLease(values, indices, target);
        Map(target.Count, new ScatterToRows
        {
            Count = target.Count,
            N = new(target.Shape[1]),
            Values = Floats(values),
            Indices = Integers(indices),
            Target = Floats(target),
        });
    }

    // Innermost first; what is in between goes through intermediate memory.
    private void SumGroups(Tensor source, List<(int Outer, int Reduced, int Inner)> groups, int next, Tensor result)
    {
        var (outer, reduced, inner) = groups[next];
        if (next == groups.Count - 1)
        {
            SumMiddle(source, outer, reduced, inner, result);
            return;
        }

        using var sums = Scratch(outer, inner);
        SumMiddle(source, outer, reduced, inner, sums);
        SumGroups(sums, groups, next + 1, result);
    }

    // source [outer, reduced, inner] to result [outer, inner].
    private void SumMiddle(Tensor source, int outer, int reduced, int inner, Tensor result)
    {
        var teams = GpuTeams.For(reduced, inner);
        var chunks = teams.Chunks(reduced);
        if (chunks == 1)
        {
            SumTo(result);
            return;
        }

        using var parts = Scratch(outer, chunks, inner);
        SumTo(parts);
        SumMiddle(parts, outer, chunks, inner, result);

        void SumTo(Tensor target)
        {
            var groups = (inner + teams.Columns - 1) / teams.Columns * chunks * ((outer + teams.Outer - 1) / teams.Outer);
            Launch(new GpuGrid(groups), new SumMiddle
            {
                Outer = outer,
                Reduced = reduced,
                Inner = inner,
                Columns = teams.Columns,
                Lanes = teams.Lanes,
                Chunk = teams.Chunk,
                X = Floats(source),
                Result = Floats(target),
            });
        }
    }

    // Places are columns, or what an earlier pass says of them.
    private void Max(Tensor source, int rows, int n, Tensor? places, Tensor? values, Tensor? indices)
    {
        var teams = GpuTeams.ForRows(n);
        var chunks = teams.Chunks(n);
        if (chunks <= 1)
        {
            MaxTo(values, indices);
            return;
        }

        using GpuScratch maxima = Scratch(rows, chunks), at = Scratch(rows, chunks);
        MaxTo(maxima, at);
        Max(maxima, rows, chunks, at, values, indices);

        void MaxTo(Tensor? maxima, Tensor? columns) => Launch(
            new GpuGrid((rows + teams.Outer - 1) / teams.Outer * chunks), new MaxOfRows
            {
                Rows = rows,
                N = n,
                Lanes = teams.Lanes,
                Chunk = teams.Chunk,
                X = Floats(source),
                Places = Integers(places),
                Values = Floats(maxima),
                Indices = Integers(columns),
            });
    }
}
