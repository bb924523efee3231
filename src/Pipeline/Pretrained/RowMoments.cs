namespace Engine.Pipeline.Pretrained;

/// <summary>Mean and population deviation of each value over the rows added, in one pass (Welford 1962).</summary>
internal sealed class RowMoments(int values)
{
    private readonly double[] _means = new double[values];
    private readonly double[] _squares = new double[values];
    private int _rows;

    /// <summary>Adds a row.</summary>
    public void Add(ReadOnlySpan<float> row)
    {
        _rows++;
        for (var i = 0; i < row.Length; i++)
        {
            var off = row[i] - _means[i];
            _means[i] += off / _rows;
            _squares[i] += off * (row[i] - _means[i]);
        }
    }

    /// <summary>The means.</summary>
    public double[] Means() => _means;

    /// <summary>Mean and deviation of each value in turn.</summary>
    public double[] MeansAndDeviations() =>
        [.. _means.Zip(_squares, (m, s) => new[] { m, Math.Sqrt(s / _rows) }).SelectMany(p => p)];
}
