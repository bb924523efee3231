using System.Diagnostics.CodeAnalysis;
using Engine.Tensors.Serialization;

namespace Engine.Classifiers;

/// <summary>Feature rows: <c>[Rows, Columns]</c> of double, row-major; one row per recording or window.</summary>
public sealed class FeatureMatrix
{
    /// <summary>A matrix of zeros.</summary>
    /// <exception cref="EngineException">A size is negative, or the product exceeds an array's length.</exception>
    public FeatureMatrix(int rows, int columns)
        : this(rows, columns, new double[Length(rows, columns)])
    {
    }

    /// <summary>Wraps <paramref name="data"/> (not copied): row r is <c>data[r·columns .. (r+1)·columns)</c>.</summary>
    /// <exception cref="EngineException">The array's length is not rows × columns.</exception>
    public FeatureMatrix(int rows, int columns, double[] data)
    {
        ArgumentNullException.ThrowIfNull(data);
        if (data.Length != Length(rows, columns)) ThrowLength(rows, columns, data.Length);
        (Rows, Columns, Data) = (rows, columns, data);
    }

    /// <summary>Number of rows.</summary>
    public int Rows { get; }

    /// <summary>Number of columns (features).</summary>
    public int Columns { get; }

    /// <summary>The values, row-major.</summary>
    public double[] Data { get; }

    /// <summary>The value at (<paramref name="row"/>, <paramref name="column"/>).</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such row or column.</exception>
    public double this[int row, int column]
    {
        get
        {
            if ((uint)column >= (uint)Columns) ThrowOutside(nameof(column), column);
            return Row(row)[column];
        }
    }

    /// <summary>Row <paramref name="index"/>, <see cref="Columns"/> values.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such row.</exception>
    public Span<double> Row(int index)
    {
        if ((uint)index >= (uint)Rows) ThrowOutside("row", index);
        return Data.AsSpan(index * Columns, Columns);
    }

    /// <summary>Such as <c>FeatureMatrix [800, 57]</c>.</summary>
    public override string ToString() => $"FeatureMatrix [{Rows}, {Columns}]";

    /// <summary>A copy of the rows <paramref name="indices"/>, in that order.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such row.</exception>
    public FeatureMatrix Select(ReadOnlySpan<int> indices)
    {
        var picked = new FeatureMatrix(indices.Length, Columns);
        for (var i = 0; i < indices.Length; i++) Row(indices[i]).CopyTo(picked.Row(i));
        return picked;
    }

    /// <summary>The column of each row's largest value; the lowest on ties.</summary>
    /// <exception cref="EngineException">There are rows but no columns.</exception>
    public int[] ArgMax()
    {
        if (Columns == 0 && Rows > 0) throw new EngineException($"ArgMax: the matrix [{Rows}, 0] has no columns to choose from.");
        var best = new int[Rows];
        for (var r = 0; r < Rows; r++)
        {
            var row = Row(r);
            for (var c = 1; c < row.Length; c++)
            {
                if (row[c] > row[best[r]]) best[r] = c;
            }
        }

        return best;
    }

    /// <summary>Throws unless every value is finite.</summary>
    internal void RequireFinite(string operation)
    {
        for (var i = 0; i < Data.Length; i++)
        {
            if (!double.IsFinite(Data[i])) ThrowNotFinite(operation, i / Columns, i % Columns, Data[i]);
        }
    }

    /// <summary>Throws unless the number of columns matches the fitted state.</summary>
    internal void RequireColumns(string operation, int expected)
    {
        if (Columns != expected)
            throw new EngineException($"{operation}: the rows have {Columns} columns but it was fitted on {expected}.");
    }

    /// <summary>The values as a tensor <c>[Rows, Columns]</c> (F64) to store.</summary>
    public StoredTensor ToTensor() => new(Data, Rows, Columns);

    private static int Length(int rows, int columns)
    {
        if (rows < 0 || columns < 0 || (long)rows * columns > Array.MaxLength)
        {
            throw new EngineException(
                $"FeatureMatrix: [{rows}, {columns}] is not a size; both must be at least 0 and the product at most "
                    + $"{Array.MaxLength}.");
        }

        return rows * columns;
    }

    [DoesNotReturn]
    private static void ThrowLength(int rows, int columns, int length) =>
        throw new EngineException(
            $"FeatureMatrix: [{rows}, {columns}] needs {(long)rows * columns} values but the array has {length}.");

    [DoesNotReturn]
    private static void ThrowNotFinite(string operation, int row, int column, double value) =>
        throw new EngineException($"{operation}: row {row}, column {column} is {value}; every value must be finite.");

    private void ThrowOutside(string what, int index) =>
        throw new ArgumentOutOfRangeException(what, $"FeatureMatrix: there is no {what} {index} in [{Rows}, {Columns}].");
}
