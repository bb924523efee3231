namespace Engine.Classifiers.Trees;

/// <summary>
/// The training rows column by column, once for all trees: sorted if every value may become a threshold, unsorted if thresholds
/// are drawn at random.
/// </summary>
internal sealed class TreeColumns
{
    private readonly int _rows;
    private readonly SortedColumns? _sorted;
    private readonly double[] _values = [];

    /// <summary>Prepares the columns of <paramref name="x"/>, which must be finite and must not change.</summary>
    public TreeColumns(FeatureMatrix x, SplitThresholds thresholds, int threads)
    {
        (_rows, Count) = (x.Rows, x.Columns);
        if (thresholds == SplitThresholds.Best)
        {
            _sorted = new SortedColumns(x, threads);
            return;
        }

        _values = new double[x.Data.Length];
        Serially.OrRun(threads, x.Columns, c =>
        {
            var values = _values.AsSpan(c * x.Rows, x.Rows);
            for (var r = 0; r < values.Length; r++) values[r] = x.Data[r * x.Columns + c];
        });
    }

    /// <summary>How many columns there are.</summary>
    public int Count { get; }

    /// <summary>For thresholds at every value.</summary>
    public SortedColumns Sorted => _sorted!;

    /// <summary>For random thresholds: a column's value in each row.</summary>
    public ReadOnlySpan<double> Values(int column) => _values.AsSpan(column * _rows, _rows);
}
