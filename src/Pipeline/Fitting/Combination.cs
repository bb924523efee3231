using Engine.Classifiers;
using Engine.Classifiers.Linear;

namespace Engine.Pipeline.Fitting;

/// <summary>Turns the probabilities of several members into one.</summary>
internal static class Combination
{
    private const int MostSteps = 10_000;

    // Weights are printed with four decimals.
    private const double Settled = 1e-9;

    // A member that rules the right label out has a likelihood all the same, or one such row would rule out the member.
    private const double LeastLikely = 1e-12;

    /// <summary>What a fitted classifier makes of them; without one their mean, weighted if there are weights.</summary>
    public static FeatureMatrix Of(FeatureMatrix[] parts, IReadOnlyList<double>? weights, LogisticRegression? stacker) =>
        stacker is null ? Average(parts, weights) : stacker.PredictProbabilities(SideBySide(parts));

    /// <summary>The probabilities of all members in one row, member by member.</summary>
    public static FeatureMatrix SideBySide(FeatureMatrix[] parts)
    {
        var all = new FeatureMatrix(parts[0].Rows, parts.Sum(p => p.Columns));
        for (var r = 0; r < all.Rows; r++)
        {
            for (var p = 0; p < parts.Length; p++) parts[p].Row(r).CopyTo(all.Row(r)[(p * parts[p].Columns)..]);
        }

        return all;
    }

    /// <summary>
    /// The weights, summing to 1, of the mean that makes the right labels most likely: the maximum of a concave function, found
    /// by expectation maximisation, each step of which lets the members share every row by what they gave its label.
    /// </summary>
    /// <param name="parts">The members' probabilities of rows that they were not fitted on.</param>
    /// <param name="labels">The right label of each row.</param>
    public static double[] Weights(FeatureMatrix[] parts, int[] labels)
    {
        var weights = Enumerable.Repeat(1.0 / parts.Length, parts.Length).ToArray();
        for (var step = 0; step < MostSteps; step++)
        {
            var shares = new double[parts.Length];
            for (var r = 0; r < labels.Length; r++)
            {
                double Likelihood(int p) => weights[p] * Math.Max(parts[p][r, labels[r]], LeastLikely);
                double total = 0;
                for (var p = 0; p < parts.Length; p++) total += Likelihood(p);
                for (var p = 0; p < parts.Length; p++) shares[p] += Likelihood(p) / total / labels.Length;
            }

            var moved = shares.Zip(weights).Max(s => Math.Abs(s.First - s.Second));
            weights = shares;
            if (moved < Settled) break;
        }

        return weights;
    }

    private static FeatureMatrix Average(FeatureMatrix[] parts, IReadOnlyList<double>? weights)
    {
        var (mean, total) = (new FeatureMatrix(parts[0].Rows, parts[0].Columns), weights?.Sum() ?? parts.Length);
        for (var p = 0; p < parts.Length; p++)
        {
            var share = (weights?[p] ?? 1) / total;
            for (var i = 0; i < mean.Data.Length; i++) mean.Data[i] += share * parts[p].Data[i];
        }

        return mean;
    }
}
