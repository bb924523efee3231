namespace Engine.Classifiers.Selection;

/// <summary>
/// The maximal information coefficient: the largest mutual information of two variables under any grid of x by y cells with x·y
/// at most n^0.6, divided by log min(x, y) (Reshef et al., "Detecting novel associations in large data sets", Science 334, 2011).
/// One axis is cut into parts of equal counts and the other as well as possible, by the authors' ApproxMaxMI with c = 15, and
/// vice versa. From 0 (independent) to 1 (one is a function of the other), whatever the scale or shape.
/// </summary>
public static class MaximalInformation
{
    private const double Exponent = 0.6;
    private const int ClumpFactor = 15;

    /// <summary>The coefficient of two variables; 0 if one is constant.</summary>
    /// <exception cref="EngineException">The numbers of values differ, or a value is not finite.</exception>
    public static double Coefficient(ReadOnlySpan<double> x, ReadOnlySpan<double> y)
    {
        if (x.Length != y.Length) throw new EngineException($"MaximalInformation: {x.Length} values of x but {y.Length} of y.");
        new FeatureMatrix(1, x.Length, x.ToArray()).RequireFinite("MaximalInformation");
        new FeatureMatrix(1, y.Length, y.ToArray()).RequireFinite("MaximalInformation");
        return Coefficient(new SortedValues(x), new SortedValues(y));
    }

    /// <summary>
    /// The coefficient of a variable and classes: each class is a cell of one axis, since labels have no order to cut along, and
    /// the other axis is cut into 2 to n^0.6 / classes cells, but at least 2.
    /// </summary>
    /// <exception cref="EngineException">
    /// There are no values, the numbers of values and labels differ, a label is out of range, or a value is not finite.
    /// </exception>
    public static double WithLabels(ReadOnlySpan<double> x, ReadOnlySpan<int> labels, int classes)
    {
        TrainingRows.Require("MaximalInformation", new FeatureMatrix(x.Length, 1, x.ToArray()), labels, classes);
        var present = labels.ToArray().Distinct().Order().ToArray();
        if (present.Length < 2) return 0;
        int[] rows = [.. labels.ToArray().Select(l => Array.BinarySearch(present, l))];
        var columns = Math.Max(2, (int)(Cells(x.Length) / present.Length));
        return Best(new SortedValues(x), rows, present.Length, columns);
    }

    internal static double Coefficient(SortedValues x, SortedValues y)
    {
        var cells = Cells(x.Values.Length);
        var best = 0.0;
        for (var rows = 2; rows <= cells / 2; rows++)
        {
            var columns = (int)(cells / rows);
            best = Math.Max(best, Best(x, y.EqualParts(rows), rows, columns));
            best = Math.Max(best, Best(y, x.EqualParts(rows), rows, columns));
        }

        return best;
    }

    // At least the 2 × 2 grid.
    private static double Cells(int n) => Math.Max(4, Math.Pow(n, Exponent));

    // The largest share of log min over 2 to `columns` cells of x, for given rows.
    private static double Best(SortedValues x, int[] row, int rows, int columns)
    {
        var information = new AxisPartition(x, row, rows, ClumpFactor * columns).Information(columns);
        var best = 0.0;
        for (var cells = 2; cells <= columns; cells++)
            best = Math.Max(best, information[cells] / Math.Log(Math.Min(rows, cells)));
        return Math.Clamp(best, 0, 1);
    }
}
