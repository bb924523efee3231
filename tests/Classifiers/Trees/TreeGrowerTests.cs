using Engine.Classifiers;
using Engine.Classifiers.Trees;
using Engine.Tests.Support;

namespace Engine.Tests.Classifiers.Trees;

public class TreeGrowerTests
{
    private static readonly ForestOptions s_tree = new() { Trees = 1, Bootstrap = false, MaxFeatures = MaxFeatures.All };

    [Theory]
    [InlineData(SplitCriterion.Gini, ClassWeighting.None, 1, 60)]
    [InlineData(SplitCriterion.Gini, ClassWeighting.Balanced, 3, 60)]
    [InlineData(SplitCriterion.Entropy, ClassWeighting.None, 2, 60)]
    [InlineData(SplitCriterion.Entropy, ClassWeighting.Balanced, 1, 60)]
    [InlineData(SplitCriterion.Gini, ClassWeighting.None, 5, 700)]
    public void Grow_AllColumns_TakesTheBestSplitEverywhere(
        SplitCriterion criterion, ClassWeighting weighting, int leaf, int rows)
    {
        var (x, labels) = ForestData.Leaning(rows, 4, 3, (ulong)rows);
        var options = s_tree with { Criterion = criterion, ClassWeight = weighting, MinSamplesLeaf = leaf };
        var forest = ForestData.Fitted(options, x, labels, 3);
        Func<double[], double> impurity = criterion == SplitCriterion.Gini ? ReferenceTree.Gini : ReferenceTree.Entropy;
        var weights = weighting.OfRows(labels, 3);
        var gained = new double[4];
        ForestData.Visit(
            forest,
            [.. Enumerable.Range(0, rows)],
            x,
            (here, _, column, threshold) =>
            {
                double[] Column(int c) => [.. here.Select(r => x[r, c])];
                int[] mine = [.. here.Select(r => labels[r])];
                double[] counts = [.. here.Select(r => weights[r])];
                var gain = ReferenceTree.Gain(Column(column), mine, counts, threshold, impurity);
                gained[column] += gain;
                Close.Assert([ReferenceTree.BestGain([.. Enumerable.Range(0, 4).Select(Column)], mine, counts, leaf,
                    impurity)!.Value], [gain], 1e-9 * counts.Sum());
                Assert.True(Column(column).Count(v => v <= threshold) >= leaf
                    && Column(column).Count(v => v > threshold) >= leaf);
                Assert.DoesNotContain(threshold, Column(column).Where(v => v != Column(column).Where(u => u <= threshold).Max()));
            },
            (here, _, distribution) =>
            {
                var total = here.Sum(r => weights[r]);
                Close.Assert([.. Enumerable.Range(0, 3)
                    .Select(k => here.Where(r => labels[r] == k).Sum(r => weights[r]) / total)], distribution, 1e-12);
                var mayGoOn = here.Length >= 2 * leaf && distribution.Count(p => p > 0) > 1;
                Assert.False(mayGoOn && ReferenceTree.BestGain(
                    [.. Enumerable.Range(0, 4).Select(c => here.Select(r => x[r, c]).ToArray())],
                    [.. here.Select(r => labels[r])], [.. here.Select(r => weights[r])], leaf, impurity) is not null);
            });
        Close.Assert([.. gained.Select(g => g / gained.Sum())], forest.Importance, 1e-9);
    }

    [Fact]
    public void Grow_OneColumn_CutsMidwayBetweenTheClasses()
    {
        var forest = ForestData.Fitted(s_tree, new FeatureMatrix(4, 1, [4, 1, 2, 5]), [1, 0, 0, 1], 2);
        Assert.Equal([3.0, 0, 0], (double[])forest.SaveState()["thresholds"].Data);
        Assert.Equal([1.0], forest.Importance.ToArray());
        Assert.Equal([1.0, 0, 0, 1], forest.PredictProbabilities(new FeatureMatrix(2, 1, [3, 3.01])).Data);
    }

    [Fact]
    public void Grow_NeighbouringDoubles_StillSeparatesThem()
    {
        foreach (var low in new[] { 1.0, -1.0, 0.0, 1.7e308, -1.7e308, 5e-324 })
        {
            var x = new FeatureMatrix(2, 1, [low, Math.BitIncrement(low)]);
            Assert.Equal([0, 1], ForestData.Fitted(s_tree, x, [0, 1], 2).PredictProbabilities(x).ArgMax());
            Assert.Equal([0, 1], ForestData.Fitted(s_tree with { Thresholds = SplitThresholds.Random }, x, [0, 1], 2)
                .PredictProbabilities(x).ArgMax());
        }

        var wide = new FeatureMatrix(2, 1, [double.MinValue, double.MaxValue]);
        Assert.Equal([0, 1], ForestData.Fitted(s_tree, wide, [0, 1], 2).PredictProbabilities(wide).ArgMax());
        Assert.Equal([0, 1], ForestData.Fitted(s_tree with { Thresholds = SplitThresholds.Random }, wide, [0, 1], 2)
            .PredictProbabilities(wide).ArgMax());
    }

    [Theory]
    [InlineData(SplitThresholds.Best)]
    [InlineData(SplitThresholds.Random)]
    public void Grow_Limits_AreKept(SplitThresholds thresholds)
    {
        var (x, labels) = ForestData.Leaning(200, 6, 4, 3);
        int[] all = [.. Enumerable.Range(0, 200)];
        var (deepest, smallest) = (0, int.MaxValue);
        var options = s_tree with { Trees = 5, Thresholds = thresholds, MaxFeatures = MaxFeatures.Sqrt };
        ForestData.Visit(ForestData.Fitted(options with { MaxDepth = 3 }, x, labels, 4), all, x, (_, _, _, _) => { },
            (_, depth, _) => deepest = Math.Max(deepest, depth));
        ForestData.Visit(ForestData.Fitted(options with { MinSamplesLeaf = 7 }, x, labels, 4), all, x, (_, _, _, _) => { },
            (here, _, _) => smallest = Math.Min(smallest, here.Length));
        Assert.Equal(3, deepest);
        Assert.InRange(smallest, 7, 13);
        ForestData.Visit(ForestData.Fitted(options with { MinSamplesSplit = 20 }, x, labels, 4), all, x,
            (here, _, _, _) => Assert.InRange(here.Length, 20, 200), (_, _, _) => { });
    }

    [Fact]
    public void Grow_RandomThresholds_LieWithinTheNodesValues()
    {
        var (x, labels) = ForestData.Leaning(120, 5, 3, 4);
        var splits = 0;
        ForestData.Visit(
            ForestData.Fitted(s_tree with { Trees = 3, Thresholds = SplitThresholds.Random, MaxFeatures = MaxFeatures.Log2 }, x,
                labels, 3),
            [.. Enumerable.Range(0, 120)],
            x,
            (here, _, column, threshold) =>
            {
                splits++;
                Assert.True(here.Min(r => x[r, column]) <= threshold && threshold < here.Max(r => x[r, column]));
            },
            (here, _, _) => Assert.Single(here.Select(r => labels[r]).Distinct()));
        Assert.True(splits > 30);
    }

    [Fact]
    public void Grow_FewRowsOfMany_SortThemAlike()
    {
        // 5,000 rows make a bit map of 79 words: small nodes are sorted, large ones read from the map.
        var (x, labels) = ForestData.Leaning(5000, 2, 3, 5);
        var forest = ForestData.Fitted(s_tree with { MinSamplesLeaf = 4 }, x, labels, 3);
        var checkedNodes = 0;
        ForestData.Visit(forest, [.. Enumerable.Range(0, 5000)], x, (here, _, column, threshold) =>
        {
            if (here.Length > 60) return;
            double[] Column(int c) => [.. here.Select(r => x[r, c])];
            int[] mine = [.. here.Select(r => labels[r])];
            double[] ones = [.. here.Select(_ => 1.0)];
            Close.Assert(
                [ReferenceTree.BestGain([Column(0), Column(1)], mine, ones, 4, ReferenceTree.Gini)!.Value],
                [ReferenceTree.Gain(Column(column), mine, ones, threshold, ReferenceTree.Gini)], 1e-9);
            checkedNodes++;
        }, (_, _, _) => { });
        Assert.True(checkedNodes > 100, $"{checkedNodes}");
    }

    [Theory]
    [InlineData(57, 7, 5, 57, 3, 17)]
    [InlineData(1, 1, 1, 1, 1, 1)]
    [InlineData(2, 1, 1, 2, 2, 1)]
    public void MaxFeatures_OfColumns_IsScikitLearnsNumber(int columns, int sqrt, int log2, int all, int three, int share)
    {
        Assert.Equal(
            [sqrt, log2, all, three, share],
            new[] { MaxFeatures.Sqrt, MaxFeatures.Log2, MaxFeatures.All, MaxFeatures.Number(3),
                MaxFeatures.Share(0.3) }.Select(m => m.Of(columns)));
        Assert.Contains("the number is 0", Assert.Throws<EngineException>(() => MaxFeatures.Number(0)).Message);
        Assert.Contains("the share is 1", Assert.Throws<EngineException>(() => MaxFeatures.Share(1)).Message);
    }
}
