using Engine.Classifiers;

namespace Engine.Pipeline.Fitting;

/// <summary>
/// Rejects values at the ends of a double's range, which no recording produces but a table may hold. Multiplying them yields
/// infinities or zeros, from which nothing can be learned or stored. Errors name the column.
/// </summary>
internal static class ValueRange
{
    // A hundred million squares of the largest have a finite sum; a square of the smallest is far from underflow.
    internal const double Largest = 1e150;
    private const double Smallest = 1e-150;

    // Beyond this, the values may be why a fit failed.
    private const double Unusual = 1e60;

    /// <summary>Throws if training values are too large to square, or so small that squares underflow.</summary>
    /// <exception cref="EngineException">One is; the message names row and column.</exception>
    public static void RequireToLearn(FeatureMatrix x, string what)
    {
        RequireToPredict(x, what);
        var largest = 0.0;
        foreach (var v in x.Data) largest = Math.Max(largest, Math.Abs(v));
        if (largest is > 0 and < Smallest)
            throw new EngineException($"{what}: no value is larger than {largest}; below {Smallest} squares underflow and all " +
                "rows look alike. Scale the columns, with a scaler or in the table.");
    }

    /// <summary>Throws if values are too large to square.</summary>
    /// <exception cref="EngineException">One is; the message names row and column.</exception>
    public static void RequireToPredict(FeatureMatrix x, string what)
    {
        for (var i = 0; i < x.Data.Length; i++)
        {
            if (!(Math.Abs(x.Data[i]) <= Largest))
                throw new EngineException(
                    $"{what}: row {i / x.Columns}, column {i % x.Columns} is {x.Data[i]}; beyond {Largest} sums of squares "
                        + "are not finite. Scale the column, or leave it out.");
        }
    }

    /// <summary>Throws if values are beyond single precision, which networks use.</summary>
    /// <exception cref="EngineException">One is; the message names row and column.</exception>
    public static void RequireSingle(FeatureMatrix x, string what)
    {
        for (var i = 0; i < x.Data.Length; i++)
        {
            if (!(Math.Abs(x.Data[i]) <= float.MaxValue))
                throw new EngineException($"{what}: row {i / x.Columns}, column {i % x.Columns} is {x.Data[i]}; it is beyond " +
                    "single precision, which networks use. Scale the column, or leave it out.");
        }
    }

    /// <summary>
    /// Throws unless every row of probabilities is from 0 to 1 and sums to 1; otherwise the values are far outside the range
    /// learned.
    /// </summary>
    /// <exception cref="EngineException">One is not; the message names the row.</exception>
    public static void RequireProbabilities(FeatureMatrix probabilities, string what)
    {
        for (var r = 0; r < probabilities.Rows; r++)
        {
            var sum = 0.0;
            foreach (var p in probabilities.Row(r)) sum += p >= 0 ? p : double.NaN;
            if (!(Math.Abs(sum - 1) < 1e-6))
            {
                throw new EngineException($"{what}: row {r} does not yield probabilities but " +
                    $"{string.Join(", ", probabilities.Row(r).ToArray().Take(5))}; its values are too large or too small for " +
                    "what was learned. Scale the columns.");
            }
        }
    }

    /// <summary>Adds the table's most extreme value to the error of a fit, if that may be the cause.</summary>
    public static EngineException Explain(EngineException error, RowSet rows, IReadOnlyList<string> columns)
    {
        var (data, at) = (rows.Columns.Data, -1);
        for (var i = 0; i < data.Length; i++)
        {
            if (Math.Abs(data[i]) >= Unusual && (at < 0 || Math.Abs(data[i]) > Math.Abs(data[at]))) at = i;
        }

        if (at < 0) return error;
        var (row, column) = (at / rows.Columns.Columns, at % rows.Columns.Columns);
        var remark = $" The largest value learned from is {data[at]}, in {columns[column]} of {rows.Samples[row].Track}.";
        return error.Message.EndsWith(remark, StringComparison.Ordinal)
            ? error : new EngineException(error.Message + remark, error.InnerException ?? error);
    }
}
