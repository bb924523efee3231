namespace Engine.Classifiers.Knn;

/// <summary>Rows scaled to length 1, for the cosine distance.</summary>
internal static class UnitRows
{
    /// <summary>
    /// A copy whose rows have length 1; a row of zeros stays zero. Dividing by the largest value first keeps the squares of huge
    /// and tiny rows in range.
    /// </summary>
    public static FeatureMatrix Of(FeatureMatrix rows)
    {
        rows.RequireFinite("KnnClassifier");
        var unit = new FeatureMatrix(rows.Rows, rows.Columns);
        for (var r = 0; r < rows.Rows; r++)
        {
            var from = rows.Row(r);
            var to = unit.Row(r);
            double largest = 0, squares = 0;
            foreach (var v in from) largest = Math.Max(largest, Math.Abs(v));
            if (largest == 0) continue;
            foreach (var v in from) squares += v / largest * (v / largest);
            var length = Math.Sqrt(squares);
            for (var c = 0; c < from.Length; c++) to[c] = from[c] / largest / length;
        }

        return unit;
    }
}
