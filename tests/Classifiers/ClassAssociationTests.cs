using Engine.Classifiers;
using Engine.Classifiers.Clustering;
using Engine.Classifiers.Selection;
using Engine.Tests.Support;

namespace Engine.Tests.Classifiers;

public class ClassAssociationTests
{
    private static readonly double[] s_values = [1.5, 2, -1, 4, 4, 0.25, 3, 3, 8, -2];
    private static readonly int[] s_labels = [0, 0, 1, 1, 2, 2, 2, 3, 0, 1];

    // scipy.stats 1.10: f_oneway, pearsonr and spearmanr with each indicator, kruskal.
    [Fact]
    public void Of_Values_MatchesScipy()
    {
        var found = ClassAssociation.Of(s_values, s_labels, 4);
        Close.Assert([0.7055172413793102, 0.5827367252228117], [found.F, found.PValue], 0, 1e-13);
        Close.Assert([0.3761509627684229, -0.4686800766045056, 0.03419554206985666, 0.08910600272528987], found.Pearson, 0,
            1e-13);
        Close.Assert([0.1910959825702371, -0.3821919651404742, 0.11465758954214227, 0.11676157401734313], found.Spearman, 0,
            1e-13);
        Close.Assert([1.3435582822085825 / 9], [found.RankRatio * found.RankRatio], 0, 1e-13);
        Assert.Equal(MaximalInformation.WithLabels(s_values, s_labels, 4), found.Mic);
        Assert.Equal(Correlation.Ratio(s_values, s_labels, 4), found.Ratio);
    }

    [Fact]
    public void Of_LabelsRenumbered_IsTheSame()
    {
        var (found, other) = (ClassAssociation.Of(s_values, s_labels, 4),
            ClassAssociation.Of(s_values, [.. s_labels.Select(l => 3 - l)], 4));
        Close.Assert([found.Ratio, found.RankRatio, found.Mic, found.F, found.PValue],
            [other.Ratio, other.RankRatio, other.Mic, other.F, other.PValue], 0, 1e-12);
        Close.Assert(found.Pearson, other.Pearson.Reverse().ToArray(), 0, 1e-12);
    }

    [Fact]
    public void Of_NothingToCompare_SaysNothing()
    {
        var constant = ClassAssociation.Of([3, 3, 3, 3], [0, 1, 0, 1], 2);
        Assert.Equal((0, 0, 0, double.NaN, double.NaN),
            (constant.Ratio, constant.RankRatio, constant.Mic, constant.F, constant.PValue));
        Assert.Equal([0, 0], constant.Pearson);
        var each = ClassAssociation.Of([1, 2, 4], [0, 1, 2], 3);
        Assert.Equal((1, double.NaN, double.NaN), (each.Ratio, each.F, each.PValue));
        var one = ClassAssociation.Of([1, 2, 4], [1, 1, 1], 3);
        Assert.Equal(0, one.Ratio, 1e-15);
        Assert.Equal(double.NaN, one.F);
        Assert.Equal([0, 0, 0], one.Pearson);
    }

    [Fact]
    public void Of_ClassesWithoutSpread_IsCertain()
    {
        var found = ClassAssociation.Of([1, 1, 2, 2], [0, 0, 1, 1], 2);
        Assert.Equal((1, double.PositiveInfinity, 0), (found.Ratio, found.F, found.PValue));
        Assert.Equal([-1, 1], found.Pearson);
        var equal = ClassAssociation.Of([1, 2, 1, 2], [0, 0, 1, 1], 2);
        Assert.Equal((0, 0, 1), (equal.Ratio, equal.F, equal.PValue));
    }

    [Fact]
    public void Of_WrongInput_NamesTheValue()
    {
        string Message(Action act) => Assert.Throws<EngineException>(act).Message;
        Assert.Contains("label 2 is outside [0, 2)", Message(() => ClassAssociation.Of([1, 2], [0, 2], 2)));
        Assert.Contains("is NaN", Message(() => ClassAssociation.Of([1, double.NaN], [0, 1], 2)));
        Assert.Contains("classes is 0", Message(() => Correlation.WithClasses([1], [0], 0)));
        Assert.Contains("2 rows but 1 labels", Message(() => Correlation.WithClasses([1, 2], [0], 1)));
    }

    // sklearn.metrics.adjusted_mutual_info_score 1.2.1.
    [Fact]
    public void AdjustedMutualInformation_MatchesScikitLearn()
    {
        int[] clusters = [1, 1, 1, 0, 2, 2, 0, 2, 1, 0], each = [.. Enumerable.Range(0, 10)], one = new int[10];
        Close.Assert(
            [0.367363815489273, 0.367363815489273, 1, 1, 0, 0, 1],
            [
                ClusterMetrics.AdjustedMutualInformation(s_labels, clusters),
                ClusterMetrics.AdjustedMutualInformation(clusters, s_labels),
                ClusterMetrics.AdjustedMutualInformation(clusters, [.. clusters.Select(c => 7 - c)]),
                ClusterMetrics.AdjustedMutualInformation(each, each),
                ClusterMetrics.AdjustedMutualInformation(each, s_labels),
                ClusterMetrics.AdjustedMutualInformation(one, s_labels),
                ClusterMetrics.AdjustedMutualInformation(one, one),
            ],
            1e-13, 1e-13);
        Assert.Throws<EngineException>(() => ClusterMetrics.AdjustedMutualInformation([1], [1, 2]));
    }
}
