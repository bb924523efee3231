namespace Engine.Classifiers.Knn;

/// <summary>
/// Training rows in panels of sixteen: panel p holds rows 16p … 16p+15 column by column, so that one vector lane is one row.
/// Every row is summed over its columns in order, one at a time, so the bits depend neither on the vector width nor on
/// neighbouring rows. Unused lanes of the last panel are zero and their distances are ignored.
/// </summary>
internal sealed class Panels
{
    /// <summary>Rows per panel: four vectors of four, whose chains of additions run in parallel.</summary>
    public const int Height = 16;

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

    /// <summary><paramref name="count"/> panels from <paramref name="first"/> on: <c>[count, columns, 16]</c>.</summary>
    public ReadOnlySpan<double> Range(int first, int count) => _data.AsSpan(first * Height * _columns, count * Height * _columns);
}
