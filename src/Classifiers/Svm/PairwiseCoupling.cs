namespace Engine.Classifiers.Svm;

/// <summary>
/// Turns the probabilities of pairs into those of classes (Wu, Lin and Weng, "Probability estimates for multi-class
/// classification by pairwise coupling", JMLR 5, 2004, the second method): p minimises Σ Σ (r_ji p_i - r_ij p_j)², where r_ij is
/// the probability of i given that the class is i or j.
/// </summary>
internal static class PairwiseCoupling
{
    private const int MinIterations = 100;

    /// <summary>Finds the probabilities by the paper's fixed-point iteration (algorithm 2).</summary>
    /// <param name="pairs"><c>[classes, classes]</c>: r_ij in (0, 1), with r_ij + r_ji = 1; the diagonal is not read.</param>
    /// <param name="probabilities">Receives p, summing to 1.</param>
    public static void Solve(FeatureMatrix pairs, Span<double> probabilities)
    {
        var classes = probabilities.Length;
        var q = new FeatureMatrix(classes, classes);
        for (var t = 0; t < classes; t++)
        {
            for (var j = 0; j < classes; j++)
            {
                if (j == t) continue;
                q.Row(t)[t] += pairs[j, t] * pairs[j, t];
                q.Row(t)[j] = -pairs[j, t] * pairs[t, j];
            }
        }

        probabilities.Fill(1.0 / classes);
        var product = new double[classes];
        var tolerance = 0.005 / classes;
        for (var iteration = 0; iteration < Math.Max(MinIterations, classes); iteration++)
        {
            // q·p and p·q·p, recomputed each time so that rounding does not accumulate.
            double quadratic = 0, error = 0;
            for (var t = 0; t < classes; t++)
            {
                product[t] = 0;
                for (var j = 0; j < classes; j++) product[t] += q[t, j] * probabilities[j];
                quadratic += probabilities[t] * product[t];
            }

            foreach (var value in product) error = Math.Max(error, Math.Abs(value - quadratic));
            if (error < tolerance) return;
            for (var t = 0; t < classes; t++)
            {
                var change = (quadratic - product[t]) / q[t, t];
                probabilities[t] += change;
                quadratic = (quadratic + change * (change * q[t, t] + 2 * product[t])) / ((1 + change) * (1 + change));
                for (var j = 0; j < classes; j++)
                {
                    product[j] = (product[j] + change * q[t, j]) / (1 + change);
                    probabilities[j] /= 1 + change;
                }
            }
        }
    }
}
