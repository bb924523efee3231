using System.Numerics.Tensors;
using Engine.Classifiers.Numerics;

namespace Engine.Classifiers.Selection;

/// <summary>
/// Linear and rank correlation of columns. A constant column, whose correlation is undefined, counts as uncorrelated with every
/// other.
/// </summary>
public static class Correlation
{
    // More classes than any data set has, and few enough to count in arrays.
    private const int MostClasses = 1 << 24;

    /// <summary>Pearson's r of every pair of columns, <c>[columns, columns]</c>, ones on the diagonal.</summary>
    /// <exception cref="EngineException">No row, or a value that is not finite.</exception>
    public static FeatureMatrix Pearson(FeatureMatrix x) => OfRows(Columns(x));

    /// <summary>Spearman's ρ of every pair of columns: Pearson's r of their ranks, ties sharing their mean rank.</summary>
    /// <exception cref="EngineException">No row, or a value that is not finite.</exception>
    public static FeatureMatrix Spearman(FeatureMatrix x)
    {
        var columns = Columns(x);
        for (var c = 0; c < columns.Rows; c++) Ranks.Of(columns.Row(c)).CopyTo(columns.Row(c));
        return OfRows(columns);
    }

    /// <summary>
    /// How well classes explain a variable: the correlation ratio η, the root of the share of its variance that is between the
    /// class means. It is the multiple correlation with the class indicators (with two classes, Pearson's |r|), and does not
    /// depend on the order of the labels. From 0 to 1; 0 for a constant.
    /// </summary>
    /// <exception cref="EngineException">
    /// There are no values, the numbers of values and labels differ, the number of classes or a label is out of range, or a value
    /// is not finite.
    /// </exception>
    public static double Ratio(ReadOnlySpan<double> values, ReadOnlySpan<int> labels, int classes)
    {
        var (sums, counts, total) = ByClass(values, labels, classes);
        if (total == 0) return 0;
        var between = 0.0;
        for (var c = 0; c < classes; c++) between += counts[c] == 0 ? 0 : sums[c] * sums[c] / counts[c];
        return Math.Sqrt(Math.Min(1, between / total));
    }

    /// <summary>
    /// Pearson's r of a variable with the indicator of each class, which is 1 for its rows and 0 for others: positive where the
    /// class has larger values than the rest. 0 for a constant, for a class without rows and for one that has all.
    /// </summary>
    /// <inheritdoc cref="Ratio"/>
    public static double[] WithClasses(ReadOnlySpan<double> values, ReadOnlySpan<int> labels, int classes)
    {
        var (sums, counts, total) = ByClass(values, labels, classes);
        var (n, r) = ((double)values.Length, new double[classes]);
        for (var c = 0; c < classes; c++)
        {
            // The indicator's sum of squares about its mean; the variable is already about its own.
            var indicator = counts[c] * (n - counts[c]) / n;
            if (total > 0 && indicator > 0) r[c] = Math.Clamp(sums[c] / Math.Sqrt(total * indicator), -1, 1);
        }

        return r;
    }

    // The sum of each class's values about the common mean, its rows, and the sum of all squares about the mean.
    private static (double[] Sums, int[] Counts, double Squares) ByClass(
        ReadOnlySpan<double> values, ReadOnlySpan<int> labels, int classes)
    {
        if (classes is < 1 or > MostClasses)
            throw new EngineException($"Correlation: classes is {classes}; it must be from 1 to {MostClasses}.");
        var column = new FeatureMatrix(values.Length, 1, values.ToArray());
        TrainingRows.Require("Correlation", column, labels, classes);
        var (sums, counts) = (new double[classes], new int[classes]);
        var centered = column.Data;
        if (!Center(centered)) return (sums, counts, 0);
        for (var i = 0; i < centered.Length; i++)
        {
            sums[labels[i]] += centered[i];
            counts[labels[i]]++;
        }

        return (sums, counts, Vectors.Dot(centered, centered));
    }

    /// <summary>The columns as rows.</summary>
    internal static FeatureMatrix Columns(FeatureMatrix x)
    {
        ArgumentNullException.ThrowIfNull(x);
        if (x.Rows == 0) throw new EngineException("Correlation: there is no row.");
        x.RequireFinite("Correlation");
        var columns = new FeatureMatrix(x.Columns, x.Rows);
        for (var r = 0; r < x.Rows; r++)
        {
            for (var c = 0; c < x.Columns; c++) columns.Data[c * x.Rows + r] = x[r, c];
        }

        return columns;
    }

    private static FeatureMatrix OfRows(FeatureMatrix rows)
    {
        for (var c = 0; c < rows.Rows; c++)
        {
            var row = rows.Row(c);
            if (Center(row)) TensorPrimitives.Multiply(row, 1 / Math.Sqrt(Vectors.Dot(row, row)), row);
            else row.Clear();
        }

        var r = MatrixProduct.Gram(rows);
        TensorPrimitives.Clamp<double>(r.Data, -1, 1, r.Data);
        for (var c = 0; c < r.Rows; c++) r.Row(c)[c] = 1;
        return r;
    }

    // Subtracts the mean and scales the largest value to 1, so that squares stay in range; false if all values are equal.
    private static bool Center(Span<double> values)
    {
        if (values.IndexOfAnyExcept(values[0]) < 0) return false;
        TensorPrimitives.Divide(values, Math.Abs(TensorPrimitives.MaxMagnitude<double>(values)), values);
        var mean = 0.0;
        foreach (var v in values) mean += v;
        mean /= values.Length;
        TensorPrimitives.Subtract(values, mean, values);
        return true;
    }
}
