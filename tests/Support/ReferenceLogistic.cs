using Engine.Classifiers;

namespace Engine.Tests.Support;

/// <summary>Multinomial logistic regression's objective, straight from the definition.</summary>
internal static class ReferenceLogistic
{
    /// <summary>C·Σ weight·cross-entropy + ½·ΣW², as scikit-learn minimises it; with two classes ½·Σ(w₁ - w₀)².</summary>
    public static double Objective(
        FeatureMatrix x, int[] labels, double[] weights, double c, FeatureMatrix coefficients, double[] bias, int[] present)
    {
        double loss = 0;
        for (var r = 0; r < x.Rows; r++)
        {
            double Score(int k) => bias[k] + Enumerable.Range(0, x.Columns).Sum(i => x[r, i] * coefficients[k, i]);
            var scores = Enumerable.Range(0, present.Length).Select(Score).ToArray();
            loss += weights[r] * (scores.Max() + Math.Log(scores.Sum(s => Math.Exp(s - scores.Max())))
                - scores[Array.IndexOf(present, labels[r])]);
        }

        var penalty = present.Length == 2
            ? Enumerable.Range(0, x.Columns).Sum(i => Math.Pow(coefficients[1, i] - coefficients[0, i], 2))
            : coefficients.Data.Sum(w => w * w);
        return c * loss + penalty / 2;
    }
}
