namespace Engine.Pipeline.FrontEnds;

/// <summary>
/// Resizes the first axis of a matrix. When shrinking, a new row is the mean of the rows it covers, those at its edges weighted
/// by their overlap, so that nothing is left out or counted twice; picking or interpolating single rows would alias. When
/// growing, it is interpolated linearly between the centres of the two nearest rows, with the outermost rows extended; a mean
/// would repeat rows in blocks.
/// </summary>
internal sealed class AxisResize
{
    private readonly int[] _first;
    private readonly float[][] _weights;

    public AxisResize(int from, int to)
    {
        (_first, _weights) = (new int[to], new float[to][]);
        var step = (double)from / to;
        for (var i = 0; i < to; i++)
            (_first[i], _weights[i]) = from >= to
                ? Mean(i * step, (i + 1) * step, from) : Interpolated((i + 0.5) * step - 0.5, from);
    }

    /// <summary>Where the middles of the new rows lie among the old, whose middles are 0, 1 and so on.</summary>
    public static IEnumerable<double> Places(int from, int to) =>
        Enumerable.Range(0, to).Select(i => Math.Clamp((i + 0.5) * from / to - 0.5, 0, from - 1));

    /// <summary>
    /// Resizes <paramref name="source"/> <c>[from, columns]</c> into <paramref name="result"/> <c>[to, columns]</c>.
    /// </summary>
    public void Apply(ReadOnlySpan<float> source, Span<float> result, int columns)
    {
        result.Clear();
        Add(source, 0, result, columns);
    }

    /// <summary>
    /// Adds the contribution of some rows from <paramref name="first"/> on to <paramref name="result"/>, which must start as
    /// zeros. After all rows have been added in order, it equals the result of <see cref="Apply"/>.
    /// </summary>
    public void Add(ReadOnlySpan<float> source, int first, Span<float> result, int columns)
    {
        var end = first + source.Length / columns;
        for (var i = 0; i < _first.Length; i++)
        {
            var row = result.Slice(i * columns, columns);
            for (var k = Math.Max(0, first - _first[i]); k < _weights[i].Length && _first[i] + k < end; k++)
                Matrices.AddScaled(source.Slice((_first[i] + k - first) * columns, columns), _weights[i][k], row);
        }
    }

    private static (int First, float[] Weights) Mean(double start, double end, int from)
    {
        var first = (int)Math.Floor(start);
        // Rounding may move the last edge slightly beyond the last row, or an edge between two rows into the wrong one: no weight
        // there.
        var last = Math.Min((int)Math.Ceiling(end), from) - 1;
        var weights = new float[last - first + 1];
        for (var k = first; k <= last; k++)
            weights[k - first] = (float)((Math.Min(end, k + 1) - Math.Max(start, k)) / (end - start));
        return (first, weights);
    }

    private static (int First, float[] Weights) Interpolated(double middle, int from)
    {
        var place = Math.Clamp(middle, 0, from - 1);
        var first = Math.Min((int)place, Math.Max(from - 2, 0));
        var share = (float)(place - first);
        return (first, from == 1 ? [1] : [1 - share, share]);
    }
}
