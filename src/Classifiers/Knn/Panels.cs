using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Engine.Classifiers.Knn;

/// <summary>
/// Training rows in panels of eight: panel p holds rows 8p … 8p+7 column by column, so that one vector lane is one row.
/// Every row is summed over its columns in order, one at a time: the bits depend neither on the vector width nor on the
/// rows beside it. Unused lanes of the last panel are zero and their distances are not read.
/// </summary>
internal sealed class Panels
{
    /// <summary>Rows of a panel: two vectors, whose chains of additions run side by side.</summary>
    public const int Height = 8;

    private readonly double[] _data;
    private readonly int _columns;

    public Panels(FeatureMatrix rows)
    {
        (Rows, _columns) = (rows.Rows, rows.Columns);
        Count = (Rows + Height - 1) / Height;
        _data = new double[checked(Count * Height * _columns)];
        for (var r = 0; r < Rows; r++)
        {
            var row = rows.Row(r);
            var at = r / Height * Height * _columns + r % Height;
            for (var c = 0; c < _columns; c++) _data[at + c * Height] = row[c];
        }
    }

    /// <summary>Number of rows.</summary>
    public int Rows { get; }

    /// <summary>Number of panels.</summary>
    public int Count { get; }

    /// <summary>Panel <paramref name="index"/>: <c>[columns, 8]</c>.</summary>
    public ReadOnlySpan<double> this[int index] => _data.AsSpan(index * Height * _columns, Height * _columns);

    /// <summary>Accumulates <paramref name="query"/> against every row; <paramref name="sums"/> holds <c>Count · 8</c> values.</summary>
    public void Accumulate<TMetric>(ReadOnlySpan<double> query, Span<double> sums) where TMetric : IPanelMetric
    {
        for (var p = 0; p < Count; p++)
        {
            var panel = MemoryMarshal.Cast<double, Vector256<double>>(this[p]);
            var (low, high) = (Vector256<double>.Zero, Vector256<double>.Zero);
            for (var c = 0; c < query.Length; c++)
            {
                var q = Vector256.Create(query[c]);
                low = TMetric.Step(low, q, panel[2 * c]);
                high = TMetric.Step(high, q, panel[2 * c + 1]);
            }

            low.CopyTo(sums[(p * Height)..]);
            high.CopyTo(sums[(p * Height + 4)..]);
        }
    }
}
