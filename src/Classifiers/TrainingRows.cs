namespace Engine.Classifiers;

/// <summary>The requirements of every classifier on its training rows.</summary>
internal static class TrainingRows
{
    /// <summary>
    /// Throws unless there are rows and columns, a label in [0, <paramref name="classes"/>) for each row, and only finite values.
    /// </summary>
    public static void Require(string operation, FeatureMatrix x, ReadOnlySpan<int> labels, int classes)
    {
        ArgumentNullException.ThrowIfNull(x);
        if (x.Rows != labels.Length) throw new EngineException($"{operation}: {x.Rows} rows but {labels.Length} labels.");
        if (x.Rows == 0) throw new EngineException($"{operation}: there are no rows to learn from.");
        if (x.Columns == 0) throw new EngineException($"{operation}: the rows have no columns.");
        foreach (var label in labels)
        {
            if ((uint)label >= (uint)classes) throw new EngineException($"{operation}: label {label} is outside [0, {classes}).");
        }

        x.RequireFinite(operation);
    }
}
