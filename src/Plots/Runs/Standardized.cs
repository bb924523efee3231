using Engine.Classifiers;
using Engine.Classifiers.Decomposition;
using Engine.Classifiers.Scaling;
using Engine.Pipeline.Runs;

namespace Engine.Plots.Runs;

/// <summary>Columns with mean 0 and deviation 1, so that each counts alike, and their first two principal components.</summary>
/// <param name="Values">The scaled columns.</param>
/// <param name="Scores">Each row's coordinates along the components, <c>[rows, 2]</c>.</param>
/// <param name="Shares">The components' shares of the variance.</param>
internal sealed record Standardized(FeatureMatrix Values, FeatureMatrix Scores, double[] Shares)
{
    /// <summary>Scales columns and finds their components.</summary>
    /// <param name="columns">The columns.</param>
    /// <param name="kind">What is drawn, for errors.</param>
    /// <exception cref="EngineException">There are fewer than two columns that vary, or fewer than three rows.</exception>
    public static Standardized Of(RunColumns columns, string kind)
    {
        var values = columns.Values;
        if (values.Rows < 3) throw new EngineException($"{columns.Source}: has {values.Rows} rows; {kind} needs at least 3.");
        var varying = Varying(values).Length;
        if (varying < 2)
        {
            throw new EngineException($"{columns.Source}: {varying} of {values.Columns} columns vary; {kind} needs at least 2 "
                + "that are not constant.");
        }

        var scaler = new StandardScaler();
        scaler.Fit(values);
        var scaled = scaler.Transform(values);
        var pca = new Pca(new PcaOptions(2));
        pca.Fit(scaled);
        return new(scaled, pca.Transform(scaled), pca.ExplainedVarianceRatio.ToArray());
    }

    /// <summary>The columns that are not constant.</summary>
    public static int[] Varying(FeatureMatrix values) =>
        [.. Enumerable.Range(0, values.Columns).Where(c => Enumerable.Range(1, Math.Max(0, values.Rows - 1))
            .Any(r => values[r, c] != values[0, c]))];
}
