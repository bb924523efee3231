namespace Engine.Tensors.Gpu;

internal sealed partial class GpuBackend
{
    private static readonly KernelFamily s_reduce = new("reduce", ["team"]);

    /// <inheritdoc/>
    public void Sum(Tensor source, Tensor result)
    {
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
    public void Max(Tensor source, Tensor? values, Tensor? indices) =>
        Max(source, source.Shape[0], source.Shape[1], null, values, indices);

    /// <inheritdoc/>
    public void Scatter(Tensor values, Tensor indices, Tensor target) =>
        Map(s_reduce, "scatter", target.Count, target.Count, target.Shape[1], values, indices, target);

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
            Launch(result);
            return;
        }

        using var parts = Scratch(outer, chunks, inner);
        Launch(parts);
        SumMiddle(parts, outer, chunks, inner, result);

        void Launch(Tensor target)
        {
            var groups = ((inner + teams.Columns - 1) / teams.Columns) * chunks * ((outer + teams.Outer - 1) / teams.Outer);
            this.Launch(s_reduce, "sum", new GpuGrid(groups, GpuTeams.Group), outer, reduced, inner, teams.Columns, teams.Lanes,
                teams.Chunk, source, target);
        }
    }

    // Places are columns, or what an earlier pass says of them.
    private void Max(Tensor source, int rows, int n, Tensor? places, Tensor? values, Tensor? indices)
    {
        var teams = GpuTeams.ForRows(n);
        var chunks = teams.Chunks(n);
        if (chunks <= 1)
        {
            Launch(values, indices);
            return;
        }

        using GpuScratch maxima = Scratch(rows, chunks), at = Scratch(rows, chunks);
        Launch(maxima, at);
        Max(maxima, rows, chunks, at, values, indices);

        void Launch(Tensor? maxima, Tensor? columns) => this.Launch(
            s_reduce, "maximum", new GpuGrid((rows + teams.Outer - 1) / teams.Outer * chunks, GpuTeams.Group), rows, n,
            teams.Lanes, teams.Chunk, source, places, maxima, columns);
    }
}
