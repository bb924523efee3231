using System.Runtime.Intrinsics;

namespace Engine.Classifiers.Knn;

/// <summary>A distance that accumulates column by column, four training rows per vector.</summary>
internal interface IPanelMetric
{
    /// <summary>
    /// The accumulator after one more column: <paramref name="query"/> is broadcast, <paramref name="train"/> one lane per row.
    /// </summary>
    static abstract Vector256<double> Step(Vector256<double> sum, Vector256<double> query, Vector256<double> train);

    /// <summary>The same for one row, with the same bits as a lane.</summary>
    static abstract double Step(double sum, double query, double train);

    /// <summary>Converts a finished accumulator to a distance; monotonic.</summary>
    static abstract double Finish(double sum);
}

/// <summary>Sum of squares, then the root.</summary>
internal readonly struct Euclidean : IPanelMetric
{
    public static Vector256<double> Step(Vector256<double> sum, Vector256<double> query, Vector256<double> train)
    {
        var difference = query - train;
        return sum + difference * difference;
    }

    public static double Step(double sum, double query, double train) => sum + (query - train) * (query - train);

    public static double Finish(double sum) => Math.Sqrt(sum);
}

/// <summary>Sum of absolute differences.</summary>
internal readonly struct Manhattan : IPanelMetric
{
    public static Vector256<double> Step(Vector256<double> sum, Vector256<double> query, Vector256<double> train) =>
        sum + Vector256.Abs(query - train);

    public static double Step(double sum, double query, double train) => sum + Math.Abs(query - train);

    public static double Finish(double sum) => sum;
}

/// <summary>Largest absolute difference.</summary>
internal readonly struct Chebyshev : IPanelMetric
{
    public static Vector256<double> Step(Vector256<double> sum, Vector256<double> query, Vector256<double> train) =>
        Vector256.Max(sum, Vector256.Abs(query - train));

    public static double Step(double sum, double query, double train) => Math.Max(sum, Math.Abs(query - train));

    public static double Finish(double sum) => sum;
}

/// <summary>Minus the dot product of unit rows, plus one at the end.</summary>
internal readonly struct Cosine : IPanelMetric
{
    public static Vector256<double> Step(Vector256<double> sum, Vector256<double> query, Vector256<double> train) =>
        sum - query * train;

    public static double Step(double sum, double query, double train) => sum - query * train;

    public static double Finish(double sum) => Math.Clamp(1 + sum, 0, 2);
}
