namespace Engine.Classifiers;

/// <summary>How much a training row of each class counts.</summary>
public enum ClassWeighting
{
    /// <summary>Every row counts 1.</summary>
    None,

    /// <summary>
    /// Every class counts the same: a row counts rows / (classes present · rows of its class), as in scikit-learn.
    /// </summary>
    Balanced,
}

internal static class ClassWeightings
{
    /// <summary>The weight of each training row.</summary>
    public static double[] OfRows(this ClassWeighting weighting, ReadOnlySpan<int> labels, int classes)
    {
        var weights = new double[labels.Length];
        if (weighting == ClassWeighting.None)
        {
            Array.Fill(weights, 1);
            return weights;
        }

        var rows = new int[classes];
        foreach (var label in labels) rows[label]++;
        var present = rows.Count(n => n > 0);
        for (var r = 0; r < weights.Length; r++) weights[r] = (double)labels.Length / ((double)present * rows[labels[r]]);
        return weights;
    }
}
