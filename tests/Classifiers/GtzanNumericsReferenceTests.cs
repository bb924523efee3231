using Engine.Classifiers.Clustering;
using Engine.Classifiers.Decomposition;
using Engine.Classifiers.Selection;
using Engine.Tests.Support;
using static Engine.Tests.Support.GtzanReference;

namespace Engine.Tests.Classifiers;

/// <summary>
/// Correlations, projections and clusters of the published features, against SciPy's and scikit-learn's arrays.
/// </summary>
public class GtzanNumericsReferenceTests
{
    [GtzanFact]
    public void Correlation_GtzanRows_MatchesSciPy()
    {
        var (train, _, _) = Scaled();
        Close.Assert(Doubles("pearson"), Correlation.Pearson(train).Data, 1e-9, 0, "Pearson");
        Close.Assert(Doubles("spearman"), Correlation.Spearman(train).Data, 1e-9, 0, "Spearman");
    }

    [GtzanFact]
    public void Pca_GtzanRows_MatchesScikitLearn()
    {
        var (train, _, test) = Scaled();
        foreach (var solver in new[] { PcaSolver.Full, PcaSolver.Auto })
        {
            var pca = new Pca(new PcaOptions(10) { Solver = solver });
            pca.Fit(train);
            Close.Assert(Doubles("pca_ratio"), pca.ExplainedVarianceRatio, 1e-9, 0, "ratio");
            Close.Assert(Doubles("pca_abs_components"), [.. pca.Components.Data.Select(Math.Abs)], 1e-6, 0, "components");
            Close.Assert(Doubles("pca_abs_test"), [.. pca.Transform(test).Data.Select(Math.Abs)], 1e-6, 0, "test rows");
        }
    }

    [GtzanFact]
    public void KMeans_GtzanRows_IsAsGoodAsScikitLearns()
    {
        var (train, _, _) = Scaled();
        var found = KMeans.Fit(train, new KMeansOptions { Clusters = 10, Starts = 50, Seed = 1 });
        Assert.InRange(found.Inertia, 0, 1.002 * Doubles("kmeans_best_inertia")[0]);
    }

    [GtzanFact]
    public void ClusterMetrics_GtzanRows_MatchScikitLearn()
    {
        var (train, labels, _) = Scaled();
        var clusters = Ints("kmeans_labels");
        Assert.Equal(Doubles("kmeans_silhouette")[0], ClusterMetrics.Silhouette(train, clusters), 1e-9);
        Assert.Equal(Doubles("kmeans_ari")[0], ClusterMetrics.AdjustedRand(labels, clusters), 1e-9);
        Assert.Equal(Doubles("kmeans_mi")[0], ClusterMetrics.MutualInformation(labels, clusters), 1e-9);
        Assert.Equal(Doubles("kmeans_nmi")[0], ClusterMetrics.NormalizedMutualInformation(labels, clusters), 1e-9);
    }

    [GtzanFact]
    public void CorrelationSelection_GtzanRows_KeepsSomeByEveryMeasure()
    {
        var (train, labels, _) = Scaled();
        foreach (var measure in Enum.GetValues<CorrelationMeasure>())
        {
            var selection = new CorrelationSelection(new CorrelationOptions { Measure = measure, Repeat = 0.9 });
            selection.Fit(train, labels, 10);
            Assert.InRange(selection.OutputColumns, 20, 56);
        }
    }
}
