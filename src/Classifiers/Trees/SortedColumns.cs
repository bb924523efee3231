namespace Engine.Classifiers.Trees;

/// <summary>
/// The training rows sorted by every column, once for all trees: a node sorts its rows by rank, a small integer, and reads values
/// only to compute a threshold. 12 bytes per value.
/// </summary>
internal sealed class SortedColumns
{
    private readonly int[] _order;
    private readonly int[] _rank;
    private readonly int[] _level;

    /// <summary>Sorts the columns of <paramref name="x"/>, which must be finite and must not change.</summary>
    public SortedColumns(FeatureMatrix x, int threads)
    {
        X = x;
        (_order, _rank, _level) = (new int[x.Data.Length], new int[x.Data.Length], new int[x.Data.Length]);
        Serially.OrRun(threads, x.Columns, Sort);
    }

    /// <summary>The rows.</summary>
    public FeatureMatrix X { get; }

    /// <summary>The row at each rank of a column.</summary>
    public ReadOnlySpan<int> Order(int column) => _order.AsSpan(column * X.Rows, X.Rows);

    /// <summary>The rank of each row in a column, from 0; rows of equal value have different ranks.</summary>
    public ReadOnlySpan<int> Rank(int column) => _rank.AsSpan(column * X.Rows, X.Rows);

    /// <summary>A number for each rank of a column: equal where the values are equal, and increasing with them.</summary>
    public ReadOnlySpan<int> Level(int column) => _level.AsSpan(column * X.Rows, X.Rows);

    /// <summary>The value at a rank.</summary>
    public double Value(int column, int rank) => X.Data[_order[column * X.Rows + rank] * X.Columns + column];

    private void Sort(int column)
    {
        var values = new double[X.Rows];
        var order = _order.AsSpan(column * X.Rows, X.Rows);
        for (var r = 0; r < order.Length; r++) (values[r], order[r]) = (X.Data[r * X.Columns + column], r);
        values.AsSpan().Sort(order);
        var rank = _rank.AsSpan(column * X.Rows, X.Rows);
        var level = _level.AsSpan(column * X.Rows, X.Rows);
        for (var i = 0; i < order.Length; i++)
        {
            rank[order[i]] = i;
            level[i] = i == 0 ? 0 : values[i] == values[i - 1] ? level[i - 1] : level[i - 1] + 1;
        }
    }
}
